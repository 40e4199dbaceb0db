// SPDX-License-Identifier: Apache-2.0
// What operators write when they ban something, checked and put into the one form that is kept.
#include "config/fields.hpp"
#include "protocol/ip_address.hpp"
#include "server/bans.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace waggle {
namespace {

constexpr std::uint8_t v4_bits_min = 96 + 8;  // of a network that may be banned
constexpr std::uint8_t v6_bits_min = 16;
constexpr std::size_t hash_digits = 40;

admin_error invalid(std::string text) {
  return {admin_error::kind::invalid, std::move(text)};
}
admin_error refused(std::string text) {
  return {admin_error::kind::refused, std::move(text)};
}

bool overlap(ip_network const& one, ip_network const& other) {
  return one.contains(other.aligned().first) || other.contains(one.aligned().first);
}

std::optional<std::string> lower_hex(std::string_view written) {
  std::string hex{written};
  for (auto& digit : hex) {
    if (digit >= 'A' && digit <= 'F') digit = static_cast<char>(digit - 'A' + 'a');
    if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) return std::nullopt;
  }
  return hex;
}

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (auto const byte : bytes) {
    auto const value = static_cast<unsigned char>(byte);
    hex += digits[value / 16];
    hex += digits[value % 16];
  }
  return hex;
}

admin_result<std::string> address_value(std::string_view written,
                                        std::span<ip_network const> never) {
  auto const parsed = parse_ip_network(written);
  if (!parsed) return invalid("an address or network is wanted: 192.0.2.7, 192.0.2.0/24");
  auto const network = parsed->aligned();
  auto const is_v4 = network.first.is_v4() && network.prefix_bits >= 96;
  if (network.prefix_bits < (is_v4 ? v4_bits_min : v6_bits_min)) {
    return refused(
        "so wide a network would ban half the world: /8 is the widest of IPv4, /16 of "
        "IPv6");
  }
  static auto const loopback = {*parse_ip_network("127.0.0.0/8"), *parse_ip_network("::1/128")};
  for (auto const& own : loopback) {
    if (overlap(network, own)) return refused("this machine itself (loopback) cannot be banned");
  }
  for (auto const& proxy : never) {
    if (overlap(network, proxy)) {
      return refused("it holds a trusted proxy (" + to_string(proxy) +
                     "), and all its clients with it");
    }
  }
  return to_string(network);
}

admin_result<std::string> hash_value(std::string_view written) {
  auto const hex = lower_hex(written);
  if (!hex || hex->size() != hash_digits) return invalid("an info hash has 40 hex digits");
  return *hex;
}

/// As text where it begins with '-', as peer ids do, else as hex digits.
admin_result<std::string> prefix_value(std::string_view written) {
  auto const as_text = written.starts_with('-');
  auto const hex = as_text ? hex_of(written) : lower_hex(written);
  if (!hex || hex->size() < 2 || hex->size() > hash_digits || hex->size() % 2 != 0) {
    return invalid(
        "a prefix of peer ids is 1 to 20 bytes: text that begins with '-', or hex "
        "digits");
  }
  return *hex;
}

/// Empty: those who name none.
admin_result<std::string> tenant_value(std::string_view written) {
  if (written.empty() || is_tenant_name(written)) return std::string{written};
  return invalid("a tenant is banned by its name; an empty one is for clients that name none");
}

/// By its tenant and jti, or by the digest that the list of connections shows. Never by its text: a
/// ban is written down, and read by others.
admin_result<std::string> token_value(std::string_view written) {
  if (auto const hex = lower_hex(written); hex && hex->size() == hash_digits) return *hex;
  auto const slash = written.find('/');
  auto const tenant = written.substr(0, slash);
  auto const has_name = tenant.empty() || is_tenant_name(tenant);
  if (slash == std::string_view::npos || slash + 1 == written.size() || !has_name) {
    return invalid(
        "a token is banned as TENANT/JTI (/JTI without a tenant) or by its 40 hex digits");
  }
  return std::string{written};
}

}  // namespace

admin_result<std::string> ban_value(storage::ban_kind kind, std::string_view written,
                                    std::span<ip_network const> never) {
  switch (kind) {
    case storage::ban_kind::address:
      return address_value(written, never);
    case storage::ban_kind::info_hash:
      return hash_value(written);
    case storage::ban_kind::peer_id_prefix:
      return prefix_value(written);
    case storage::ban_kind::tenant:
      return tenant_value(written);
    case storage::ban_kind::token:
      return token_value(written);
  }
  return invalid("no such kind of ban");
}

std::string_view name_of(storage::ban_kind kind) {
  switch (kind) {
    case storage::ban_kind::address:
      return "address";
    case storage::ban_kind::info_hash:
      return "info_hash";
    case storage::ban_kind::tenant:
      return "tenant";
    case storage::ban_kind::token:
      return "token";
    case storage::ban_kind::peer_id_prefix:
      break;
  }
  return "peer_id_prefix";
}

}  // namespace waggle
