// SPDX-License-Identifier: Apache-2.0
#include "server/core/ban_list.hpp"

#include <algorithm>
#include <utility>

namespace waggle {
namespace {

range_set<ip_address>::range range_of(ip_network const& network) {
  auto const first = network.aligned().first;
  auto last = first.bytes();
  for (auto bit = std::size_t{network.prefix_bits}; bit < 8 * last.size(); ++bit) {
    last[bit / 8] |= static_cast<std::uint8_t>(0x80U >> bit % 8);
  }
  return {first, ip_address{last}};
}

range_set<peer_id>::range range_of(std::span<std::uint8_t const> prefix) {
  range_set<peer_id>::range range;
  range.last.value.fill(0xff);
  auto const kept = prefix.first(std::min(prefix.size(), peer_id::bytes));
  std::ranges::copy(kept, range.first.value.begin());
  std::ranges::copy(kept, range.last.value.begin());
  return range;
}

/// Of single keys.
template <class Key>
range_set<Key> set_of(std::vector<Key> const& keys) {
  std::vector<typename range_set<Key>::range> ranges;
  ranges.reserve(keys.size());
  for (auto const& key : keys) ranges.push_back({key, key});
  return range_set<Key>{std::move(ranges)};
}

}  // namespace

ban_list::ban_list(parts const& banned)
    : hashes_(set_of(banned.hashes)),
      tenants_(set_of(banned.tenants)),
      tokens_(set_of(banned.tokens)) {
  std::vector<range_set<ip_address>::range> addresses;
  for (auto const& network : banned.addresses) addresses.push_back(range_of(network));
  std::vector<range_set<peer_id>::range> peers;
  for (auto const& prefix : banned.peer_prefixes) peers.push_back(range_of(prefix));
  addresses_ = range_set<ip_address>{std::move(addresses)};
  peers_ = range_set<peer_id>{std::move(peers)};
}

}  // namespace waggle
