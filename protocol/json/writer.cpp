// SPDX-License-Identifier: Apache-2.0
// One table says how each character below U+0100 is written inside a string.
#include "protocol/json/writer.hpp"

#include "protocol/json/scan.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>

namespace waggle::json {
namespace {

struct spelling {
  std::array<char, 7> characters{};
  std::uint8_t size = 0;
};

constexpr spelling spell(unsigned c) {
  constexpr std::string_view hex = "0123456789abcdef";
  auto const as_char = [](unsigned byte) { return static_cast<char>(byte); };
  switch (c) {
    case '"':
      return {{'\\', '"'}, 2};
    case '\\':
      return {{'\\', '\\'}, 2};
    case '\b':
      return {{'\\', 'b'}, 2};
    case '\f':
      return {{'\\', 'f'}, 2};
    case '\n':
      return {{'\\', 'n'}, 2};
    case '\r':
      return {{'\\', 'r'}, 2};
    case '\t':
      return {{'\\', 't'}, 2};
    default:
      break;
  }
  if (c < 0x20) return {{'\\', 'u', '0', '0', hex[c >> 4U], hex[c & 0xFU]}, 6};
  if (c < 0x80) return {{as_char(c)}, 1};
  return {{as_char(0xC0U | c >> 6U), as_char(0x80U | (c & 0x3FU))}, 2};
}

consteval std::array<spelling, 256> spell_all() {
  std::array<spelling, 256> table{};
  for (unsigned c = 0; c < table.size(); ++c) table[c] = spell(c);
  return table;
}

constexpr auto spellings = spell_all();

}  // namespace

writer& writer::number(std::uint64_t value) {
  std::array<char, 20> digits;
  auto const written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out_.append(digits.data(), written.ptr);
  return *this;
}

writer& writer::text(std::string_view utf8) {
  out_.push_back('"');
  auto const* at = utf8.data();
  auto const* const end = at + utf8.size();
  while (at != end) {
    auto const* const special = find_special_character(at, end);
    out_.append(at, special);
    at = special;
    if (at == end) break;
    auto const& spelt = spellings[static_cast<unsigned char>(*at++)];
    out_.append(spelt.characters.data(), spelt.size);
  }
  out_.push_back('"');
  return *this;
}

writer& writer::binary(std::span<std::uint8_t const> bytes) {
  // One append per id: every spelling is stored whole, then the cursor moves by its true size.
  std::array<char, 128> buffer;
  constexpr auto widest = sizeof(spelling::characters);
  std::size_t used = 0;
  buffer[used++] = '"';
  for (auto const byte : bytes) {
    if (used + widest >= buffer.size()) {
      out_.append(buffer.data(), used);
      used = 0;
    }
    auto const& spelt = spellings[byte];
    std::memcpy(buffer.data() + used, spelt.characters.data(), widest);
    used += spelt.size;
  }
  buffer[used++] = '"';
  out_.append(buffer.data(), used);
  return *this;
}

}  // namespace waggle::json
