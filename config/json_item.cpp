// SPDX-License-Identifier: Apache-2.0
#include "config/json_item.hpp"

#include "config/nearest.hpp"
#include "config/value.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace waggle {
namespace {

std::string range(json_item::bounds within) {
  return std::to_string(within.low) + ".." + std::to_string(within.high);
}

bool is_control(char c) {
  return (c >= '\0' && c < ' ') || c == '\x7f';
}

}  // namespace

json_item::json_item(nlohmann::json const& value, std::string place, std::string const& source,
                     problem_list& problems)
    : value_(value), place_(std::move(place)), source_(source), problems_(problems) {}

bool json_item::check_keys(std::span<std::string const> known) {
  if (!value_.is_object()) {
    refuse({}, "expected an object, found " + shown(value_));
    return false;
  }
  for (auto const& [key, value] : value_.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    if (problems_.is_full()) {
      problems_.add({});  // counted, not explained
      continue;
    }
    refuse({}, "unknown key " + shown(key) + "; the nearest is " + nearest(key, known));
  }
  return true;
}

nlohmann::json const* json_item::find(std::string_view name) const {
  auto const found = value_.find(name);
  return found == value_.end() ? nullptr : &*found;
}

std::optional<std::string> json_item::text(std::string_view name, std::size_t bytes_max) {
  auto const* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    refuse(name, "expected a text, found " + shown(*value));
    return std::nullopt;
  }
  auto const& text = value->get_ref<std::string const&>();
  if (std::any_of(text.begin(), text.end(), is_control)) {
    refuse(name, "control characters are not allowed in " + shown(*value));
    return std::nullopt;
  }
  if (text.empty() || text.size() > bytes_max) {
    refuse(name, "a text of " + std::to_string(text.size()) + " bytes is out of bounds (" +
                     range({1, bytes_max}) + ")");
    return std::nullopt;
  }
  return text;
}

std::optional<std::string> json_item::ascii(std::string_view name, std::size_t bytes_max) {
  auto text = this->text(name, bytes_max);
  if (text && std::any_of(text->begin(), text->end(), [](char c) { return c < ' '; })) {
    refuse(name, "expected ASCII, found " + shown(*find(name)));
    return std::nullopt;
  }
  return text;
}

std::optional<std::uint64_t> json_item::number(std::string_view name, bounds within) {
  auto const* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_integer()) {
    refuse(name, "expected a whole number, found " + shown(*value));
    return std::nullopt;
  }
  auto const negative = !value->is_number_unsigned() && value->get<std::int64_t>() < 0;
  auto const number = value->get<std::uint64_t>();
  if (negative || number < within.low || number > within.high) {
    refuse(name, shown(*value) + " is out of bounds (" + range(within) + ")");
    return std::nullopt;
  }
  return number;
}

nlohmann::json const* json_item::list(std::string_view name, bounds within) {
  auto const* const value = find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) {
    refuse(name, "expected a list, found " + shown(*value));
    return nullptr;
  }
  if (value->size() < within.low || value->size() > within.high) {
    refuse(name, "a list of " + std::to_string(value->size()) + " is out of bounds (" +
                     range(within) + ")");
    return nullptr;
  }
  return value;
}

void json_item::refuse(std::string_view name, std::string what) {
  problems_.add({.source = source_, .key = place_of(name), .what = std::move(what)});
}

std::string json_item::place_of(std::string_view name) const {
  if (name.empty()) return place_;
  return place_.empty() ? std::string{name} : place_ + "." + std::string{name};
}

std::string json_item::place_of(std::string_view list, std::size_t index) const {
  return place_of(list) + "[" + std::to_string(index) + "]";
}

}  // namespace waggle
