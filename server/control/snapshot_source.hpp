// SPDX-License-Identifier: Apache-2.0
// Snapshots of all cores for whoever asks, however many ask at once. Control loop only.
#pragma once

#include "server/control/awaited.hpp"
#include "server/control/server_view.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace waggle {

/// Never null in a full slot; shared by everyone whom one collection serves.
using snapshots = std::shared_ptr<std::vector<core_snapshot> const>;

/// At most one collection is under way. Who asks meanwhile is served by the next one and not by
/// this: a snapshot never tells of a time before the question.
class snapshot_source : public std::enable_shared_from_this<snapshot_source> {
 public:
  snapshot_source(net::asio::io_context& loop, server_view& view) : loop_(loop), view_(view) {}

  /// A null pointer if the cores did not answer within `patience`.
  net::awaitable<snapshots> fresh(std::chrono::milliseconds patience);

 private:
  using waiter = awaited<snapshots>;

  void collect();
  void arrived(std::vector<core_snapshot> cores);

  net::asio::io_context& loop_;
  server_view& view_;
  std::vector<std::weak_ptr<waiter>> served_;  // by the collection under way
  std::vector<std::weak_ptr<waiter>> next_;    // by the one after it; bound: open connections
  bool under_way_ = false;
};

}  // namespace waggle
