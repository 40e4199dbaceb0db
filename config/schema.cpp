// SPDX-License-Identifier: Apache-2.0
// The JSON schema of the configuration file, one property a field. Pure.
#include "config/documents.hpp"
#include "config/value.hpp"

#include <nlohmann/json.hpp>

namespace waggle {
namespace {

using nlohmann::ordered_json;

// A number within bounds, or a text with a unit.
template <class Number>
ordered_json number_or_unit(char const* type, Number low, Number high, char const* pattern) {
  return {{"anyOf",
           {{{"type", type}, {"minimum", low}, {"maximum", high}},
            {{"type", "string"}, {"pattern", pattern}}}}};
}

ordered_json type_of(field const&, bool const*) {
  return {{"type", "boolean"}};
}

ordered_json type_of(field const& row, std::uint32_t const*) {
  return {{"type", "integer"}, {"minimum", row.bounds.low}, {"maximum", row.bounds.high}};
}

ordered_json type_of(field const& row, std::size_t const*) {
  return number_or_unit("integer", row.bounds.low, row.bounds.high, "^[0-9]+(B|KiB|MiB|GiB|TiB)?$");
}

ordered_json type_of(field const& row, std::chrono::milliseconds const*) {
  return number_or_unit("number", static_cast<double>(row.bounds.low) / 1000,
                        static_cast<double>(row.bounds.high) / 1000,
                        "^([0-9]+\\.?[0-9]*|\\.[0-9]+)(ms|s|m|h)$");
}

ordered_json type_of(field const& row, std::string const*) {
  return {{"type", "string"}, {"maxLength", row.bounds.high}};
}

ordered_json type_of(field const&, endpoint_setting const*) {
  return {{"type", "string"}, {"pattern", ":[0-9]+$"}};
}

ordered_json type_of(field const& row, std::vector<endpoint_setting> const*) {
  return {{"type", "array"},
          {"maxItems", row.bounds.high},
          {"items", {{"type", "string"}, {"pattern", ":[0-9]+$"}}}};
}

ordered_json type_of(field const& row, std::vector<std::string> const*) {
  return {{"type", "array"},
          {"maxItems", row.bounds.high},
          {"items", {{"type", "string"}, {"pattern", "^[0-9a-fA-F]{40}$"}}}};
}

ordered_json type_of(field const& row, std::vector<ip_network> const*) {
  return {{"type", "array"},
          {"maxItems", row.bounds.high},
          {"items", {{"type", "string"}, {"pattern", "^[0-9a-fA-F:.]+(/[0-9]+)?$"}}}};
}

ordered_json type_of(field const& row, std::vector<origin_setting> const*) {
  return {{"type", "array"},
          {"maxItems", row.bounds.high},
          {"items", {{"type", "string"}, {"pattern", "^(none|\\*|[^/]+://[^/]+)$"}}}};
}

ordered_json type_of(field const& row, std::vector<secret_setting> const*) {
  return {{"type", "array"},
          {"maxItems", row.bounds.high},
          {"items", {{"type", "string"}, {"pattern", "^[^:]+:.{32,}$"}}}};
}

ordered_json type_of(field const& row, std::vector<ice_url_setting> const*) {
  return {{"type", "array"},
          {"maxItems", row.bounds.high},
          {"items", {{"type", "string"}, {"pattern", "^(stun|turn)s?:.+$"}}}};
}

ordered_json type_of(field const& row, worded auto const* value) {
  auto words = ordered_json::array();
  for (auto const word : words_of(*value).first(row.bounds.high + 1)) words.push_back(word);
  return {{"enum", words}};
}

ordered_json schema_of(section_row const& section) {
  settings defaults;
  ordered_json properties = ordered_json::object();
  for (auto const& row : field_table()) {
    if (row.section != section.name) continue;
    ordered_json property{{"description", row.doc}};
    property.update(
        std::visit([&](auto const* value) { return type_of(row, value); }, row.in(defaults)));
    property["default"] = value_in(defaults, row);
    properties[std::string{row.name}] = std::move(property);
  }
  return {{"description", section.doc},
          {"type", "object"},
          {"additionalProperties", false},
          {"properties", std::move(properties)}};
}

ordered_json schema_of_tenants() {
  ordered_json sections = ordered_json::object();
  for (auto const& section : section_table()) {
    if (section.of_tenant) {
      sections[std::string{section.name}] = {{"$ref", "#/properties/" + std::string{section.name}}};
    }
  }
  return {
      {"description", tenants_doc},
      {"type", "object"},
      {"maxProperties", tenants_max},
      {"propertyNames", {{"pattern", "^[a-z0-9][a-z0-9_-]{0,62}$"}}},
      {"additionalProperties",
       {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(sections)}}}};
}

}  // namespace

std::string configuration_schema() {
  ordered_json properties{{"$schema", {{"type", "string"}}}};
  for (auto const& section : section_table()) {
    properties[std::string{section.name}] = schema_of(section);
  }
  properties["tenants"] = schema_of_tenants();
  ordered_json const schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                            {"title", "Waggle configuration"},
                            {"type", "object"},
                            {"additionalProperties", false},
                            {"properties", std::move(properties)}};
  return schema.dump(2) + "\n";
}

}  // namespace waggle
