// SPDX-License-Identifier: Apache-2.0
#include "tests/load/offer_id.hpp"

#include <cstddef>

namespace waggle::load {
namespace {

// 64 characters in a row that JSON leaves alone: '0'-'o' without the backslash.
constexpr char digit(std::uint64_t value) {
  auto const plain = static_cast<char>('0' + static_cast<char>(value));
  return plain == '\\' ? 'p' : plain;
}

constexpr std::uint64_t value_of(char digit) {
  return static_cast<std::uint64_t>(digit == 'p' ? '\\' - '0' : digit - '0');
}

constexpr std::size_t client_at = 1, swarm_at = 5, sequence_at = 9, time_at = 12, end_at = 20;

void write(char* to, std::size_t digits, std::uint64_t value) {
  for (; digits > 0; --digits, value >>= 6U) to[digits - 1] = digit(value & 63U);
}

std::uint64_t read(std::string_view text) {
  std::uint64_t value = 0;
  for (auto const one : text) value = value << 6U | (value_of(one) & 63U);
  return value;
}

}  // namespace

std::array<char, offer_id_bytes> write_offer_id(offer_facts const& facts) {
  std::array<char, offer_id_bytes> text{offer_id_mark};
  write(text.data() + client_at, swarm_at - client_at, facts.client);
  write(text.data() + swarm_at, sequence_at - swarm_at, facts.swarm);
  write(text.data() + sequence_at, time_at - sequence_at, facts.sequence);
  write(text.data() + time_at, end_at - time_at, facts.microseconds);
  return text;
}

std::optional<offer_facts> read_offer_id(std::string_view text) {
  if (text.size() != offer_id_bytes || text[0] != offer_id_mark) return std::nullopt;
  auto const part = [&](std::size_t from, std::size_t to) {
    return read(text.substr(from, to - from));
  };
  return offer_facts{.client = static_cast<std::uint32_t>(part(client_at, swarm_at)),
                     .swarm = static_cast<std::uint32_t>(part(swarm_at, sequence_at)),
                     .sequence = static_cast<std::uint32_t>(part(sequence_at, time_at)),
                     .microseconds = part(time_at, end_at)};
}

}  // namespace waggle::load
