// SPDX-License-Identifier: Apache-2.0
#include "server/memory_watch.hpp"

#include "server/log.hpp"
#include "server/metrics/process.hpp"

#include <chrono>

namespace waggle {
namespace {

constexpr std::chrono::milliseconds looks_every{250};

}  // namespace

memory_watch::memory_watch(net::asio::io_context& control, std::size_t bytes_max)
    : bytes_max_(bytes_max), timer_(control.get_executor()) {}

// The last twentieth keeps the flag from following every connection that comes and goes.
bool memory_watch::is_full(bool was_full, std::size_t bytes, std::size_t bytes_max) {
  if (bytes_max == 0) return false;
  return bytes >= (was_full ? bytes_max - bytes_max / 20 : bytes_max);
}

void memory_watch::look() {
  auto const before = full_.load(std::memory_order_relaxed);
  std::size_t const bytes =
      bytes_max_ == 0 ? 0 : static_cast<std::size_t>(read_process_usage().resident_bytes);
  auto const now = is_full(before, bytes, bytes_max_);
  full_.store(now, std::memory_order_relaxed);
  if (now && !before) {
    log::app()->warn("memory used up, newcomers are over quota resident_bytes={} bytes_max={}",
                     bytes, bytes_max_);
  } else if (before && !now) {
    log::app()->info("memory for newcomers again resident_bytes={}", bytes);
  }
  timer_.expires_after(looks_every);
  timer_.async_wait([this](net::error_code const& cancelled) {
    if (!cancelled) look();
  });
}

}  // namespace waggle
