// SPDX-License-Identifier: Apache-2.0
#include "server/core/flight_recorder.hpp"

#include <algorithm>
#include <array>

namespace waggle {
namespace {

constexpr std::array<std::string_view, 9> names{
    "join", "leave", "expire", "refused", "offer", "unmatched", "answer", "unroutable", "shed"};
constexpr std::array<std::string_view, 9> reasons{
    "",
    "a limit of memberships is reached",
    "offers for which nobody was left",
    "no such offer was relayed, or it is over",
    "this core is behind with reading",
    "the receiver reads too slowly",
    "the queues of all receivers are full",
    "the receiver is closing",
    "another core is behind with its mail",
};

}  // namespace

std::string_view name_of(happening what) {
  return names[static_cast<std::size_t>(what)];
}

std::string_view text_of(drop_reason why) {
  return reasons[static_cast<std::size_t>(why)];
}

bool flight_recorder::watch(swarm_id const& swarm, bool on) {
  auto const known = std::ranges::find(watched_, swarm, &watched_swarm::swarm);
  if (!on) {
    if (known != watched_.end()) watched_.erase(known);
    return true;
  }
  if (known != watched_.end()) return true;
  if (watched_.size() >= watched_max) return false;
  watched_.push_back({swarm, ring{bytes_ / watched_part}});
  return true;
}

std::vector<flight_record> flight_recorder::newest(std::optional<swarm_id> const& of,
                                                   std::size_t limit) const {
  std::vector<flight_record> found;
  if (limit == 0) return found;
  auto const own =
      std::ranges::find_if(watched_, [&](auto const& each) { return of && each.swarm == *of; });
  auto const& from = own == watched_.end() ? all_ : own->records;
  from.visit_newest([&](flight_record const& each) {
    if (!of || each.swarm == *of) found.push_back(each);
    return found.size() < limit;
  });
  std::ranges::reverse(found);
  return found;
}

std::size_t flight_recorder::bytes() const {
  auto sum = all_.bytes();
  for (auto const& each : watched_) sum += each.records.bytes();
  return sum;
}

}  // namespace waggle
