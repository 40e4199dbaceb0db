// SPDX-License-Identifier: Apache-2.0
#include "protocol/sdp/candidate.hpp"

#include "protocol/ip_address.hpp"
#include "protocol/sdp/scan.hpp"

#include <array>
#include <cstddef>

namespace waggle::sdp {
namespace {

// Bounds of the grammar.
constexpr std::size_t foundation_characters_max = 32;
constexpr std::size_t component_digits_max = 3;
constexpr std::size_t priority_digits_max = 10;
constexpr std::size_t port_digits_max = 5;
constexpr std::size_t name_characters_max = 253;  // RFC 1035, section 2.3.4, without the last dot

// In the order of candidate_type.
constexpr std::array<std::string_view, 4> type_names{"host", "srflx", "prflx", "relay"};

std::optional<candidate_type> type_of(std::string_view name) {
  for (std::size_t at = 0; at < type_names.size(); ++at) {
    if (is_word(name, type_names[at])) return static_cast<candidate_type>(at);
  }
  return std::nullopt;
}

constexpr bool is_ice_character(char c) {
  return is_alphanumeric(c) || c == '+' || c == '/';
}

constexpr bool is_name_character(char c) {
  return is_alphanumeric(c) || c == '-' || c == '.';
}

bool is_address(std::string_view text, candidate_type type) {
  if (parse_ip_address(text)) return true;
  return type == candidate_type::host && text.size() <= name_characters_max &&
         consists_of(text, is_name_character);
}

/// Takes the next field and the one behind it, if the first is `name`.
bool take_pair(std::string_view& text, std::string_view name) {
  auto rest = text;
  if (!is_word(take_field(rest), name)) return false;
  static_cast<void>(take_field(rest));
  text = rest;
  return true;
}

/// Words that mean something in their own place only.
bool has_place(std::string_view word) {
  return is_word(word, "typ") || is_word(word, "raddr") || is_word(word, "rport");
}

/// Whether an extension may stay: it cannot be an address, which has dots or colons, nor be read as
/// the type or the related address of the candidate by somebody who only looks for the words.
bool is_harmless(std::string_view name, std::string_view value) {
  auto const is_name = [](char c) { return is_alphanumeric(c) || c == '-'; };
  return consists_of(name, is_name) && consists_of(value, is_ice_character) && !has_place(name) &&
         !has_place(value);
}

void append_extensions(std::string_view pairs, std::string& out) {
  while (true) {
    auto const name = take_field(pairs);
    auto const value = take_field(pairs);
    if (value.empty()) return;
    if (is_harmless(name, value)) out.append(" ").append(name).append(" ").append(value);
  }
}

}  // namespace

std::optional<candidate> parse_candidate(std::string_view text) {
  candidate read;
  read.foundation = take_field(text);
  read.component = take_field(text);
  read.transport = take_field(text);
  read.priority = take_field(text);
  read.address = take_field(text);
  read.port = take_field(text);
  if (!is_word(take_field(text), "typ")) return std::nullopt;
  auto const type = type_of(take_field(text));
  if (!type) return std::nullopt;
  read.type = *type;
  auto const has_address = take_pair(text, "raddr");
  auto const has_port = take_pair(text, "rport");
  read.related = has_address || has_port;
  read.extensions = text;

  auto const valid = read.foundation.size() <= foundation_characters_max &&
                     consists_of(read.foundation, is_ice_character) &&
                     is_number(read.component, component_digits_max) &&
                     consists_of(read.transport, is_token_character) &&
                     is_number(read.priority, priority_digits_max) &&
                     is_number(read.port, port_digits_max) && is_address(read.address, read.type);
  if (!valid) return std::nullopt;
  return read;
}

void append_candidate(candidate const& what, std::string& out) {
  out.append("candidate:").append(what.foundation);
  for (auto const field :
       {what.component, what.transport, what.priority, what.address, what.port}) {
    out.append(" ").append(field);
  }
  out.append(" typ ").append(type_names[static_cast<std::size_t>(what.type)]);
  if (what.related) {
    auto const is_v6 = what.address.find(':') != std::string_view::npos;
    out.append(is_v6 ? " raddr :: rport 0" : " raddr 0.0.0.0 rport 0");
  }
  append_extensions(what.extensions, out);
}

}  // namespace waggle::sdp
