// SPDX-License-Identifier: Apache-2.0
// Batches of waiters, one collection each. Control loop only.
#include "server/control/snapshot_source.hpp"

#include <utility>

namespace waggle {

net::awaitable<snapshots> snapshot_source::fresh(std::chrono::milliseconds patience) {
  auto const mine = std::make_shared<waiter>(loop_);
  std::erase_if(next_, [](std::weak_ptr<waiter> const& one) { return one.expired(); });
  next_.push_back(mine);
  if (!under_way_) collect();
  auto const value = co_await waiter::wait(mine, patience);
  co_return value.value_or(nullptr);
}

void snapshot_source::collect() {
  served_ = std::exchange(next_, {});
  under_way_ = true;
  view_.collect([weak = weak_from_this()](std::vector<core_snapshot> cores) {
    if (auto const self = weak.lock()) self->arrived(std::move(cores));
  });
}

void snapshot_source::arrived(std::vector<core_snapshot> cores) {
  auto const shared = std::make_shared<std::vector<core_snapshot> const>(std::move(cores));
  under_way_ = false;
  for (auto const& weak : std::exchange(served_, {})) {
    if (auto const one = weak.lock()) one->arrive(shared);
  }
  std::erase_if(next_, [](std::weak_ptr<waiter> const& one) { return one.expired(); });
  if (!next_.empty()) collect();
}

}  // namespace waggle
