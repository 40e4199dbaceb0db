// SPDX-License-Identifier: Apache-2.0
// The URLs that doctor is given: where the tracker is (ws, wss) and its internal listener (http).
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::doctor {

struct url {
  std::string scheme;  // in lower case
  std::string host;    // without the brackets of an IPv6 address
  std::uint16_t port = 0;
  std::string target = "/";  // path and query

  [[nodiscard]] bool tls() const { return scheme == "wss"; }
  /// As a Host header has it: the port only where it is not the scheme's own.
  [[nodiscard]] std::string host_field() const;
};

/// A URL, or what is wrong with it, as a sentence for whoever wrote it.
struct url_reading {
  std::optional<url> value;
  std::string problem;
};

/// Takes ws:// and wss://, the way browsers do.
[[nodiscard]] url_reading read_tracker_url(std::string_view text);

/// Takes http:// with a host and a port, and nothing behind them.
[[nodiscard]] url_reading read_internal_url(std::string_view text);

}  // namespace waggle::doctor
