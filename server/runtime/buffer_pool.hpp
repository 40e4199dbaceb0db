// SPDX-License-Identifier: Apache-2.0
// Output buffers that sessions borrow while they have something to send, so that an idle one holds
// none. Knows nothing of the domain. One thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace waggle::runtime {

class buffer_pool {
 public:
  /// Gives an empty string the capacity of a spare buffer, if it has none and one is to be had.
  void lend(std::string& empty) {
    if (spare_.empty() || empty.capacity() > std::string{}.capacity()) return;
    empty = std::move(spare_.back());
    spare_.pop_back();
    unused_ = std::min(unused_, spare_.size());
  }

  /// Takes a buffer back; a large one, or one too many, is freed. One without memory of its own is
  /// no spare: it would take the place of a real one.
  void give_back(std::string buffer) {
    if (buffer.capacity() <= std::string{}.capacity()) return;
    if (buffer.capacity() > kept_bytes_max || spare_.size() >= kept_max) return;
    buffer.clear();
    spare_.push_back(std::move(buffer));
  }

  /// Called now and then: frees half of the buffers that nobody has needed since the last time, so
  /// that a peak is forgotten within seconds.
  void tidy() {
    spare_.resize(spare_.size() - (unused_ + 1) / 2);
    unused_ = spare_.size();
  }

 private:
  static constexpr std::size_t kept_max = 256;
  static constexpr std::size_t kept_bytes_max = 32 * 1024;

  std::vector<std::string> spare_;
  std::size_t unused_ = 0;  // the fewest that were spare since tidy(); never more than there are
};

}  // namespace waggle::runtime
