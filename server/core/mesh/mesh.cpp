// SPDX-License-Identifier: Apache-2.0
// Who is there, and what peers say; their links are made and mended in mesh_links.cpp.
#include "server/core/mesh/mesh.hpp"

#include "server/core/flight_recorder.hpp"

#include <algorithm>
#include <utility>

namespace waggle::mesh {

mesh::mesh(mesh_limits const& limits, swarm_table& table, flight_recorder& recorder,
           hash_seed const& seed, std::uint64_t random_seed)
    : limits_(limits), table_(table), recorder_(recorder), seed_(seed), random_(random_seed) {}

// --- who is there --------------------------------------------------------------------------------

void mesh::handle(join const& message, core_time now, outbox& out) {
  auto const refuse_it = [&](refusal why) {
    out.send(
        message.from,
        refused{
            .swarm = message.swarm, .handle = message.handle, .why = why, .link = std::nullopt});
  };
  if (table_.find_member(message.swarm, message.peer) != no_slot) {
    return refuse_it(refusal::id_in_use);
  }
  auto const made = table_.announce(
      {.from = message.from,
       .swarm = message.swarm,
       .peer = message.peer,
       .event = announce_event::started,
       .state = message.state.have == 100 ? completeness::complete : completeness::incomplete,
       .lasting = true},
      now);
  if (made.result != swarm_table::outcome::created) return refuse_it(refusal::full);

  auto const member = table_.find_member(message.swarm, message.peer);
  node added{.at = message.from,
             .member = member,
             .address_tag = message.address_tag,
             .state = message.state,
             .handle = message.handle};
  if (added.state.want == peer_state::unsaid) added.state.want = limits_.want;
  auto const which = nodes_.insert(added);
  if (node_of_.size() <= member) node_of_.resize(member + 1, no_slot);
  node_of_[member] = which;
  ++totals_.peers;
  recorder_.note(
      {.at = now, .swarm = message.swarm, .peer = message.peer, .what = happening::join});

  tell_joined(which, /*resumed=*/false, out);
  match_expected(which, message.open_with, now, out);
  auto const& there = nodes_[which];
  auto const has = std::uint32_t{there.links} + there.expected;
  auto const least = least_of(there);
  if (has < least) match_with_some(which, least - has, {}, now, out);
}

void mesh::handle(leave const& message, core_time now, outbox& out) {
  auto const which = find(message.swarm, message.peer, message.from);
  if (which == no_slot) return;
  auto const why = message.session_over ? ending::gone : ending::left;
  std::array<slot, UINT8_MAX> lonely{};
  std::size_t lonely_count = 0;
  for_links(which, [&](slot each) {
    auto const& between = links_[each];
    auto const other = between.ends[1 - between.side_of(which)];
    if (between.is == link::state::open) ++counts_.links_ended;
    tell_end(each, other, why, out);
    unlink(each);
    lonely[lonely_count++] = other;
  });
  forget_expected(which);
  auto const& gone = nodes_[which];
  if (gone.away) --totals_.away;
  node_of_[gone.member] = no_slot;
  nodes_.erase(which);
  --totals_.peers;
  static_cast<void>(
      table_.leave({.at = message.from, .swarm = message.swarm, .peer = message.peer}));
  recorder_.note(
      {.at = now, .swarm = message.swarm, .peer = message.peer, .what = happening::leave});
  for (auto const other : std::span{lonely}.first(lonely_count)) mend(other, now, out);
}

void mesh::handle(change const& message, core_time now, outbox& out) {
  auto const which = find(message.swarm, message.peer, message.from);
  if (which == no_slot) return;
  auto& there = nodes_[which];
  auto const before = there.state;
  there.state.update(message.state);
  if (before.have != there.state.have && (before.have == 100 || there.state.have == 100)) {
    set_complete(which, now);
  }
  if (there.state.want > before.want) mend(which, now, out);
}

void mesh::handle(more const& message, core_time now, outbox& out) {
  auto const which = find(message.swarm, message.peer, message.from);
  if (which == no_slot) return;
  auto const& there = nodes_[which];
  auto const room = most_of(there) - std::min<std::uint32_t>(most_of(there), there.links);
  match_with_some(which, std::min<std::uint32_t>(message.count, room), message.except, now, out);
}

void mesh::handle(away const& message, core_time /*now*/, outbox& /*out*/) {
  auto const which = find(message.swarm, message.peer, message.from);
  if (which == no_slot || nodes_[which].away) return;
  nodes_[which].away = true;
  ++totals_.away;
}

void mesh::handle(resume const& message, core_time now, outbox& out) {
  auto const which = find(message.swarm, message.peer, message.was);
  if (which == no_slot) return;
  auto& there = nodes_[which];
  there.at = message.from;
  table_.rebind(there.member, message.from);
  if (std::exchange(there.away, false)) --totals_.away;
  tell_joined(which, /*resumed=*/true, out);
  mend(which, now, out);
}

// --- what the ends of a link say -----------------------------------------------------------------

void mesh::handle(relay const& message, core_time /*now*/, outbox& out) {
  auto const which = find_link(message.link, message.from);
  if (which == no_slot) {
    // Candidates cross the end of their link all the time.
    if (message.kind != relay_kind::ice) return refuse_link(message, out);
    ++counts_.unroutable;
    return;
  }
  auto const& between = links_[which];
  auto const side = nodes_[between.ends[0]].at == message.from ? 0U : 1U;
  // Only one end offers: there is no glare to resolve.
  if ((message.kind == relay_kind::offer && side != 0) ||
      (message.kind == relay_kind::answer && side != 1)) {
    return refuse_link(message, out);
  }
  auto const& to = nodes_[between.ends[1 - side]];
  ++counts_.relayed[static_cast<std::size_t>(message.kind)];
  out.send(to.at, carried{.swarm = message.swarm,
                          .handle = to.handle,
                          .link = message.link,
                          .kind = message.kind,
                          .address_tag = message.address_tag,
                          .body = message.body});
}

void mesh::handle(outcome const& message, core_time now, outbox& out) {
  auto const which = find_link(message.link, message.from);
  if (which == no_slot) return refuse_link(message, out);
  auto& between = links_[which];
  if (message.open) {
    if (between.is == link::state::open) return;
    between.is = link::state::open;
    forget_settled(2);
    --totals_.pending;
    ++totals_.open;
    ++counts_.links_opened;
    ++counts_.opened_over[static_cast<std::size_t>(message.over)];
    counts_.open_ms += message.took_ms;
    for (auto const end : between.ends) nodes_[end].failures = 0;
    return;
  }
  auto const ends = between.ends;
  auto const mine = nodes_[ends[0]].at == message.from ? 0U : 1U;
  tell_end(which, ends[1 - mine], ending::failed, out);
  fail(which, message.why, ends[mine], now);
  for (auto const end : ends) mend(end, now, out);
}

void mesh::handle(drop const& message, core_time now, outbox& out) {
  if (message.with) {
    auto const who = find(message.swarm, message.peer, message.from);
    if (who != no_slot && take_expected(who, *message.with)) mend(who, now, out);
    return;
  }
  auto const which = find_link(message.link, message.from);
  if (which == no_slot) return;  // the other end was faster
  auto const& between = links_[which];
  auto const ends = between.ends;
  auto const mine = nodes_[ends[0]].at == message.from ? 0U : 1U;
  if (between.is == link::state::open) ++counts_.links_ended;
  tell_end(which, ends[1 - mine], ending::closed, out);
  unlink(which);
  for (auto const end : ends) mend(end, now, out);
}

// --- words ---------------------------------------------------------------------------------------

void mesh::tell_joined(slot which, bool resumed, outbox& out) {
  auto const& there = nodes_[which];
  auto const* const home = table_.home_of(there.member);
  auto const [complete, incomplete] = home->counts();
  std::vector<link_id> links;
  if (resumed) for_links(which, [&](slot each) { links.push_back(id_of(each)); });
  out.send(there.at, joined{.swarm = home->id(),
                            .handle = there.handle,
                            .resumed = resumed,
                            .members = complete + incomplete,
                            .links = out.hold(std::move(links))});
}

void mesh::tell_match(slot which, outbox& out) {
  auto const& made = links_[which];
  auto const& swarm = table_.home_of(nodes_[made.ends[0]].member)->id();
  for (std::size_t side = 0; side < 2; ++side) {
    auto const& to = nodes_[made.ends[side]];
    auto const& other = nodes_[made.ends[1 - side]];
    out.send(to.at, match{.swarm = swarm,
                          .handle = to.handle,
                          .link = id_of(which),
                          .peer = table_.members()[other.member].peer,
                          .initiator = side == 0,
                          .same_address = to.address_tag == other.address_tag,
                          .open = made.is == link::state::open});
  }
}

void mesh::tell_end(slot which, slot end, ending why, outbox& out) {
  auto const& to = nodes_[end];
  out.send(to.at, ended{.swarm = table_.home_of(to.member)->id(),
                        .handle = to.handle,
                        .link = id_of(which),
                        .why = why});
}

template <class Message>
void mesh::refuse_link(Message const& message, outbox& out) {
  ++counts_.unroutable;
  out.send(message.from,
           refused{.swarm = message.swarm, .why = refusal::no_link, .link = message.link});
}

void mesh::set_complete(slot which, core_time now) {
  auto const& there = nodes_[which];
  bool const complete = there.state.have == 100;
  static_cast<void>(
      table_.announce({.from = there.at,
                       .swarm = table_.home_of(there.member)->id(),
                       .peer = table_.members()[there.member].peer,
                       .event = complete ? announce_event::completed : announce_event::update,
                       .state = complete ? completeness::complete : completeness::incomplete,
                       .lasting = true},
                      now));
}

// --- looking up ----------------------------------------------------------------------------------

slot mesh::find(swarm_id const& swarm, peer_id const& peer, session_ref const& at) const {
  auto const member = table_.find_member(swarm, peer);
  if (member == no_slot) return no_slot;
  auto const which = node_of(member);
  return which != no_slot && nodes_[which].at == at ? which : no_slot;
}

slot mesh::find_link(link_id id, session_ref const& at) const {
  auto const number = id >> generation_bits;
  if (number >= links_.slots()) return no_slot;
  auto const which = static_cast<slot>(number);
  if (links_.find(which) == nullptr || links_[which].is == link::state::none ||
      id_of(which) != id) {
    return no_slot;
  }
  auto const& ends = links_[which].ends;
  return nodes_[ends[0]].at == at || nodes_[ends[1]].at == at ? which : no_slot;
}

link_id mesh::id_of(slot which) const {
  return link_id{which} << generation_bits | links_[which].generation;
}

node::mark mesh::mark_of(slot which) const {
  auto const& member = table_.members()[nodes_[which].member];
  auto const digest = key_digest(seed_).add(member.peer).finish();
  return static_cast<node::mark>(digest) | 1U;
}

}  // namespace waggle::mesh
