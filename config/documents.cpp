// SPDX-License-Identifier: Apache-2.0
// The commented configuration file: every setting with its value, bounds and explanation. Pure.
#include "config/documents.hpp"

#include "config/value.hpp"

#include <nlohmann/json.hpp>

namespace waggle {
namespace {

// Appends `words` as comment lines, broken at spaces.
void append_comment(std::string& out, std::string const& indent, std::string_view words) {
  constexpr std::size_t line_bytes_max = 100;
  while (!words.empty()) {
    auto const room = line_bytes_max - indent.size() - 3;
    auto cut = words.size();
    if (cut > room) {
      cut = words.rfind(' ', room);
      if (cut == std::string_view::npos) cut = words.size();
    }
    out += indent + "// " + std::string{words.substr(0, cut)} + "\n";
    words.remove_prefix(std::min(cut + 1, words.size()));
  }
}

void append_field(std::string& out, field const& row, settings const& values) {
  std::string const indent(4, ' ');
  append_comment(out, indent, row.doc);
  auto facts = "(" + bounds_text(row);
  if (!row.flag.empty()) facts += "; flag " + std::string{row.flag};
  if (!row.reloadable) facts += "; needs a restart";
  append_comment(out, indent, facts + ")");
  out += indent + "\"" + std::string{row.name} +
         "\": " + printable(values, row).dump(-1, ' ', /*ensure_ascii=*/true);
}

// What differs from the defaults; a tenant that says nothing is an empty object.
nlohmann::json own_values(tenant_settings const& tenant) {
  settings const defaults;
  auto const values = as_settings(tenant);
  auto own = nlohmann::json::object();
  for (auto const& row : field_table()) {
    if (!is_of_tenant(row) || value_in(values, row) == value_in(defaults, row)) continue;
    own[std::string{row.section}][std::string{row.name}] = printable(values, row);
  }
  return own;
}

nlohmann::json tenants_json(settings const& values) {
  auto tenants = nlohmann::json::object();
  for (auto const& [name, tenant] : values.tenants) tenants[name] = own_values(tenant);
  return tenants;
}

void append_tenants(std::string& out, settings const& values) {
  append_comment(out, "  ", tenants_doc);
  out += "  \"tenants\": {";
  auto separator = "\n";
  for (auto const& [name, tenant] : values.tenants) {
    out += separator;
    separator = ",\n";
    out += "    \"" + name + "\": " + own_values(tenant).dump(-1, ' ', /*ensure_ascii=*/true);
  }
  out += values.tenants.empty() ? "}" : "\n  }";
}

}  // namespace

std::string configuration_text(settings const& values) {
  std::string out;
  append_comment(out, "",
                 "Waggle configuration. Every setting may be left out; it then has its default. "
                 "Durations are numbers of seconds or texts (\"250ms\", \"25s\", \"2m\", \"1h\"), "
                 "sizes are numbers of bytes or texts (\"64KiB\", \"8MiB\").");
  out += "{";
  auto separator = "\n";
  for (auto const& section : section_table()) {
    out += separator;
    separator = ",\n\n";
    append_comment(out, "  ", section.doc);
    out += "  \"" + std::string{section.name} + "\": {";
    auto field_separator = "\n";
    for (auto const& row : field_table()) {
      if (row.section != section.name) continue;
      out += field_separator;
      field_separator = ",\n";
      append_field(out, row, values);
    }
    out += "\n  }";
  }
  out += separator;
  append_tenants(out, values);
  return out + "\n}\n";
}

std::string configuration_json(settings const& values) {
  auto all = nlohmann::json::object();
  for (auto const& row : field_table()) {
    all[std::string{row.section}][std::string{row.name}] = printable(values, row);
  }
  all["tenants"] = tenants_json(values);
  return all.dump(-1, ' ', /*ensure_ascii=*/true);
}

std::string tenant_json(tenant_settings const& values) {
  return own_values(values).dump(-1, ' ', /*ensure_ascii=*/true);
}

}  // namespace waggle
