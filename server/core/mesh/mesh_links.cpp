// SPDX-License-Identifier: Apache-2.0
// Who is linked with whom, see mesh.hpp: matching, links that are made and end, and the repair of
// what is lost.
#include "server/core/flight_recorder.hpp"
#include "server/core/mesh/mesh.hpp"

#include <algorithm>
#include <utility>

namespace waggle::mesh {

// --- matching ------------------------------------------------------------------------------------

void mesh::match_with_some(slot which, std::uint32_t wanted, std::span<peer_id const> except,
                           core_time now, outbox& out) {
  if (wanted == 0 || !limits_.p2p) return;
  auto const& members = table_.members();
  auto const* const home = table_.home_of(nodes_[which].member);
  auto const active = home->active();
  std::vector<slot>& among = candidates_.scratch();
  among.clear();
  for (auto const at : candidates_.sample(active.size(), limits_.choosing.sample, random_)) {
    auto const other = node_of(active[at]);
    if (other != no_slot && may_be_matched(which, other, except)) among.push_back(other);
  }
  for (auto const& [other, uniform] :
       candidates_.choose(nodes_[which], among, wanted, nodes_, limits_.choosing)) {
    // Both share the work of offering.
    bool const first = (random_.next() & 1U) != 0;
    auto const made =
        make_link(first ? which : other, first ? other : which, link::state::pending, uniform, now);
    ++counts_.matches;
    tell_match(made, out);
    auto const& swarm = home->id();
    if (recorder_.watches(swarm)) {
      recorder_.note_watched({.at = now,
                              .swarm = swarm,
                              .peer = members[nodes_[which].member].peer,
                              .other = members[nodes_[other].member].peer,
                              .what = happening::offer,
                              .has_other = true});
    }
  }
}

bool mesh::may_be_matched(slot which, slot with, std::span<peer_id const> except) const {
  if (with == which) return false;
  auto const& one = nodes_[which];
  auto const& other = nodes_[with];
  if (other.away || std::uint32_t{other.links} + other.expected >= most_of(other)) return false;
  if (one.failed_recently(mark_of(with)) || other.failed_recently(mark_of(which))) return false;
  bool linked = false;
  for_links(which, [&](slot each) {
    auto const& ends = links_[each].ends;
    linked = linked || ends[0] == with || ends[1] == with;
  });
  if (linked) return false;
  auto const& peer = table_.members()[other.member].peer;
  return std::ranges::find(except, peer) == except.end();
}

// A link is there once both of its ends have said so: neither can claim one alone.
void mesh::match_expected(slot which, std::span<peer_id const> open_with, core_time now,
                          outbox& out) {
  if (open_with.empty()) return;
  auto const& members = table_.members();
  auto const mine = members[nodes_[which].member].peer;
  auto const& swarm = table_.home_of(nodes_[which].member)->id();
  expectation expected{.peers = {}, .until = now + limits_.expected_ttl};
  for (auto const& peer : open_with) {
    if (expected.peers.size() >= limits_.degree_max) break;
    if (expected_peers_ + expected.peers.size() >= limits_.expected_max) break;
    if (peer == mine || std::ranges::find(expected.peers, peer) != expected.peers.end()) continue;
    auto const member = table_.find_member(swarm, peer);
    auto const other = member == no_slot ? no_slot : node_of(member);
    if (other == no_slot || !take_expected(other, mine)) {
      expected.peers.push_back(peer);
      continue;
    }
    auto const kept = make_link(which, other, link::state::open, /*uniform=*/true, now);
    ++counts_.links_kept;
    tell_match(kept, out);
  }
  if (expected.peers.empty()) return;
  nodes_[which].expected = static_cast<std::uint8_t>(expected.peers.size());
  expected_peers_ += static_cast<std::uint32_t>(expected.peers.size());
  expecting_.insert_or_assign(which, std::move(expected));
}

void mesh::forget_expected(slot which) {
  expected_peers_ -= nodes_[which].expected;
  expecting_.erase(which);
  nodes_[which].expected = 0;
}

bool mesh::take_expected(slot which, peer_id const& peer) {
  auto const found = expecting_.find(which);
  if (found == expecting_.end() || std::erase(found->second.peers, peer) == 0) return false;
  --expected_peers_;
  --nodes_[which].expected;
  if (found->second.peers.empty()) expecting_.erase(found);
  return true;
}

slot mesh::make_link(slot first, slot second, link::state is, bool uniform, core_time now) {
  if (++generation_ == 0) generation_ = 1;
  auto const made = links_.insert({.ends = {first, second},
                                   .next = {nodes_[first].first_link, nodes_[second].first_link},
                                   .generation = generation_,
                                   .is = is,
                                   .uniform = uniform});
  for (auto const end : {first, second}) {
    auto& changed = nodes_[end];
    changed.first_link = made;
    ++changed.links;
    if (uniform) ++changed.uniform;
  }
  if (is == link::state::open) {
    ++totals_.open;
  } else {
    ++totals_.pending;
    // However many there are a second: what comes takes away what is settled.
    forget_settled(2);
    overdue_.push_back({id_of(made), now + limits_.link_deadline});
  }
  return made;
}

void mesh::unlink(slot which) {
  auto const& over = links_[which];
  --(over.is == link::state::open ? totals_.open : totals_.pending);
  for (auto const end : over.ends) {
    auto& changed = nodes_[end];
    --changed.links;
    if (over.uniform) --changed.uniform;
    detach(which, end);
  }
  links_.erase(which);
}

void mesh::detach(slot which, slot from) {
  auto const& over = links_[which];
  auto const behind = over.next[over.side_of(from)];
  auto* place = &nodes_[from].first_link;
  while (*place != which) {
    auto& before = links_[*place];
    place = &before.next[before.side_of(from)];
  }
  *place = behind;
}

// Only who says so is held to rest: else a few who let every link fail could keep others from
// having any. Where nobody says anything it may be either.
void mesh::fail(slot which, failure why, slot said_by, core_time now) {
  auto const ends = links_[which].ends;
  if (links_[which].is == link::state::open) {
    ++counts_.links_ended;
  } else {
    ++counts_.links_failed[static_cast<std::size_t>(why)];
  }
  nodes_[ends[0]].avoid(mark_of(ends[1]));
  nodes_[ends[1]].avoid(mark_of(ends[0]));
  for (auto const end : ends) {
    if (said_by != no_slot && said_by != end) continue;
    auto& tired = nodes_[end];
    if (tired.failures != UINT8_MAX) ++tired.failures;
    auto const doublings = std::min<unsigned>(tired.failures - 1U, 16U);
    auto const rest = std::min(limits_.rest_min * (1U << doublings), limits_.rest_max);
    // The first one may be an accident.
    tired.rest_until = coarse_deadline(tired.failures < 2 ? now : now + rest);
  }
  unlink(which);
}

void mesh::mend(slot which, core_time now, outbox& out) {
  auto const& there = nodes_[which];
  if (there.away || coarse_now(now) < there.rest_until) return;
  auto const has = std::uint32_t{there.links} + there.expected;
  auto const least = least_of(there);
  if (has < least) match_with_some(which, least - has, {}, now, out);
}

std::uint32_t mesh::want_of(node const& which) const {
  return std::min(which.state.want, limits_.degree_max);
}

std::uint32_t mesh::least_of(node const& which) const {
  auto const want = want_of(which);
  return std::min<std::uint32_t>(want, std::max<std::uint32_t>(limits_.degree_min, want / 2));
}

std::uint32_t mesh::most_of(node const& which) const {
  return std::min<std::uint32_t>(2 * want_of(which), limits_.degree_max);
}

// --- time ----------------------------------------------------------------------------------------

void mesh::tick(core_time now, outbox& out) {
  end_overdue(now, out);
  // Few peers that stay are looked at in each call, many in turn.
  for (auto steps = limits_.mend_steps_max; steps != 0; --steps) {
    if (nodes_.slots() == 0) return;
    if (mended_up_to_ >= nodes_.slots()) mended_up_to_ = 0;
    auto const* const seen = nodes_.find(mended_up_to_);
    if (seen == nullptr) {
      mended_up_to_ += slab<node>::chunk_items;  // of which there is none
      continue;
    }
    auto const which = mended_up_to_++;
    if (seen->member == no_slot) continue;
    if (seen->expected != 0) {
      auto const waiting = expecting_.find(which);
      if (waiting != expecting_.end() && waiting->second.until <= now) forget_expected(which);
    }
    mend(which, now, out);
  }
}

void mesh::end_overdue(core_time now, outbox& out) {
  for (auto steps = limits_.deadline_steps_max;
       steps != 0 && !overdue_.empty() && overdue_.front().due <= now; --steps) {
    auto const id = overdue_.front().which;
    overdue_.pop_front();
    if (!is_pending(id)) continue;
    auto const which = static_cast<slot>(id >> generation_bits);
    auto const ends = links_[which].ends;
    for (auto const end : ends) tell_end(which, end, ending::timeout, out);
    fail(which, failure::timeout, /*said_by=*/no_slot, now);
    for (auto const end : ends) mend(end, now, out);
  }
}

void mesh::forget_settled(std::uint32_t most) {
  for (; most != 0 && !overdue_.empty() && !is_pending(overdue_.front().which); --most) {
    overdue_.pop_front();
  }
}

bool mesh::is_pending(link_id which) const {
  auto const at = static_cast<slot>(which >> generation_bits);
  return at < links_.slots() && links_.find(at) != nullptr && id_of(at) == which &&
         links_[at].is == link::state::pending;
}

}  // namespace waggle::mesh
