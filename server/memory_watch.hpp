// SPDX-License-Identifier: Apache-2.0
// Looks at the memory of the process four times a second, and raises a flag while there is none for
// newcomers. Control loop only; the flag may be read by any thread.
#pragma once

#include "server/net/types.hpp"

#include <atomic>
#include <cstddef>

namespace waggle {

class memory_watch {
 public:
  /// @param bytes_max  resident; 0: there always is memory.
  memory_watch(net::asio::io_context& control, std::size_t bytes_max);
  memory_watch(memory_watch const&) = delete;
  memory_watch& operator=(memory_watch const&) = delete;

  void start() { look(); }
  void use(std::size_t bytes_max) { bytes_max_ = bytes_max; }

  /// Whether the process is over the limit, or has been and is not yet well below it.
  [[nodiscard]] static bool is_full(bool was_full, std::size_t bytes, std::size_t bytes_max);

  [[nodiscard]] std::atomic<bool> const& full() const { return full_; }

 private:
  void look();

  std::size_t bytes_max_;
  net::timer timer_;
  std::atomic<bool> full_{false};
};

}  // namespace waggle
