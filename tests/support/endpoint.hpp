// SPDX-License-Identifier: Apache-2.0
// Where a server listens, as its ready line names it, and how a client comes to it. Pure values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waggle::test {

struct endpoint {
  std::string scheme;  // ws, wss or http
  std::string host;    // without the brackets of an IPv6 address
  std::uint16_t port = 0;
  std::string from = {};     // the client's own address; empty: as the system chooses
  std::string preface = {};  // sent as it is before anything else, TLS included

  [[nodiscard]] bool tls() const { return scheme == "wss"; }
  [[nodiscard]] std::string authority() const;  // host:port as a Host header writes it
};

/// The same place, come to from another address or with other first bytes.
[[nodiscard]] endpoint from(endpoint at, std::string const& address);
[[nodiscard]] endpoint behind(endpoint at, std::string const& preface);

/// Reads `scheme://host:port`. Throws std::runtime_error for anything else.
[[nodiscard]] endpoint parse_endpoint(std::string_view url);

}  // namespace waggle::test
