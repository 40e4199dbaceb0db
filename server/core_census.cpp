// SPDX-License-Identifier: Apache-2.0
#include "server/core_census.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace waggle {
namespace {

swarm_facts facts_of(swarm const& which) {
  return {.swarm = which.id(), .counts = which.counts(), .history = which.history()};
}

ip_address shown_of(net::ws_session const& session) {
  return shown_network(session.let_in().client.address).first;
}

session_facts facts_of(net::ws_session const& session) {
  auto const queued =
      std::min<std::size_t>(session.queued_bytes(), std::numeric_limits<std::uint32_t>::max());
  session_facts facts{.at = session.self(),
                      .shown = shown_of(session),
                      .browser = session.let_in().browser,
                      .tls = session.kind() == net::transport::tls,
                      .client = {},
                      .dialect = {},
                      .opened = session.opened(),
                      .memberships = 0,
                      .queued_bytes = static_cast<std::uint32_t>(queued)};
  if (auto const* const talk = session.talk()) {
    auto const known = talk->facts();
    facts.dialect = known.dialect;
    facts.memberships = known.memberships;
    facts.tenant = known.tenant;
    facts.token = known.token;
    if (known.speaks_as) facts.client = client_key{*known.speaks_as};
  }
  return facts;
}

/// One slice; the next one, when it is asked for, comes behind the handlers that are ready.
template <class Row, class Step>
void go_on(core_loop& core, std::size_t from, Step step, std::shared_ptr<slice_taker<Row>> take) {
  std::vector<Row> rows;
  auto const next = step(core, from, rows);
  if (!next) return (*take)(std::move(rows), {});
  (*take)(std::move(rows), [&core, at = std::size_t{*next}, step, take] {
    core.ask([at, step, take](core_loop& asked) { go_on(asked, at, step, take); });
  });
}

template <class Row, class Step>
void walk(core_loop& core, Step step, slice_taker<Row> take) {
  auto const shared = std::make_shared<slice_taker<Row>>(std::move(take));
  core.ask([step, shared](core_loop& asked) { go_on(asked, 0, step, shared); });
}

}  // namespace

void walk_swarms(core_loop& core, slice_taker<swarm_facts> take) {
  auto const step = [](core_loop& asked, std::size_t from, std::vector<swarm_facts>& rows) {
    auto const& table = asked.swarms();
    rows.reserve(std::min(swarm_slots_a_turn, table.swarms()));
    return table.for_some(static_cast<slot>(from), swarm_slots_a_turn,
                          [&](swarm const& each) { rows.push_back(facts_of(each)); });
  };
  walk<swarm_facts>(core, step, std::move(take));
}

void walk_sessions(core_loop& core, slice_taker<session_facts> take) {
  auto const step = [](core_loop& asked, std::size_t from, std::vector<session_facts>& rows) {
    auto& table = asked.sessions();
    rows.reserve(std::min(session_slots_a_turn, table.size()));
    return table.for_some(from, session_slots_a_turn,
                          [&](net::ws_session const& each) { rows.push_back(facts_of(each)); });
  };
  walk<session_facts>(core, step, std::move(take));
}

std::optional<swarm_members> members_of(core_loop const& core, swarm_id const& swarm,
                                        std::size_t offset, std::size_t limit) {
  auto const& table = core.swarms();
  auto const* const home = table.find(swarm);
  if (home == nullptr) return std::nullopt;
  swarm_members found{.facts = facts_of(*home), .page = {}};
  table.visit_members(*home, offset, limit, [&](member const& each) {
    found.page.push_back(
        {.peer = each.peer, .at = each.at, .seeder = each.seeder, .counted = each.active()});
  });
  return found;
}

std::optional<member_session> session_of(core_loop& core, swarm_id const& swarm,
                                         member_facts const& member) {
  auto const* const session = core.sessions().find(member.at);
  if (session == nullptr || session->talk() == nullptr) return std::nullopt;
  auto const facts = session->talk()->facts_of(swarm, member.peer);
  if (!facts) return std::nullopt;
  return member_session{.shown = shown_of(*session), .facts = *facts};
}

}  // namespace waggle
