// SPDX-License-Identifier: Apache-2.0
// What the internal listener may ask of the server. Called on the control loop; the server asks its
// cores by mailbox and answers on the control loop, so that no scrape ever waits in a core.
#pragma once

#include "protocol/event.hpp"
#include "protocol/ids.hpp"
#include "protocol/ip_address.hpp"
#include "server/metrics/counters.hpp"
#include "server/metrics/service.hpp"

#include <functional>
#include <string>
#include <vector>

namespace waggle {

/// Whether new clients may be sent here, and what a person should know about it.
struct readiness {
  bool ready = false;
  std::string detail;
  bool draining = false;
};

class server_view {
 public:
  server_view() = default;
  server_view(server_view const&) = delete;
  server_view& operator=(server_view const&) = delete;
  virtual ~server_view() = default;

  /// Asks every core for its snapshot; `done` is called once, inside or after the call. It stays
  /// callable (and does nothing) when nobody waits any more, even past the listener's end.
  virtual void collect(std::function<void(std::vector<core_snapshot>)> done) = 0;

  /// Counts one swarm; an unknown one has zero peers. `done` as in collect().
  virtual void count_swarm(swarm_id const& swarm, std::function<void(swarm_counts)> done) = 0;

  /// Open sessions that are counted together with one from `client`.
  [[nodiscard]] virtual std::size_t count_address(ip_address const& client) const = 0;

  [[nodiscard]] virtual readiness ready() const = 0;

  /// What no single core knows. `ready` agrees with ready().
  [[nodiscard]] virtual service_facts service() const = 0;
};

}  // namespace waggle
