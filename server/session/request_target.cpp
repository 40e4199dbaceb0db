// SPDX-License-Identifier: Apache-2.0
#include "server/session/request_target.hpp"

namespace waggle {
namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// What is no escape stays as it is: a token with a stray '%' is none, and is refused as such.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto const high = text[at] == '%' && at + 2 < text.size() ? digit_of(text[at + 1]) : -1;
    auto const low = high >= 0 ? digit_of(text[at + 2]) : -1;
    if (low >= 0) {
      decoded += static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      decoded += text[at];
    }
  }
  return decoded;
}

/// The value of the first parameter of that name; empty if there is none.
std::string_view parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    auto const end = query.find('&');
    auto const one = query.substr(0, end);
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') {
      return one.substr(name.size() + 1);
    }
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace

request_target parse_target(std::string_view target) {
  constexpr std::string_view tenants = "/t/";
  request_target result;
  auto const mark = target.find('?');
  auto const path = target.substr(0, mark);
  auto const query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  if (path.starts_with(tenants)) {
    auto const rest = path.substr(tenants.size());
    result.tenant = rest.substr(0, rest.find('/'));
  }
  auto const is_peerjs = path.ends_with("/peerjs");
  result.token = percent_decoded(parameter(query, is_peerjs ? "key" : "token"));
  return result;
}

}  // namespace waggle
