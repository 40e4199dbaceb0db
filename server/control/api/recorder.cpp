// SPDX-License-Identifier: Apache-2.0
// The flight recorders: what they have, and which swarms have one of their own.
#include "server/control/api/handlers.hpp"
#include "server/control/api/json_answer.hpp"
#include "server/control/api/path_id.hpp"
#include "server/control/api/query.hpp"
#include "server/control/api/question.hpp"
#include "server/control/stats_json.hpp"

namespace waggle::api {
namespace {

constexpr number_bounds events_bounds{1, 1'000, 200};

json event_json(recorded_event const& event) {
  return {{"ago_ms", event.ago.count()},
          {"core", event.core},
          {"what", event.what},
          {"id", swarm_text(event.swarm)},
          {"info_hash", hex_of(event.swarm)},
          {"peer_id", hex_of(event.peer)},
          {"other_peer_id", event.other ? json(hex_of(*event.other)) : json(nullptr)},
          {"why", event.why}};
}

answering recorded_answer(context& with, std::optional<swarm_id> swarm, std::string query) {
  auto const limit = number_parameter(query, "limit", events_bounds);
  if (!limit) co_return problem_answer(limit.error());
  question<std::vector<recorded_event>> const events{with.loop};
  with.from.admin->recorded(swarm, *limit, events.here());
  auto const found = co_await events.answer(with.from.patience);
  if (!found) co_return problem_answer(cores_late);
  auto items = json::array();
  for (auto const& event : *found) items.push_back(event_json(event));
  co_return json_answer({{"items", std::move(items)}});
}

http_answer watch_answer(context& with, call const& asked, bool on) {
  auto const swarm = swarm_of(asked.id);
  if (!swarm) return problem_answer(swarm.error());
  auto const done = with.from.admin->watch(*swarm, on, asked.actor);
  return done ? no_content() : problem_answer(problem_of(done.error()));
}

}  // namespace

answering watch_swarm(context& with, call asked) {
  co_return watch_answer(with, asked, /*on=*/true);
}

answering unwatch_swarm(context& with, call asked) {
  co_return watch_answer(with, asked, /*on=*/false);
}

answering list_watched(context& with, call /*asked*/) {
  auto items = json::array();
  for (auto const& swarm : with.from.admin->watched()) items.push_back(swarm_text(swarm));
  co_return json_answer({{"items", std::move(items)}});
}

answering list_swarm_events(context& with, call asked) {
  auto const swarm = swarm_of(asked.id);
  if (!swarm) co_return problem_answer(swarm.error());
  co_return co_await recorded_answer(with, *swarm, std::move(asked.query));
}

answering list_recorded(context& with, call asked) {
  co_return co_await recorded_answer(with, std::nullopt, std::move(asked.query));
}

}  // namespace waggle::api
