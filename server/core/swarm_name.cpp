// SPDX-License-Identifier: Apache-2.0
// See swarm_name.hpp.
#include "server/core/swarm_name.hpp"

#include <algorithm>
#include <cstdint>

namespace waggle {
namespace {

constexpr bool is_printable(std::uint8_t byte) {
  return byte >= 0x20 && byte < 0x7f;
}

constexpr bool is_control(char c) {
  return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f;
}

std::string lower_case(std::string_view digits) {
  std::string lower{digits};
  for (auto& c : lower) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string hex_of(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (auto const c : text) {
    auto const byte = static_cast<std::uint8_t>(c);
    hex += digits[byte >> 4U];
    hex += digits[byte & 15U];
  }
  return hex;
}

}  // namespace

std::string name_of(swarm_id const& swarm) {
  if (!std::ranges::all_of(swarm.value, is_printable)) return {};
  return {swarm.value.begin(), swarm.value.end()};
}

std::optional<swarm_search> swarm_search::parse(std::string_view words) {
  if (words.size() > bytes_max || std::ranges::any_of(words, is_control)) return std::nullopt;
  swarm_search wanted;
  wanted.words_ = words;
  wanted.digits_ = id_prefix::parse(lower_case(words));
  auto const printable =
      std::ranges::all_of(words, [](char c) { return is_printable(static_cast<std::uint8_t>(c)); });
  if (printable && !words.empty()) wanted.text_ = id_prefix::parse(hex_of(words));
  return wanted;
}

}  // namespace waggle
