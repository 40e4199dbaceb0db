// SPDX-License-Identifier: Apache-2.0
#include "server/session/client_address.hpp"

#include "server/session/field_text.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace waggle {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// node-port of RFC 7239 section 6: up to five digits, or a name that begins with an underscore.
bool is_port(std::string_view text) {
  if (text.starts_with('_')) return true;
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, is_digit);
}

/// "ADDR", "IPV4:PORT", "[IPV6]" or "[IPV6]:PORT".
std::optional<ip_address> address_of(std::string_view node) {
  if (node.starts_with('[')) {
    auto const end = node.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    auto const inside = node.substr(1, end - 1);
    auto const behind = node.substr(end + 1);
    if (!behind.empty() && (behind.front() != ':' || !is_port(behind.substr(1)))) {
      return std::nullopt;
    }
    if (inside.find(':') == std::string_view::npos) return std::nullopt;
    return parse_ip_address(inside);
  }
  auto const colon = node.find(':');
  if (colon != std::string_view::npos && node.find(':', colon + 1) == std::string_view::npos) {
    return is_port(node.substr(colon + 1)) ? parse_ip_address(node.substr(0, colon)) : std::nullopt;
  }
  return parse_ip_address(node);
}

/// Whether the character at `at` is behind an odd number of backslashes.
bool is_escaped(std::string_view text, std::size_t at) {
  auto const before = text.substr(0, at);
  auto const other = before.find_last_not_of('\\');
  auto const slashes = before.size() - (other == std::string_view::npos ? 0 : other + 1);
  return slashes % 2 == 1;
}

// Read from the right, so that a quote which a client leaves open cannot swallow what the proxy
// wrote behind it.
std::size_t last_comma(std::string_view list, bool may_quote) {
  auto quoted = false;
  for (auto at = list.size(); at-- > 0;) {
    if (may_quote && list[at] == '"' && !is_escaped(list, at)) quoted = !quoted;
    if (list[at] == ',' && !quoted) return at;
  }
  return std::string_view::npos;
}

/// Takes the last member off the list; empty ones are as good as absent (RFC 9110 section 5.6.1).
std::string_view take_last(std::string_view& list, bool may_quote) {
  std::string_view last;
  while (last.empty() && !list.empty()) {
    auto const comma = last_comma(list, may_quote);
    if (comma == std::string_view::npos) return trimmed(std::exchange(list, {}));
    last = trimmed(list.substr(comma + 1));
    list = list.substr(0, comma);
  }
  return last;
}

/// Takes what precedes the next ";" that no quotes enclose.
std::string_view take_pair(std::string_view& element) {
  auto quoted = false;
  std::size_t at = 0;
  for (; at < element.size() && (quoted || element[at] != ';'); ++at) {
    if (quoted && element[at] == '\\') {
      ++at;
    } else if (element[at] == '"') {
      quoted = !quoted;
    }
  }
  auto const pair = element.substr(0, std::min(at, element.size()));
  element.remove_prefix(std::min(at + 1, element.size()));
  return trimmed(pair);
}

/// The text of a token or a quoted string.
std::optional<std::string> unquoted(std::string_view value) {
  if (!value.starts_with('"')) return std::string{value};
  std::string text;
  for (std::size_t at = 1; at < value.size(); ++at) {
    if (value[at] == '"') {
      if (at + 1 != value.size()) return std::nullopt;
      return text;
    }
    if (value[at] == '\\' && ++at == value.size()) return std::nullopt;
    text += value[at];
  }
  return std::nullopt;
}

/// The address of `for=` in a forwarded-element; nothing also if it is named twice.
std::optional<ip_address> forwarded_for(std::string_view element) {
  std::optional<std::string_view> node;
  while (!element.empty()) {
    auto const pair = take_pair(element);
    auto const equals = std::min(pair.find('='), pair.size());
    if (!equal_ignoring_case(pair.substr(0, equals), "for")) continue;
    if (node || equals == pair.size()) return std::nullopt;
    node = pair.substr(equals + 1);
  }
  if (!node) return std::nullopt;
  auto const text = unquoted(*node);
  return text ? address_of(*text) : std::nullopt;
}

}  // namespace

std::string_view name_of(forwarded_field which) {
  return which == forwarded_field::forwarded ? "Forwarded" : "X-Forwarded-For";
}

client_address find_client(client_address const& peer, std::string_view values,
                           proxy_trust const& trust) {
  auto const is_rfc7239 = trust.field == forwarded_field::forwarded;
  auto found = peer;
  for (int hops = 0; hops < forwarded_hops_max && trust.covers(found.address); ++hops) {
    auto const hop = take_last(values, is_rfc7239);
    auto const address = is_rfc7239 ? forwarded_for(hop) : address_of(hop);
    if (!address) break;
    found = {*address, is_rfc7239 ? address_source::forwarded : address_source::x_forwarded_for};
  }
  return found;
}

}  // namespace waggle
