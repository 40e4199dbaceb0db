// SPDX-License-Identifier: Apache-2.0
#include "protocol/native/peer_name.hpp"

#include "protocol/native/base64url.hpp"

#include <algorithm>
#include <string>

namespace waggle::native {

std::optional<peer_id> peer_from(std::string_view name) {
  if (name.size() != peer_name_bytes || !std::ranges::all_of(name, is_base64url)) {
    return std::nullopt;
  }
  peer_id id;
  auto const behind = std::ranges::copy(peer_head, id.value.begin()).out;
  std::ranges::copy(name, behind);
  return id;
}

std::string_view name_of(peer_id const& id) {
  return {reinterpret_cast<char const*>(id.value.data()) + peer_head.size(), peer_name_bytes};
}

peer_id make_peer(std::span<std::uint8_t const, 12> random) {
  std::string name;
  append_base64url(random, name);
  return *peer_from(name);
}

}  // namespace waggle::native
