// SPDX-License-Identifier: Apache-2.0
// The bans in force: who set them and until when, checked, written down in the store, and given to
// the cores as one list. Control loop only.
#pragma once

#include "server/audit_log.hpp"
#include "server/control/admin_view.hpp"
#include "server/core/ban_list.hpp"
#include "server/net/types.hpp"
#include "server/storage/store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

struct ban_options {
  std::size_t bans_max = 10'000;
  std::size_t reason_bytes_max = 256;
  std::chrono::milliseconds expiry_check{250};  // how late a ban may end
  std::function<storage::wall_time()> now;      // must be given
};

class bans {
 public:
  /// Makes a list take effect on every core.
  using installation = std::function<void(std::shared_ptr<ban_list const>)>;

  /// @param store  outlives the bans.
  bans(net::asio::io_context& loop, ban_options options, storage::store& store,
       installation install);
  bans(bans const&) = delete;
  bans& operator=(bans const&) = delete;

  /// Takes over what the store has kept; what has ended meanwhile is left out, and said to it.
  void restore(storage::loaded const& kept);

  /// Bans, or changes the ban that there is for the same value.
  /// @param never  networks whose addresses cannot be banned: the trusted proxies.
  [[nodiscard]] admin_result<storage::ban_record> add(ban_request const& wanted,
                                                      std::span<ip_network const> never,
                                                      std::string_view by);
  [[nodiscard]] admin_result<void> lift(std::uint64_t id, std::string_view by);

  /// By their ids.
  [[nodiscard]] std::vector<storage::ban_record> const& list() const { return bans_; }

 private:
  void end(std::size_t at);
  void publish();
  void look_for_ended();
  void end_those_over();

  ban_options options_;
  storage::store& store_;
  audit_log audit_;
  installation install_;
  net::timer next_look_;
  bool looking_ = false;
  std::vector<storage::ban_record> bans_;
  std::uint64_t next_id_ = 1;
};

/// The value of a ban as it is kept: canonical, or why it cannot be banned.
[[nodiscard]] admin_result<std::string> ban_value(storage::ban_kind kind, std::string_view written,
                                                  std::span<ip_network const> never);

/// "address", "info_hash", "peer_id_prefix", "tenant", "token".
[[nodiscard]] std::string_view name_of(storage::ban_kind kind);

}  // namespace waggle
