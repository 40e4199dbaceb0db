// SPDX-License-Identifier: Apache-2.0
// One setting and its JSON value. Every kind of setting has one overload of read(), and one of
// write(). Pure.
#include "config/value.hpp"

#include "config/units.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace waggle {
namespace {

using nlohmann::json;
using problems = std::vector<std::string>;

/// A value for a message; of a secret setting nothing is repeated.
std::string quoted(field const& which, json const& value) {
  return which.secret ? "a secret value" : shown(value);
}

std::string unexpected(field const& which, json const& value) {
  return "expected " + expected_text(which) + ", found " + quoted(which, value);
}

problems check_bounds(field const& which, bool too_low, bool too_high, std::string const& what) {
  if (!too_low && !too_high) return {};
  return {what + (too_low ? " is below" : " is above") + " the bound (" + bounds_text(which) + ")"};
}

// A whole number that is negative is still a number: it is out of bounds, not of the wrong kind.
problems check_number(field const& which, json const& value, std::uint64_t number) {
  auto const negative =
      value.is_number_integer() && !value.is_number_unsigned() && value.get<std::int64_t>() < 0;
  auto const too_low = negative || number < which.bounds.low;
  return check_bounds(which, too_low, !too_low && number > which.bounds.high, shown(value));
}

problems read(field const& which, json const& value, bool& to) {
  if (!value.is_boolean()) return {unexpected(which, value)};
  to = value.get<bool>();
  return {};
}

problems read(field const& which, json const& value, std::uint32_t& to) {
  if (!value.is_number_integer()) return {unexpected(which, value)};
  auto const number = value.get<std::uint64_t>();
  auto wrong = check_number(which, value, number);
  if (wrong.empty()) to = static_cast<std::uint32_t>(number);
  return wrong;
}

problems read(field const& which, json const& value, std::size_t& to) {
  std::optional<std::uint64_t> number;
  if (value.is_number_integer()) number = value.get<std::uint64_t>();
  if (value.is_string()) number = parse_bytes(value.get_ref<std::string const&>());
  if (!number) return {unexpected(which, value)};
  auto wrong = check_number(which, value, *number);
  if (wrong.empty()) to = *number;
  return wrong;
}

problems read(field const& which, json const& value, std::chrono::milliseconds& to) {
  std::optional<std::chrono::milliseconds> duration;
  if (value.is_number()) duration = duration_of_seconds(value.get<double>());
  if (value.is_string()) duration = parse_duration(value.get_ref<std::string const&>());
  if (!duration) return {unexpected(which, value)};
  auto const too_low =
      duration->count() < 0 || static_cast<std::uint64_t>(duration->count()) < which.bounds.low;
  auto const too_high =
      !too_low && static_cast<std::uint64_t>(duration->count()) > which.bounds.high;
  auto wrong = check_bounds(which, too_low, too_high,
                            value.is_number() ? shown(value) + " s" : shown(value));
  if (wrong.empty()) to = *duration;
  return wrong;
}

problems read(field const& which, json const& value, std::string& to) {
  if (!value.is_string()) return {unexpected(which, value)};
  auto const& text = value.get_ref<std::string const&>();
  auto const is_control = [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; };
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return {"control characters are not allowed in " + quoted(which, value)};
  }
  auto wrong = check_bounds(which, text.size() < which.bounds.low, text.size() > which.bounds.high,
                            "a text of " + std::to_string(text.size()) + " bytes");
  if (wrong.empty()) to = text;
  return wrong;
}

problems read(field const& which, json const& value, endpoint_setting& to) {
  if (!value.is_string()) return {unexpected(which, value)};
  auto const where = parse_endpoint(value.get_ref<std::string const&>());
  if (!where) return {unexpected(which, value)};
  to = *where;
  return {};
}

std::optional<endpoint_setting> list_item(std::string const& text, endpoint_setting const&) {
  return parse_endpoint(text);
}

// The only lists of text are lists of info hashes.
std::optional<std::string> list_item(std::string text, std::string const&) {
  for (auto& c : text) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
  }
  if (text.size() != 40) return std::nullopt;
  return text;
}

std::optional<ip_network> list_item(std::string const& text, ip_network const&) {
  auto const network = parse_ip_network(text);
  return network && *network == network->aligned() ? network : std::nullopt;
}

// Scheme, host and port, in which '*' stands for what a page may have there; no path.
std::optional<origin_setting> list_item(std::string const& text, origin_setting const&) {
  constexpr std::size_t origin_bytes_max = 512;
  if (text == "none" || text == "*") return origin_setting{text};
  auto const is_wrong = [](char c) { return c <= ' ' || c >= '\x7f' || c == '"' || c == '\\'; };
  auto const scheme = text.find("://");
  if (scheme == std::string::npos || scheme == 0 || text.size() > origin_bytes_max) return {};
  if (text.size() == scheme + 3 || text.find('/', scheme + 3) != std::string::npos) return {};
  if (std::any_of(text.begin(), text.end(), is_wrong)) return {};
  return origin_setting{text};
}

std::optional<secret_setting> list_item(std::string const& text, secret_setting const&) {
  constexpr std::size_t secret_bytes_min = 32;  // RFC 7518 section 3.2
  constexpr std::size_t secret_bytes_max = 1024;
  auto const colon = text.find(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  secret_setting secret{.kid = text.substr(0, colon), .secret = text.substr(colon + 1)};
  auto const bytes = secret.secret.size();
  if (bytes < secret_bytes_min || bytes > secret_bytes_max) return std::nullopt;
  return secret;
}

// RFC 7064 and RFC 7065; nothing that JSON would escape, since it is sent to clients as it is.
std::optional<ice_url_setting> list_item(std::string const& text, ice_url_setting const&) {
  constexpr std::size_t url_bytes_max = 512;
  constexpr std::array<std::string_view, 4> schemes{"stun:", "stuns:", "turn:", "turns:"};
  auto const is_wrong = [](char c) {
    return c <= ' ' || c >= '\x7f' || c == '"' || c == '\\' || c == ',';
  };
  auto const begins = [&](std::string_view scheme) {
    return text.starts_with(scheme) && text.size() > scheme.size();
  };
  if (std::none_of(schemes.begin(), schemes.end(), begins) || text.size() > url_bytes_max)
    return {};
  if (std::any_of(text.begin(), text.end(), is_wrong)) return {};
  return ice_url_setting{text};
}

std::string wrong_item(field const& which, json const& entry, auto const&) {
  return unexpected(which, entry);
}

// A network whose host bits are set is a slip that must not quietly trust more than was meant.
std::string wrong_item(field const& which, json const& entry, ip_network const&) {
  std::optional<ip_network> network;
  if (entry.is_string()) network = parse_ip_network(entry.get_ref<std::string const&>());
  if (!network) return unexpected(which, entry);
  return shown(entry) + " is an address within a network; the network is \"" +
         to_string(network->aligned()) + "\"";
}

template <class Item>
problems read(field const& which, json const& value, std::vector<Item>& to) {
  if (!value.is_array()) return {unexpected(which, value)};
  auto wrong =
      check_bounds(which, value.size() < which.bounds.low, value.size() > which.bounds.high,
                   "a list of " + std::to_string(value.size()) + " items");
  if (!wrong.empty()) return wrong;
  std::vector<Item> items;
  for (auto const& entry : value) {
    std::optional<Item> item;
    if (entry.is_string()) item = list_item(entry.get_ref<std::string const&>(), Item{});
    if (item) {
      items.push_back(std::move(*item));
    } else {
      wrong.push_back("entry " + std::to_string(&entry - &value.front() + 1) + ": " +
                      wrong_item(which, entry, Item{}));
    }
  }
  if (wrong.empty()) to = std::move(items);
  return wrong;
}

std::span<std::string_view const> words(field const& which, worded auto value) {
  return words_of(value).first(which.bounds.high + 1);
}

problems read(field const& which, json const& value, worded auto& to) {
  if (!value.is_string()) return {unexpected(which, value)};
  auto const list = words(which, to);
  auto const found = std::find(list.begin(), list.end(), value.get_ref<std::string const&>());
  if (found == list.end()) return {unexpected(which, value)};
  to = static_cast<std::remove_reference_t<decltype(to)>>(found - list.begin());
  return {};
}

json write(bool value) {
  return value;
}
json write(std::uint32_t value) {
  return value;
}
json write(std::string const& value) {
  return value;
}
json write(std::vector<std::string> const& value) {
  return value;
}
json write(endpoint_setting const& value) {
  return to_string(value);
}
json write(std::chrono::milliseconds value) {
  return format_duration(value);
}
json write(worded auto value) {
  return words_of(value)[static_cast<std::size_t>(value)];
}

json write(std::size_t value) {
  auto text = format_bytes(value);
  if (text.back() == 'B') return text;
  return value;
}

json write(std::vector<endpoint_setting> const& value) {
  auto list = json::array();
  for (auto const& where : value) list.push_back(to_string(where));
  return list;
}

json write(std::vector<origin_setting> const& value) {
  auto list = json::array();
  for (auto const& origin : value) list.push_back(origin.pattern);
  return list;
}

json write(std::vector<secret_setting> const& value) {
  auto list = json::array();
  for (auto const& [kid, text] : value) list.push_back(kid + ":" + text);
  return list;
}

json write(std::vector<ice_url_setting> const& value) {
  auto list = json::array();
  for (auto const& each : value) list.push_back(each.url);
  return list;
}

json write(std::vector<ip_network> const& value) {
  auto list = json::array();
  for (auto const& network : value) list.push_back(to_string(network));
  return list;
}

std::string quoted_words(std::span<std::string_view const> list) {
  std::string text;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) text += i + 1 == list.size() ? " or " : ", ";
    text += '"' + std::string{list[i]} + '"';
  }
  return text;
}

template <class Number>
std::optional<Number> whole_text(std::string_view text) {
  Number number{};
  auto const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

// A number if the text is one, otherwise the text, for a unit or for the message.
json number_or_text(std::string const& text) {
  if (auto const number = whole_text<std::uint64_t>(text)) return *number;
  if (auto const number = whole_text<std::int64_t>(text)) return *number;
  if (auto const number = whole_text<double>(text); number && std::isfinite(*number)) {
    return *number;
  }
  return text;
}

json split_at_commas(std::span<std::string const> texts) {
  auto list = json::array();
  for (auto const& text : texts) {
    for (std::size_t from = 0; from <= text.size() && !text.empty();) {
      auto const comma = std::min(text.find(',', from), text.size());
      list.push_back(text.substr(from, comma - from));
      from = comma + 1;
    }
  }
  return list;
}

template <class... Visitors>
struct overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
overloaded(Visitors...) -> overloaded<Visitors...>;  // clang 14 does not deduce aggregates

// The kind of a setting does not depend on whose settings it is in.
template <class Visitor>
auto visit_kind(field const& which, Visitor const& visitor) {
  settings any;
  return std::visit(visitor, which.in(any));
}

}  // namespace

std::vector<std::string> assign(field const& which, settings& all, json const& value) {
  return std::visit([&](auto* to) { return read(which, value, *to); }, which.in(all));
}

json value_in(settings const& all, field const& which) {
  auto copy = all;  // the table names writable members only
  return std::visit([](auto const* value) { return write(*value); }, which.in(copy));
}

json printable(settings const& all, field const& which) {
  auto value = value_in(all, which);
  if (!which.secret) return value;
  if (!value.is_array()) return value == json("") ? value : json("***");
  for (auto& item : value) {  // what stands before the colon is a name
    auto const& text = item.get_ref<std::string const&>();
    item = text.substr(0, text.find(':') + 1) + "***";
  }
  return value;
}

json value_of_text(field const& which, std::span<std::string const> texts) {
  static std::string const nothing;
  auto const& last = texts.empty() ? nothing : texts.back();
  auto const number = [&last] { return number_or_text(last); };
  return visit_kind(
      which,
      overloaded{[&](bool*) {
                   return last == "true" || last == "false" ? json(last == "true") : json(last);
                 },
                 [&](std::uint32_t*) { return number(); }, [&](std::size_t*) { return number(); },
                 [&](std::chrono::milliseconds*) { return number(); },
                 [&](std::vector<std::string>*) { return split_at_commas(texts); },
                 [&](std::vector<endpoint_setting>*) { return split_at_commas(texts); },
                 [&](std::vector<ip_network>*) { return split_at_commas(texts); },
                 [&](std::vector<origin_setting>*) { return split_at_commas(texts); },
                 [&](std::vector<secret_setting>*) { return split_at_commas(texts); },
                 [&](std::vector<ice_url_setting>*) { return split_at_commas(texts); },
                 [&](auto*) { return json(last); }});
}

std::string bounds_text(field const& which) {
  auto const low = which.bounds.low;  // clang 14 cannot capture structured bindings
  auto const high = which.bounds.high;
  auto const most = std::to_string(high);
  auto const duration = [](std::uint64_t milliseconds) {
    return format_duration(std::chrono::milliseconds{milliseconds});
  };
  return visit_kind(
      which,
      overloaded{[&](bool*) { return std::string{"true or false"}; },
                 [&](std::uint32_t*) { return std::to_string(low) + ".." + most; },
                 [&](std::size_t*) { return format_bytes(low) + ".." + format_bytes(high); },
                 [&](std::chrono::milliseconds*) { return duration(low) + ".." + duration(high); },
                 [&](std::string*) { return "at most " + most + " bytes"; },
                 [&](endpoint_setting*) { return "port 0.." + most; },
                 [&](std::vector<endpoint_setting>*) { return "at most " + most + " items"; },
                 [&](std::vector<ip_network>*) { return "at most " + most + " items"; },
                 [&](std::vector<std::string>*) { return "at most " + most + " items"; },
                 [&](std::vector<origin_setting>*) { return "at most " + most + " items"; },
                 [&](std::vector<secret_setting>*) { return "at most " + most + " items"; },
                 [&](std::vector<ice_url_setting>*) { return "at most " + most + " items"; },
                 [&](worded auto* value) { return quoted_words(words(which, *value)); }});
}

std::string expected_text(field const& which) {
  auto const address = "\"ADDR:PORT\" with a literal address and a port up to 65535";
  return visit_kind(
      which,
      overloaded{
          [](bool*) { return std::string{"true or false"}; },
          [](std::uint32_t*) { return std::string{"a whole number"}; },
          [](std::size_t*) {
            return std::string{"a whole number of bytes or a text such as \"64KiB\""};
          },
          [](std::chrono::milliseconds*) {
            return std::string{
                "a number of seconds or a text such as \"250ms\", \"25s\", \"2m\" or "
                "\"1h\""};
          },
          [](std::string*) { return std::string{"a text"}; },
          [&](endpoint_setting*) { return std::string{address}; },
          [&](std::vector<endpoint_setting>*) { return std::string{"a list of "} + address; },
          [](std::vector<ip_network>*) {
            return std::string{
                "a list of addresses and networks such as "
                "\"192.0.2.7\", \"10.0.0.0/8\" or \"fd00::/8\""};
          },
          [](std::vector<std::string>*) {
            return std::string{"a list of texts of 40 hexadecimal digits"};
          },
          [](std::vector<origin_setting>*) {
            return std::string{"a list of origins such as \"https://*.example.org\", or \"none\""};
          },
          [](std::vector<secret_setting>*) {
            return std::string{"a list of \"KID:SECRET\", the secret of 32 to 1024 bytes"};
          },
          [](std::vector<ice_url_setting>*) {
            return std::string{
                "a list of URLs of STUN and TURN servers such as "
                "\"turn:turn.example.org:3478\""};
          },
          [&](worded auto* value) { return quoted_words(words(which, *value)); }});
}

std::string shown(json const& value) {
  constexpr std::size_t shown_bytes_max = 80;
  if (value.is_array() && !value.empty()) return "a list";
  if (value.is_object() && !value.empty()) return "an object";
  auto text = value.dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
  if (text.size() <= shown_bytes_max) return text;
  return text.substr(0, shown_bytes_max) + "...";
}

}  // namespace waggle
