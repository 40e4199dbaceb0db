// SPDX-License-Identifier: Apache-2.0
// What the internal listener sees of the cores: asks them one by one on their own threads and
// gathers the answers on the control loop. What no core knows it takes from that loop itself.
#pragma once

#include "server/configuration.hpp"
#include "server/control/certificate_keeper.hpp"
#include "server/control/server_view.hpp"
#include "server/core_loop.hpp"
#include "server/net/stun_service.hpp"
#include "server/net/types.hpp"
#include "server/policy_keeper.hpp"
#include "server/service_state.hpp"
#include "server/storage/store.hpp"

#include <memory>
#include <vector>

namespace waggle {

class cores_view final : public server_view {
 public:
  /// All outlive the view; the cores stay the same from the first call on.
  cores_view(net::asio::io_context& control, std::vector<std::unique_ptr<core_loop>> const& cores,
             service_state const& state, configuration const& config,
             certificate_keeper const& certificate, policy_keeper const& policies,
             net::address_counts const& addresses, std::shared_ptr<storage::store> const& store,
             net::stun_service const& stun)
      : control_(control),
        cores_(cores),
        state_(state),
        config_(config),
        certificate_(certificate),
        policies_(policies),
        addresses_(addresses),
        store_(store),
        stun_(stun) {}

  void collect(std::function<void(std::vector<core_snapshot>)> done) override;
  void count_swarm(swarm_id const& swarm, std::function<void(swarm_counts)> done) override;
  [[nodiscard]] std::size_t count_address(ip_address const& client) const override;
  [[nodiscard]] readiness ready() const override;
  [[nodiscard]] service_facts service() const override;

  /// The swarms with the most members of each core, as of the last minute; `done` as in collect().
  void collect_busiest(std::function<void(std::vector<busy_swarm>)> done);

 private:
  net::asio::io_context& control_;
  std::vector<std::unique_ptr<core_loop>> const& cores_;
  service_state const& state_;
  configuration const& config_;
  certificate_keeper const& certificate_;
  policy_keeper const& policies_;
  net::address_counts const& addresses_;
  std::shared_ptr<storage::store> const& store_;  // from the first call on
  net::stun_service const& stun_;
};

}  // namespace waggle
