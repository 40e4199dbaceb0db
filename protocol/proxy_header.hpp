// SPDX-License-Identifier: Apache-2.0
// The header with which a proxy tells whose connection it forwards, before any byte of it: PROXY
// protocol version 1 (a line) and 2 (binary). Source: haproxy.org, proxy-protocol.txt. Pure.
#pragma once

#include "protocol/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace waggle {

/// Of either version; version 2 alone could be 64 KiB long, most of it for extensions that are
/// skipped here.
inline constexpr std::size_t proxy_header_bytes_max = 4096;

struct proxy_header {
  enum class state : std::uint8_t {
    need_more,  // all of the bytes belong to the header, and others are missing
    done,
    bad,  // no PROXY header begins like this
  };

  state is = state::need_more;
  std::size_t bytes = 0;  // of a header that is done; what follows them is the client's
  /// Whose connection it is; nothing if the proxy speaks for itself (a health check), or of
  /// something that has no IP address.
  std::optional<ip_address> source = std::nullopt;

  bool operator==(proxy_header const&) const = default;
};

/// @param all  everything received so far, from the first byte on.
[[nodiscard]] proxy_header read_proxy_header(std::string_view all);

}  // namespace waggle
