// SPDX-License-Identifier: Apache-2.0
// HTTP requests on the public listeners that are no WebSockets, and their answers, after which the
// connection is closed. Pure values.
#pragma once

#include "protocol/ip_address.hpp"

#include <span>
#include <string>
#include <string_view>

namespace waggle {

/// Views into the head of the request; an absent field is empty.
struct web_request {
  std::string_view method;
  std::string_view target;
  std::string_view host;
  std::string_view origin;
  std::string_view if_none_match;
  ip_address client;
};

struct web_answer {
  unsigned status = 200;
  std::string text;               // status line, fields, and a body that was made for this request
  std::span<char const> bytes{};  // behind it; in static storage
};

/// "HTTP/1.1 200 OK" and the fields that all answers have; more fields and an empty line follow.
[[nodiscard]] std::string web_answer_head(unsigned status, std::string_view content_type,
                                          std::size_t content_bytes);

/// Of a target, without the query.
[[nodiscard]] constexpr std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

/// The host of a Host field, without its port.
[[nodiscard]] constexpr std::string_view host_of(std::string_view field) {
  auto const bracket = field.rfind(']');
  auto const colon = field.rfind(':');
  if (colon == std::string_view::npos) return field;
  if (bracket != std::string_view::npos && colon < bracket) return field;  // [::1]
  return field.substr(0, colon);
}

}  // namespace waggle
