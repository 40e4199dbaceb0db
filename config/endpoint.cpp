// SPDX-License-Identifier: Apache-2.0
// Endpoints of the configuration: reading and writing. Pure.
#include "config/endpoint.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace waggle {
namespace {

bool is_literal(int family, std::string const& address) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  // inet_pton stops at a NUL, which a JSON string may hold.
  return address.find('\0') == std::string::npos &&
         inet_pton(family, address.c_str(), bytes.data()) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  auto const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, port);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return port;
}

}  // namespace

std::optional<endpoint_setting> parse_endpoint(std::string_view text) {
  auto const colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto const port = parse_port(text.substr(colon + 1));
  if (!port) return std::nullopt;

  std::string address{text.substr(0, colon)};
  if (address.empty()) return endpoint_setting{.address = "::", .port = *port};
  if (address == "localhost") return endpoint_setting{.address = "127.0.0.1", .port = *port};
  if (address.front() == '[') {
    if (address.back() != ']') return std::nullopt;
    address = address.substr(1, address.size() - 2);
    if (!is_literal(AF_INET6, address)) return std::nullopt;
  } else if (!is_literal(AF_INET, address)) {
    return std::nullopt;  // an IPv6 address without brackets would make the port ambiguous
  }
  return endpoint_setting{.address = std::move(address), .port = *port};
}

std::string to_string(endpoint_setting const& where) {
  auto const is_v6 = where.address.find(':') != std::string::npos;
  auto const port = std::to_string(where.port);
  return is_v6 ? "[" + where.address + "]:" + port : where.address + ":" + port;
}

}  // namespace waggle
