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
    bytes_ -= empty.capacity();
    unused_ = std::min(unused_, spare_.size());
  }

  /// Takes a buffer back; a large one, or one too many, is freed. One without memory of its own is
  /// no spare: it would take the place of a real one.
  void give_back(std::string buffer) {
    if (buffer.capacity() <= std::string{}.capacity()) return;
    if (buffer.capacity() > kept_bytes_max || bytes_ + buffer.capacity() > bytes_max) return;
    buffer.clear();
    bytes_ += buffer.capacity();
    spare_.push_back(std::move(buffer));
  }

  /// Called now and then: frees half of the buffers that nobody has needed since the last time, so
  /// that a peak is forgotten within seconds.
  void tidy() {
    for (auto left = (unused_ + 1) / 2; left > 0; --left) {
      bytes_ -= spare_.back().capacity();
      spare_.pop_back();
    }
    unused_ = spare_.size();
  }

 private:
  static constexpr std::size_t kept_bytes_max = 32 * 1024;
  /// As many as have something to send in one turn: a thousand or two of a few kilobytes each.
  static constexpr std::size_t bytes_max = 8 * 1024 * 1024;

  std::vector<std::string> spare_;
  std::size_t bytes_ = 0;   // of memory that the spare ones hold
  std::size_t unused_ = 0;  // the fewest that were spare since tidy(); never more than there are
};

}  // namespace waggle::runtime
