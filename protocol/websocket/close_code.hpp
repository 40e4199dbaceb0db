// SPDX-License-Identifier: Apache-2.0
// Why a WebSocket is closed: the codes of RFC 6455 §7.4 and Waggle's own in 4000-4999, one row
// each, and which codes may travel in a close frame. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace waggle::websocket {

// name, code, text sent as the reason, explanation for the operator's page
// clang-format off
#define WAGGLE_CLOSE_CODES(row)                                                                    \
  row(normal, 1000, "", "The client is done; its close is echoed.")                                \
  row(going_away, 1001, "server is going away", "The server stops or drains.")                     \
  row(protocol_error, 1002, "protocol error", "The client broke a rule of RFC 6455.")              \
  row(unsupported_data, 1003, "unsupported data", "This kind of message is not accepted.")         \
  row(no_status, 1005, "", "Never sent: stands for a close frame without a code.")                 \
  row(abnormal, 1006, "", "Never sent: stands for a connection that ended without a close.")       \
  row(invalid_payload, 1007, "text is not valid UTF-8", "A text message or close reason.")         \
  row(policy_violation, 1008, "policy violation", "Refused by a rule of this server.")             \
  row(message_too_big, 1009, "message is too big", "Over the limit for one message.")              \
  row(internal_error, 1011, "internal error", "The server failed; see its log.")                   \
  row(service_restart, 1012, "server restarts", "The client should reconnect.")                    \
  row(try_again_later, 1013, "try again later", "The server sheds load.")                          \
  row(replaced, 4000, "replaced by a newer connection",                                            \
      "A newer connection announced the same peer and this one showed no life.")                   \
  row(idle, 4303, "no sign of life", "No pong arrived in time.")                                   \
  row(no_message, 4304, "nothing was said", "No message arrived in time.")                         \
  row(slow_reader, 4308, "reads too slowly",                                                       \
      "More was waiting for this client than its queue may hold.")                                 \
  row(rate_limited, 4309, "says too much",                                                         \
      "The client said more than its quota for too long.")                                         \
  row(taken_over, 4311, "goes on over another connection",                                         \
      "The client has resumed its session elsewhere (docs/protocol/native.md).")                   \
  row(banned, 4403, "banned",                                                                      \
      "An operator has banned the address, the tenant or the token of this client.")               \
  row(tenant_gone, 4503, "tenant is not served any more",                                          \
      "The configuration has lost the tenant that this client came for.")                          \
  row(unknown_version, 4506, "no version in common",                                               \
      "The client speaks only versions of the native protocol that this server does not.")
// clang-format on

/// Any value 0-65535 may be cast to it: a client chooses its own codes.
enum class close_code : std::uint16_t {
#define WAGGLE_ROW(name, code, text, note) name = code,
  WAGGLE_CLOSE_CODES(WAGGLE_ROW)
#undef WAGGLE_ROW
};

struct close_row {
  close_code code;
  std::string_view name;
  std::string_view text;  // what the client reads
  std::string_view note;  // what the operator reads
};

/// The whole table, ascending, for documentation and tests.
[[nodiscard]] std::span<close_row const> close_table();

/// The reason text of `code`; empty for a code that is not in the table. Static storage.
[[nodiscard]] std::string_view close_text(close_code code);

/// Whether a close frame may carry `status` (RFC 6455 §7.4 and the IANA registry: 1012-1014 are
/// assigned; 1004, 1005, 1006, 1015 and all below 1000, 1016-2999 and from 5000 on are not to be
/// sent).
[[nodiscard]] constexpr bool may_be_sent(std::uint16_t status) {
  if (status >= 3000) return status <= 4999;
  return (status >= 1000 && status <= 1003) || (status >= 1007 && status <= 1014);
}

}  // namespace waggle::websocket
