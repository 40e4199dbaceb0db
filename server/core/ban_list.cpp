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

}  // namespace

ban_list::ban_list(parts const& banned) {
  std::vector<range_set<ip_address>::range> addresses;
  for (auto const& network : banned.addresses) addresses.push_back(range_of(network));
  std::vector<range_set<swarm_id>::range> swarms;
  for (auto const& swarm : banned.swarms) swarms.push_back({swarm, swarm});
  std::vector<range_set<peer_id>::range> peers;
  for (auto const& prefix : banned.peer_prefixes) peers.push_back(range_of(prefix));
  addresses_ = range_set<ip_address>{std::move(addresses)};
  swarms_ = range_set<swarm_id>{std::move(swarms)};
  peers_ = range_set<peer_id>{std::move(peers)};
}

}  // namespace waggle
