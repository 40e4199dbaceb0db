// SPDX-License-Identifier: Apache-2.0
// Why a newcomer is not let in, and what it is told: one row each, from which the metrics' label
// and the answer follow. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace waggle {

// reason, HTTP status, seconds after which to come again, text
// clang-format off
#define WAGGLE_ADMISSION_REASONS(row)                                                              \
  row(address_connections, 429, 60, "too many connections from this address")                      \
  row(address_rate, 429, 10, "too many new connections from this address")                         \
  row(address_failures, 429, 60, "too many failed handshakes from this address")                   \
  row(connections, 503, 30, "too many connections")                                                \
  row(memory, 503, 30, "no memory for newcomers")                                                  \
  row(token_connections, 429, 60, "too many connections with this token")                          \
  row(tenant_connections, 503, 60, "the tenant has as many connections as it may")                 \
  row(banned, 403, 0, "banned")                                                                    \
  row(tenant_unknown, 403, 0, "there is no such tenant")                                           \
  row(tenant_missing, 403, 0,                                                                      \
      "no tenant is named: connect to /t/NAME/, or with a token that names one")                   \
  row(origin, 403, 0, "pages of this origin may not connect")                                      \
  row(token_missing, 401, 0, "a token is needed: connect with ?token=...")                         \
  row(token_invalid, 401, 0, "the token is not valid")                                             \
  row(token_expired, 401, 0, "the token has expired, or is not valid yet")                         \
  row(token_foreign, 403, 0, "the token is for another tenant or for pages of another origin")
// clang-format on

enum class admission_reason : std::uint8_t {
#define WAGGLE_ROW(reason, status, wait_seconds, text) reason,
  WAGGLE_ADMISSION_REASONS(WAGGLE_ROW)
#undef WAGGLE_ROW
};

/// What a refused request is answered.
struct http_refusal {
  unsigned status = 400;
  std::string_view text;
  std::chrono::seconds retry_after{0};  // 0: is not said
};

[[nodiscard]] constexpr http_refusal refusal_for(admission_reason why) {
  switch (why) {
#define WAGGLE_ROW(reason, status, wait_seconds, text) \
  case admission_reason::reason:                       \
    return {status, text, std::chrono::seconds{wait_seconds}};
    WAGGLE_ADMISSION_REASONS(WAGGLE_ROW)
#undef WAGGLE_ROW
  }
  return {};
}

/// Whether it is about an address, which may be a whole school: enforced only where that is wanted.
[[nodiscard]] constexpr bool is_of_address(admission_reason why) {
  return why == admission_reason::address_connections || why == admission_reason::address_rate ||
         why == admission_reason::address_failures;
}

/// Whether it is about an amount, and so only counted in a dry run.
[[nodiscard]] constexpr bool is_of_quota(admission_reason why) {
  return why < admission_reason::banned;
}

}  // namespace waggle
