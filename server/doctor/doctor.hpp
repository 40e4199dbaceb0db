// SPDX-License-Identifier: Apache-2.0
// `waggle doctor`: connects like two browsers would, through whatever stands in front of the
// server, and says in plain words what is wrong. Runs a loop of its own on the calling thread.
#pragma once

#include <chrono>
#include <iosfwd>
#include <optional>
#include <string>

namespace waggle::doctor {

struct request {
  std::string url;                            // ws:// or wss://
  bool insecure = false;                      // go on with a bad certificate
  std::optional<std::string> ca;              // PEM file of authorities to trust, too
  std::chrono::milliseconds idle{30'000};     // silence to measure; 0: none
  std::chrono::milliseconds timeout{10'000};  // of each step
  std::optional<std::string> internal;        // URL of the internal listener
  std::optional<std::string> from;            // own address to connect from
  std::optional<std::string> info_hash;       // 40 hex digits, instead of random swarms
  bool json = false;
  std::string version;  // of the program, for the User-Agent
};

/// Writes one line a check to `out`, or an array of them; what is wrong with the request to `err`.
/// @return 0 all well, warnings allowed; 1 something failed; 2 the request makes no sense.
[[nodiscard]] int run_doctor(request const& asked, std::ostream& out, std::ostream& err);

}  // namespace waggle::doctor
