// SPDX-License-Identifier: Apache-2.0
// The lists of the admin API: gathered from all cores while somebody asks for them, and kept for a
// while for others who do. Control loop only.
#pragma once

#include "server/control/admin_view.hpp"
#include "server/core_loop.hpp"
#include "server/net/types.hpp"
#include "server/runtime/shared_copy.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace waggle {

/// See admin_view for what the calls do. `done` is dropped when the census ends before.
class census {
 public:
  /// `control` and `cores` outlive the census, `control` also what the cores have not yet done; the
  /// cores stay the same from the first call on.
  census(net::asio::io_context& control, std::vector<std::unique_ptr<core_loop>> const& cores,
         runtime::copy_rules const& rules = {});
  census(census const&) = delete;
  census& operator=(census const&) = delete;
  ~census();

  void list_swarms(swarm_list_request const& wanted,
                   std::function<void(list_page<swarm_row>)> done);
  void list_connections(page_request const& wanted,
                        std::function<void(list_page<connection_row>)> done);
  void list_clients(page_request const& wanted, std::function<void(list_page<client_group>)> done);
  void find_swarm(swarm_id const& swarm, page_request const& members,
                  std::function<void(std::optional<swarm_detail>)> done);

 private:
  class state;
  std::shared_ptr<state> state_;  // the cores' answers hold it weakly
};

}  // namespace waggle
