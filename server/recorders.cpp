// SPDX-License-Identifier: Apache-2.0
#include "server/recorders.hpp"

#include "server/core/flight_recorder.hpp"
#include "server/runtime/clock.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace waggle {
namespace {

constexpr std::size_t events_max = 5'000;  // in one answer

struct located {
  std::uint16_t core;
  flight_record what;
};

recorded_event event_of(located const& from, core_time now) {
  auto const& [core, what] = from;
  recorded_event event{.ago = std::max(now - what.at, core_time{0}),
                       .core = core,
                       .what = std::string{name_of(what.what)},
                       .swarm = what.swarm,
                       .peer = what.peer,
                       .other = {},
                       .why = std::string{text_of(what.why)}};
  if (what.has_other) event.other = what.other;
  return event;
}

/// The answers of all cores; touched on the control loop only.
struct gathering {
  std::size_t cores_left = 0;
  std::size_t limit = 0;
  std::vector<located> found;
  std::function<void(std::vector<recorded_event>)> done;

  void take(std::uint16_t core, std::vector<flight_record> const& records) {
    for (auto const& each : records) found.push_back({core, each});
    if (--cores_left != 0) return;
    // One clock for all cores; what is of the same moment stays core by core.
    std::ranges::stable_sort(found, {}, [](located const& each) { return each.what.at; });
    auto const skipped = found.size() - std::min(found.size(), limit);
    auto const now = runtime::elapsed();
    std::vector<recorded_event> events;
    for (auto at = skipped; at < found.size(); ++at) events.push_back(event_of(found[at], now));
    done(std::move(events));
  }
};

}  // namespace

// The core of a swarm knows what was decided there, and the cores of its receivers what was dropped
// on the way: all of them are asked.
void recorders::recorded(std::optional<swarm_id> const& swarm, std::size_t limit,
                         std::function<void(std::vector<recorded_event>)> done) {
  auto const all = std::make_shared<gathering>();
  all->cores_left = cores_.size();
  all->limit = std::min(limit, events_max);
  all->done = std::move(done);
  for (std::size_t at = 0; at < cores_.size(); ++at) {
    auto const core = static_cast<std::uint16_t>(at);
    cores_[at]->ask([&control = control_, all, core, swarm, most = all->limit](core_loop& asked) {
      net::asio::post(control, [all, core, found = asked.recorder().newest(swarm, most)] {
        all->take(core, found);
      });
    });
  }
}

admin_result<void> recorders::watch(swarm_id const& swarm, bool on) {
  auto const known = std::ranges::find(watched_, swarm);
  if (on == (known != watched_.end())) return {};
  if (on && watched_.size() >= flight_recorder::watched_max) {
    return admin_error{.what = admin_error::kind::full,
                       .text = std::to_string(flight_recorder::watched_max) +
                               " swarms are watched already; unwatch one of them first"};
  }
  if (on) {
    watched_.push_back(swarm);
  } else {
    watched_.erase(known);
  }
  for (auto const& core : cores_) {
    core->ask([swarm, on](core_loop& asked) { asked.recorder().watch(swarm, on); });
  }
  return {};
}

}  // namespace waggle
