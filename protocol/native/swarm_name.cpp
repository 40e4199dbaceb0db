// SPDX-License-Identifier: Apache-2.0
#include "protocol/native/swarm_name.hpp"

#include "protocol/content/digest.hpp"

#include <cstddef>
#include <optional>

namespace waggle::native {
namespace {

std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  return std::nullopt;
}

std::optional<info_hash> hex_hash(std::string_view name) {
  info_hash hash;
  if (name.size() != 2 * info_hash::bytes) return std::nullopt;
  for (std::size_t at = 0; at < info_hash::bytes; ++at) {
    auto const high = digit_of(name[2 * at]);
    auto const low = digit_of(name[2 * at + 1]);
    if (!high || !low) return std::nullopt;
    hash.value[at] = static_cast<std::uint8_t>(*high << 4U | *low);
  }
  return hash;
}

}  // namespace

info_hash hash_of(std::string_view name) {
  if (auto const listed = hex_hash(name)) return *listed;
  // OpenSSL refuses SHA-1 for signatures, never as a digest.
  return {content::sha1(name).value_or(content::sha1_digest{})};
}

}  // namespace waggle::native
