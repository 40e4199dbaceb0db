// SPDX-License-Identifier: Apache-2.0
// Where a server listens, as its ready line names it. Pure values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waggle::test {

struct endpoint {
  std::string scheme;  // ws, wss or http
  std::string host;    // without the brackets of an IPv6 address
  std::uint16_t port = 0;

  [[nodiscard]] bool tls() const { return scheme == "wss"; }
  [[nodiscard]] std::string authority() const;  // host:port as a Host header writes it
};

/// Reads `scheme://host:port`. Throws std::runtime_error for anything else.
[[nodiscard]] endpoint parse_endpoint(std::string_view url);

}  // namespace waggle::test
