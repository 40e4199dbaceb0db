// SPDX-License-Identifier: Apache-2.0
// What every check of doctor's works with. One loop, one thread; outlives all checks.
#pragma once

#include "server/doctor/dialer.hpp"
#include "server/doctor/report.hpp"
#include "server/doctor/tracker_text.hpp"
#include "server/doctor/url.hpp"

#include <optional>
#include <string>

namespace waggle::doctor {

struct examination {
  dialer& calls;
  net::tcp::endpoint at;  // the address of the tracker that everything is done with
  report& found;
  std::optional<std::string> swarm;  // to use instead of random ones
  std::optional<url> internal;
  std::chrono::milliseconds idle{};  // 0: do not measure

  [[nodiscard]] std::chrono::milliseconds timeout() const { return calls.options().timeout; }
  void add(std::string name, verdict outcome, std::string text) {
    found.add({.name = std::move(name), .found = outcome, .text = std::move(text)});
  }
};

// Each opens connections of its own; `who` outlives the coroutine.

/// Two peers announce, offer, answer and leave. Checks announce, counts, offer, answer, latency,
/// leave. False: offers and answers do not get through.
[[nodiscard]] net::awaitable<bool> check_exchange(examination& who);

/// Whether large messages get through. Check frames.
[[nodiscard]] net::awaitable<void> check_frames(examination& who);

/// Whose address the server sees, and whether it believes a forged one. Check header trust.
[[nodiscard]] net::awaitable<void> check_trust(examination& who);

/// Whether a connection lives on which nobody speaks. Check silence.
[[nodiscard]] net::awaitable<void> check_silence(examination& who);

}  // namespace waggle::doctor
