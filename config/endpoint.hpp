// SPDX-License-Identifier: Apache-2.0
// Addresses to listen on, as the configuration writes them: "[::]:8000", "0.0.0.0:8000", ":8000",
// "localhost:8000". Literal addresses only, so that reading them never asks a name server. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waggle {

struct endpoint_setting {
  std::string address;     // literal IPv4 or IPv6, without brackets
  std::uint16_t port = 0;  // 0: the system picks a free one

  bool operator==(endpoint_setting const&) const = default;
};

/// Reads "ADDR:PORT". An empty ADDR is "::", which takes IPv4 too; "localhost" is 127.0.0.1.
/// @return nothing if the text is not of that form.
[[nodiscard]] std::optional<endpoint_setting> parse_endpoint(std::string_view text);

/// The form that parse_endpoint() reads, an IPv6 address in brackets.
[[nodiscard]] std::string to_string(endpoint_setting const& where);

}  // namespace waggle
