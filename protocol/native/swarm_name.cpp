// SPDX-License-Identifier: Apache-2.0
#include "protocol/native/swarm_name.hpp"

#include "protocol/content/digest.hpp"
#include "protocol/hex.hpp"

#include <algorithm>

namespace waggle::native {

info_hash hash_of(std::string_view name) {
  // In the one spelling that tools print; another one is a name like any other.
  auto const is_capital = [](char c) { return c >= 'A' && c <= 'F'; };
  info_hash listed;
  if (std::ranges::none_of(name, is_capital) && read_hex(name, listed.value)) return listed;
  // OpenSSL refuses SHA-1 for signatures, never as a digest.
  return {content::sha1(name).value_or(content::sha1_digest{})};
}

}  // namespace waggle::native
