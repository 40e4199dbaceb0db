// SPDX-License-Identifier: Apache-2.0
// The flight recorders of all cores, as the admin API sees them. Control loop only.
#pragma once

#include "server/control/admin_view.hpp"
#include "server/core_loop.hpp"
#include "server/net/types.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace waggle {

/// See admin_view for what the calls do.
class recorders {
 public:
  /// Both outlive the object, `control` also what the cores have not yet done; the cores stay the
  /// same from the first call on.
  recorders(net::asio::io_context& control, std::vector<std::unique_ptr<core_loop>> const& cores)
      : control_(control), cores_(cores) {}
  recorders(recorders const&) = delete;
  recorders& operator=(recorders const&) = delete;
  ~recorders() = default;

  void recorded(std::optional<swarm_id> const& swarm, std::size_t limit,
                std::function<void(std::vector<recorded_event>)> done);
  [[nodiscard]] admin_result<void> watch(swarm_id const& swarm, bool on);
  [[nodiscard]] std::vector<swarm_id> watched() const { return watched_; }

 private:
  net::asio::io_context& control_;
  std::vector<std::unique_ptr<core_loop>> const& cores_;
  std::vector<swarm_id> watched_;  // at most flight_recorder::watched_max, on every core
};

}  // namespace waggle
