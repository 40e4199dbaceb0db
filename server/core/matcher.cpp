// SPDX-License-Identifier: Apache-2.0
// See matcher.hpp.
#include "server/core/matcher.hpp"

#include <algorithm>

namespace waggle {
namespace {

bool contains(std::vector<slot> const& list, slot which) {
  return std::find(list.begin(), list.end(), which) != list.end();
}

}  // namespace

std::span<slot const> matcher::choose(match_request const& request, slab<member> const& members,
                                      random_source& random) {
  chosen_.clear();
  if (request.wanted == 0 || request.active.empty()) return chosen_;

  probe(request, members, random);
  if (chosen_.size() < request.wanted) {
    walk(request, members, random);
    take_random(fresh_, chosen_, request.wanted, random);
    take_random(late_, chosen_, request.wanted, random);
  }
  return chosen_;
}

/// Random picks: O(wanted) whatever the size. Pointless where most members would be picked anyway.
/// In a big swarm nobody who is picked is in the cache, so that all of a round are fetched at once.
void matcher::probe(match_request const& request, slab<member> const& members,
                    random_source& random) {
  auto const size = request.active.size();
  if (size / 4 < request.wanted) return;
  auto left = std::uint64_t{request.wanted} * limits_.probes_per_offer;
  while (left > 0 && chosen_.size() < request.wanted) {
    picked_.resize(std::min<std::uint64_t>(left, request.wanted - chosen_.size()));
    left -= picked_.size();
    for (auto& at : picked_) request.active.prefetch(at = random.below(size));
    for (auto const at : picked_) members.prefetch(request.active[at]);
    for (auto const at : picked_) {
      auto const candidate = request.active[at];
      auto const& entry = members[candidate];
      if (entry.late <= request.now || entry.peer == request.sender) continue;
      if (!contains(chosen_, candidate)) chosen_.push_back(candidate);
    }
  }
}

/// Looks at all members of a small swarm, or at a stretch of a big one.
void matcher::walk(match_request const& request, slab<member> const& members,
                   random_source& random) {
  fresh_.clear();
  late_.clear();
  auto const size = request.active.size();
  auto const window = std::max<std::uint64_t>(
      limits_.window_min, std::uint64_t{request.wanted} * limits_.window_per_offer);
  auto const looks =
      size <= limits_.exact_members_max ? size : std::min<std::uint64_t>(size, window);
  auto at = random.below(size);
  for (std::uint64_t i = 0; i < looks; ++i) {
    consider(request.active[at], request, members);
    if (++at == size) at = 0;
  }
}

void matcher::consider(slot candidate, match_request const& request, slab<member> const& members) {
  auto const& entry = members[candidate];
  if (entry.peer == request.sender || contains(chosen_, candidate)) return;
  (entry.late <= request.now ? late_ : fresh_).push_back(candidate);
}

void matcher::take_random(std::vector<slot>& from, std::vector<slot>& to, std::uint32_t wanted,
                          random_source& random) {
  while (to.size() < wanted && !from.empty()) {
    auto& pick = from[random.below(static_cast<std::uint32_t>(from.size()))];
    to.push_back(pick);
    pick = from.back();
    from.pop_back();
  }
}

}  // namespace waggle
