// SPDX-License-Identifier: Apache-2.0
// Applies the sources one after the other to the defaults, then checks the whole.
#include "config/load.hpp"

#include "config/check.hpp"
#include "config/fields.hpp"
#include "config/json_text.hpp"
#include "config/nearest.hpp"
#include "config/text_file.hpp"
#include "config/value.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <string_view>

namespace waggle {
namespace {

using nlohmann::json;

constexpr std::string_view environment_prefix = "WAGGLE_";

// One load: the settings so far, and what was wrong on the way.
class loader {
 public:
  void apply_text(std::string const& source, std::string const& text);
  void apply_environment(std::string const& name, std::string const& value);
  void apply_flag(flag_value const& flag);
  [[nodiscard]] load_result finish() &&;

  problem_list problems;

 private:
  void apply_section(std::string const& source, std::string const& section, json const& content);
  void apply_tenants(std::string const& source, json const& content);
  void apply_tenant(std::string const& source, std::string const& name, json const& content);
  void apply_tenant_flag(flag_value const& flag);
  void apply(std::string const& source, field const& which, json const& value);
  bool take_tenant_name(std::string const& source, std::string const& name);
  void refuse_unknown(std::string const& source, std::string_view kind, std::string_view word,
                      std::vector<std::string> const& candidates);

  class within_tenant;

  settings values_;
  std::string prefix_;  // of keys: "tenants.acme." while values_ are those of a tenant
  std::set<std::string> broken_keys_;  // at most one per field and tenant
};

/// While it lives the loader's settings are those of one tenant.
class loader::within_tenant {
 public:
  within_tenant(loader& of, std::string const& name)
      : of_(of), name_(name), outside_(std::move(of.values_)) {
    of_.values_ = as_settings(outside_.tenants[name]);
    of_.prefix_ = "tenants." + name + ".";
  }
  within_tenant(within_tenant const&) = delete;
  within_tenant& operator=(within_tenant const&) = delete;
  ~within_tenant() {
    outside_.tenants[name_] = as_tenant(of_.values_);
    of_.values_ = std::move(outside_);
    of_.prefix_.clear();
  }

 private:
  loader& of_;
  std::string name_;
  settings outside_;
};

std::vector<std::string> tenant_sections() {
  std::vector<std::string> names;
  for (auto const& row : section_table()) {
    if (row.of_tenant) names.emplace_back(row.name);
  }
  return names;
}

std::vector<std::string> all_keys() {
  std::vector<std::string> keys;
  for (auto const& row : field_table()) keys.push_back(key_of(row));
  return keys;
}

// Settings that bear exactly this name, in whatever section: the likeliest meaning of a key that
// stands in the wrong place.
std::vector<std::string> keys_named(std::string_view name) {
  std::vector<std::string> keys;
  for (auto const& row : field_table()) {
    if (row.name == name) keys.push_back(key_of(row));
  }
  return keys;
}

std::vector<std::string> candidates_for_key(std::string_view key) {
  auto const dot = key.rfind('.');
  auto named = keys_named(dot == std::string_view::npos ? key : key.substr(dot + 1));
  return named.empty() ? all_keys() : named;
}

// Others use the prefix, too: orchestrators describe a service of our name as WAGGLE_SERVICE_HOST
// or WAGGLE_PORT, scripts name our binary. A variable is meant for us if it names one of our
// sections or is nearly one of ours.
bool is_meant_for_us(std::string const& name, std::vector<std::string> const& names) {
  constexpr std::size_t typing_errors_max = 2;
  for (auto const& known : names) {
    // "WAGGLE_SECTION_", since no section has an underscore in its name.
    if (name.starts_with(known.substr(0, known.find('_', environment_prefix.size()) + 1))) {
      return true;
    }
  }
  return edit_distance(name, nearest(name, names)) <= typing_errors_max;
}

void loader::refuse_unknown(std::string const& source, std::string_view kind, std::string_view word,
                            std::vector<std::string> const& candidates) {
  if (problems.is_full()) return problems.add({});  // counted, not explained
  problems.add({.source = source,
                .key = {},
                .what = "unknown " + std::string{kind} + " " + shown(json(std::string{word})) +
                        "; the nearest is " + nearest(word, candidates)});
}

void loader::apply(std::string const& source, field const& which, json const& value) {
  auto const wrong = assign(which, values_, value);
  if (!wrong.empty()) broken_keys_.insert(prefix_ + key_of(which));
  for (auto const& what : wrong) {
    problems.add({.source = source, .key = prefix_ + key_of(which), .what = what});
  }
}

bool loader::take_tenant_name(std::string const& source, std::string const& name) {
  auto const refuse = [&](std::string what) {
    problems.add({.source = source, .key = {}, .what = std::move(what)});
    return false;
  };
  if (!is_tenant_name(name)) {
    return refuse("no tenant can be called " + shown(json(name)) +
                  "; a name has 1 to 63 of a-z, 0-9, - and _, and begins with none of the signs");
  }
  if (!values_.tenants.contains(name) && values_.tenants.size() >= tenants_max) {
    return refuse("more than " + std::to_string(tenants_max) + " tenants");
  }
  return true;
}

void loader::apply_tenant(std::string const& source, std::string const& name, json const& content) {
  if (!take_tenant_name(source, name)) return;
  within_tenant const here{*this, name};
  if (!content.is_object()) {
    problems.add({.source = source,
                  .key = "tenants." + name,
                  .what = "expected an object with sections, found " + shown(content)});
    return;
  }
  auto const sections = tenant_sections();
  for (auto const& [section, fields] : content.items()) {
    if (std::find(sections.begin(), sections.end(), section) != sections.end()) {
      apply_section(source, section, fields);
    } else {
      refuse_unknown(source, "section of a tenant", section, sections);
    }
  }
}

void loader::apply_tenants(std::string const& source, json const& content) {
  if (!content.is_object()) {
    problems.add(
        {.source = source,
         .key = "tenants",
         .what = "expected an object with tenants by their names, found " + shown(content)});
    return;
  }
  values_.tenants.clear();  // as a list, they replace what an earlier source said
  for (auto const& [name, tenant] : content.items()) apply_tenant(source, name, tenant);
}

void loader::apply_section(std::string const& source, std::string const& section,
                           json const& content) {
  if (!content.is_object()) {
    problems.add({.source = source,
                  .key = section,
                  .what = "expected an object with settings, found " + shown(content)});
    return;
  }
  for (auto const& [name, value] : content.items()) {
    auto const key = section + "." + name;
    if (auto const* which = find_field(key)) {
      apply(source, *which, value);
    } else {
      refuse_unknown(source, "key", prefix_ + key, candidates_for_key(key));
    }
  }
}

void loader::apply_text(std::string const& source, std::string const& text) {
  auto const root = parse_config_text(source, text, problems);
  if (!root) return;
  if (!root->is_object()) {
    problems.add({.source = source,
                  .key = {},
                  .what = "expected an object with sections, found " + shown(*root)});
    return;
  }
  std::vector<std::string> sections;
  for (auto const& row : section_table()) sections.emplace_back(row.name);
  for (auto const& [name, content] : root->items()) {
    if (name == "$schema" && content.is_string()) continue;  // for editors
    if (name == "tenants") {
      apply_tenants(source, content);
      continue;
    }
    if (std::find(sections.begin(), sections.end(), name) != sections.end()) {
      apply_section(source, name, content);
    } else {
      auto const named = keys_named(name);
      refuse_unknown(source, "section", name, named.empty() ? sections : named);
    }
  }
}

void loader::apply_environment(std::string const& name, std::string const& value) {
  if (name.rfind(environment_prefix, 0) != 0) return;
  if (name == "WAGGLE_TENANTS") {
    if (auto const tenants = parse_config_text(name, value, problems))
      apply_tenants(name, *tenants);
    return;
  }
  std::vector<std::string> names;
  for (auto const& row : field_table()) {
    names.push_back(environment_name_of(row));
    if (names.back() == name) return apply(name, row, value_of_text(row, {&value, 1}));
  }
  if (is_meant_for_us(name, names)) refuse_unknown("environment", "variable", name, names);
}

// "tenants.NAME.SECTION.FIELD"
void loader::apply_tenant_flag(flag_value const& flag) {
  auto const begin = flag.key.find('.') + 1;
  auto const end = flag.key.find('.', begin);
  auto const name = flag.key.substr(begin, end - begin);
  auto const key = end == std::string::npos ? std::string{} : flag.key.substr(end + 1);
  auto const* which = find_field(key);
  if (which == nullptr || !is_of_tenant(*which)) {
    std::vector<std::string> candidates;
    for (auto const& row : field_table()) {
      if (is_of_tenant(row)) candidates.push_back(key_of(row));
    }
    return refuse_unknown(flag.flag, "key of a tenant", key, candidates);
  }
  if (!take_tenant_name(flag.flag, name)) return;
  within_tenant const here{*this, name};
  apply(flag.flag, *which, value_of_text(*which, flag.values));
}

void loader::apply_flag(flag_value const& flag) {
  if (flag.key.starts_with("tenants.")) return apply_tenant_flag(flag);
  if (auto const* which = find_field(flag.key)) {
    apply(flag.flag, *which, value_of_text(*which, flag.values));
  } else {
    refuse_unknown(flag.flag, "key", flag.key, candidates_for_key(flag.key));
  }
}

load_result loader::finish() && {
  check_together(values_, broken_keys_, problems);
  return {.values = std::move(values_), .problems = std::move(problems).take()};
}

}  // namespace

load_result load(load_sources const& sources) {
  loader loading;
  auto text = sources.text;
  if (!text && sources.file_path) {
    text = read_text_file(*sources.file_path, config_file_bytes_max, loading.problems);
  }
  if (text) loading.apply_text(sources.file_path.value_or("configuration"), *text);
  for (auto const& [name, value] : sources.environment) loading.apply_environment(name, value);
  for (auto const& flag : sources.flags) loading.apply_flag(flag);
  return std::move(loading).finish();
}

std::vector<std::pair<std::string, std::string>> waggle_environment(
    char const* const* environment) {
  std::vector<std::pair<std::string, std::string>> found;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    std::string_view const entry{*environment};
    auto const equals = entry.find('=');
    if (equals == std::string_view::npos || entry.rfind(environment_prefix, 0) != 0) continue;
    found.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return found;
}

}  // namespace waggle
