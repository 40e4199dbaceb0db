// SPDX-License-Identifier: Apache-2.0
// The one door into another core: batches under a mutex, swapped out as a whole by the owner.
// Knows nothing of the domain. Any thread may post; one thread drains.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace waggle::runtime {

template <class Batch>
class mailbox {
 public:
  /// What the poster needs to know of the receiver's backlog.
  struct receipt {
    bool wake = false;              // the inbox was empty: tell the owner to drain
    std::size_t waiting_bytes = 0;  // posted and not yet drained, this batch included
  };

  /// Appends `batch`. Never blocks for the receiver; the lock is held for a push.
  receipt post(Batch batch, std::size_t bytes) {
    std::scoped_lock const lock{mutex_};
    auto const wake = inbox_.empty();
    inbox_.push_back(std::move(batch));
    waiting_bytes_ += bytes;
    return {wake, waiting_bytes_};
  }

  /// Bytes posted and not yet drained.
  [[nodiscard]] std::size_t waiting_bytes() const {
    std::scoped_lock const lock{mutex_};
    return waiting_bytes_;
  }

  /// The same, and the next drain() tells its caller of `watcher`. What is drained between two
  /// looks therefore never goes unnoticed.
  std::size_t watch(std::uint16_t watcher) {
    std::scoped_lock const lock{mutex_};
    if (std::ranges::find(watchers_, watcher) == watchers_.end()) watchers_.push_back(watcher);
    return waiting_bytes_;
  }

  /// Takes everything that was posted, in order per poster. `into` must be empty; its capacity is
  /// kept for the next round.
  /// @return who wants to know.
  std::vector<std::uint16_t> drain(std::vector<Batch>& into) {
    std::scoped_lock const lock{mutex_};
    inbox_.swap(into);
    waiting_bytes_ = 0;
    return std::exchange(watchers_, {});
  }

 private:
  mutable std::mutex mutex_;  // guards all that follows
  std::vector<Batch> inbox_;
  std::size_t waiting_bytes_ = 0;
  std::vector<std::uint16_t> watchers_;  // each once
};

}  // namespace waggle::runtime
