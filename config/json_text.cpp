// SPDX-License-Identifier: Apache-2.0
// Reads JSON with comments by nlohmann's parser, which is kept from deep nesting. Pure.
#include "config/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <vector>

namespace waggle {
namespace {

using nlohmann::json;

std::string at_line(std::string const& source, std::string_view text, std::size_t position) {
  auto const before = text.substr(0, position);
  auto const line = 1 + std::count(before.begin(), before.end(), '\n');
  return source + ":" + std::to_string(line);
}

// Position behind the comment or string that starts at `at`, or `at` if none does. An unfinished
// one ends with the text; the parser then says so.
std::size_t skip_opaque(std::string_view text, std::size_t at) {
  auto const rest = text.substr(at);
  auto const behind = [&](std::string_view mark) {
    auto const found = text.find(mark, at + 2);
    return found == std::string_view::npos ? text.size() : found + mark.size();
  };
  if (rest.substr(0, 2) == "//") return behind("\n");
  if (rest.substr(0, 2) == "/*") return behind("*/");
  if (rest.front() != '"') return at;
  for (auto i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return text.size();
}

// Where arrays and objects nest deeper than the bound, so that no parser ever recurses there.
std::optional<std::size_t> position_too_deep(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size();) {
    auto const behind = skip_opaque(text, i);
    if (behind != i) {
      i = behind;
      continue;
    }
    if (text[i] == '[' || text[i] == '{') {
      if (++depth > config_depth_max) return i;
    } else if ((text[i] == ']' || text[i] == '}') && depth > 0) {
      --depth;
    }
    ++i;
  }
  return std::nullopt;
}

// nlohmann's explanation without its prefix, without the text it read last, which may be a secret,
// and without bytes that a terminal would act on.
std::string explanation(json::exception const& error) {
  std::string text = error.what();
  if (auto const prefix = text.find("] "); prefix != std::string::npos) text.erase(0, prefix + 2);
  if (text.rfind("parse error at ", 0) == 0) {
    if (auto const place = text.find(": "); place != std::string::npos) text.erase(0, place + 2);
  }
  text.resize(std::min(text.find("; last read: "), text.size()));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  constexpr std::size_t explanation_bytes_max = 200;
  if (text.size() > explanation_bytes_max) text = text.substr(0, explanation_bytes_max) + "...";
  return text;
}

// Reads on to the end or to the first error of syntax, which is the parser's to tell, and notes the
// keys that an object has twice.
class key_watch final : public nlohmann::json_sax<json> {
 public:
  key_watch(std::string const& source, problem_list& problems)
      : source_(source), problems_(problems) {}

  bool start_object(std::size_t /*elements*/) override {
    open_objects_.emplace_back();
    return true;
  }
  bool end_object() override {
    open_objects_.pop_back();
    return true;
  }
  bool key(string_t& name) override {
    if (!open_objects_.back().insert(name).second) {
      problems_.add({.source = source_,
                     .key = {},
                     .what = json(name).dump(-1, ' ', true) + " is given twice"});
    }
    return true;
  }

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, string_t const& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_array(std::size_t /*elements*/) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t /*at*/, std::string const& /*token*/,
                   json::exception const& /*error*/) override {
    return false;
  }

 private:
  std::string const& source_;
  problem_list& problems_;
  std::vector<std::set<std::string>> open_objects_;  // nested at most config_depth_max
};

}  // namespace

std::optional<json> parse_config_text(std::string const& source, std::string_view text,
                                      problem_list& problems) {
  if (auto const deep = position_too_deep(text)) {
    problems.add({.source = at_line(source, text, *deep),
                  .key = {},
                  .what = "nested deeper than " + std::to_string(config_depth_max) + " levels"});
    return std::nullopt;
  }
  // A pass of its own: the parser would keep the last of two equal keys in silence, and with a
  // callback it looks at all of a list after each of its items.
  key_watch keys{source, problems};
  (void)json::sax_parse(text.begin(), text.end(), &keys, json::input_format_t::json,
                        /*strict=*/true, /*ignore_comments=*/true);
  try {
    return json::parse(text.begin(), text.end(), /*cb=*/nullptr, /*allow_exceptions=*/true,
                       /*ignore_comments=*/true);
  } catch (json::parse_error const& error) {
    problems.add({.source = at_line(source, text, error.byte > 0 ? error.byte - 1 : 0),
                  .key = {},
                  .what = explanation(error)});
  } catch (json::exception const& error) {  // a number past the range of double
    problems.add({.source = source, .key = {}, .what = explanation(error)});
  }
  return std::nullopt;
}

}  // namespace waggle
