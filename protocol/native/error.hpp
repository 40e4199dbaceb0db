// SPDX-License-Identifier: Apache-2.0
// Every way in which the server refuses a native message, one row each; docs/protocol/native.md
// shows the same table. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace waggle::native {

// name, code, seconds after which a retry makes sense (0: none does), text sent, explanation
// clang-format off
#define WAGGLE_NATIVE_ERRORS(row)                                                                  \
  row(internal, 100, 5, "the server failed", "See its log.")                                       \
  row(unauthorized, 101, 0, "say hello first, and show a token if one is needed",                  \
      "The first message is no `hello`, or the swarm needs a token.")                              \
  row(bad_token, 102, 0, "the token is not good", "Or not any more, or its connections are used up.") \
  row(forbidden, 103, 0, "this swarm is not served here", "Not at all, or not to this client.")    \
  row(bad_message, 105, 0, "not a message, or a member is missing or out of its bounds",           \
      "The bounds are in docs/protocol/native.md.")                                                \
  row(joined_already, 106, 0, "in that swarm already, or the handle is in use",                    \
      "On this connection.")                                                                       \
  row(limit, 107, 0, "as many as there may be",                                                    \
      "The connection is in as many swarms as it may, or the swarm is full.")                      \
  row(rate_limited, 108, 5, "the clients of this tenant say too much",                             \
      "See limits.messages_per_second.")                                                           \
  row(overloaded, 110, 5, "not now", "The core that has the swarm does not keep up.")              \
  row(not_joined, 111, 0, "no swarm has this handle", "On this connection.")                       \
  row(id_in_use, 112, 0, "somebody in the swarm has this peer id",                                 \
      "Say `hello` without `id` on a new connection and join again.")                                                  \
  row(no_link, 114, 0, "the link is over", "Or it never was this client's, or it is not its turn.")
// clang-format on

enum class error : std::uint16_t {
#define WAGGLE_ROW(name, code, retry, text, note) name = code,
  WAGGLE_NATIVE_ERRORS(WAGGLE_ROW)
#undef WAGGLE_ROW
};

struct error_row {
  error code;
  std::uint32_t retry_s;
  std::string_view name;
  std::string_view text;  // what the client reads
  std::string_view note;
};

/// The whole table, ascending, for documentation and tests.
[[nodiscard]] std::span<error_row const> error_table();

[[nodiscard]] error_row const& row_of(error code);

}  // namespace waggle::native
