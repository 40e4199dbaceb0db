// SPDX-License-Identifier: Apache-2.0
// The last lines of the log, kept in memory for whoever asks later: the admin API and its stream.
// A reader asks for what came since the number it saw last, so that no writer ever waits for one
// and nothing queues up for a reader that is slow. Any thread.
#pragma once

#include <spdlog/sinks/sink.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace waggle::log {

struct kept_line {
  std::uint64_t number = 0;  // grows by one a line; the first is 1
  std::chrono::system_clock::time_point at;
  std::string_view level;  // static storage
  std::string area;
  std::string message;  // as it was logged: may hold control characters and be no UTF-8
};

struct ring_limits {
  std::size_t lines_max = 1'000;
  std::size_t line_bytes_max = 2'048;   // of a message; the rest is cut off
  std::size_t bytes_max = 512 * 1'024;  // of all messages; past it the oldest lines go
};

class line_ring {
 public:
  explicit line_ring(ring_limits const& limits = {}) : limits_(limits) {}

  void add(kept_line line);

  /// The newest lines with a number past `seen`, at most `lines_max` of them, the oldest first.
  [[nodiscard]] std::vector<kept_line> since(std::uint64_t seen, std::size_t lines_max) const;

  /// The number of the newest line; 0: none was ever written.
  [[nodiscard]] std::uint64_t newest() const;

 private:
  ring_limits limits_;
  mutable std::mutex mutex_;
  std::deque<kept_line> lines_;  // guarded by mutex_; bounds: limits_
  std::size_t bytes_ = 0;        // of their messages; guarded by mutex_
  std::uint64_t newest_ = 0;     // guarded by mutex_
};

/// The ring of the process, which every logger of server/log.hpp writes to. Never destroyed.
[[nodiscard]] line_ring& recent_lines();

namespace detail {

/// The name that a level has in lines and answers.
[[nodiscard]] std::string_view level_text(spdlog::level::level_enum which);

/// Writes to recent_lines().
[[nodiscard]] std::shared_ptr<spdlog::sinks::sink> ring_sink();

}  // namespace detail
}  // namespace waggle::log
