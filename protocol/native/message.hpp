// SPDX-License-Identifier: Apache-2.0
// The messages of `waggle.v1` (docs/protocol/native.md), each as a value: what a client says, and
// what it is told. Views are of the text that was decoded, or of the caller. Pure.
#pragma once

#include "protocol/ids.hpp"
#include "protocol/native/error.hpp"
#include "protocol/native/link.hpp"
#include "protocol/native/peer_name.hpp"
#include "protocol/payload.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace waggle::native {

using handle = std::uint16_t;

/// What a peer says of itself; absent: nothing new.
struct peer_state {
  std::optional<std::uint8_t> want;         // links, at most want_max
  std::optional<std::uint8_t> have;         // percent, at most 100
  std::optional<bool> up;                   // whether it can send
  std::optional<std::uint32_t> position_s;  // into the content
};

namespace from_client {

struct hello {
  std::optional<peer_id> id;  // that it would like
  std::string_view resume;    // empty: it does not
  std::string_view token;     // empty: none
};
struct join {
  handle swarm = 0;
  std::string_view name;  // decoded
  peer_state state;
  std::string_view token;
  std::vector<peer_id> links;  // that are open already
};
struct state {
  handle swarm = 0;
  peer_state changes;
};
struct more {
  handle swarm = 0;
  std::uint8_t count = 1;
  std::vector<peer_id> except;
};
struct leave {
  handle swarm = 0;
};
struct relay {
  handle swarm = 0;
  link_number link = 0;
  relay_kind kind = relay_kind::offer;
  payload description;
};
struct outcome {
  handle swarm = 0;
  link_number link = 0;
  bool open = false;
  path over = path::unknown;
  failure why = failure::other;
  std::uint32_t took_ms = 0;
};
struct drop {
  handle swarm = 0;
  link_number link = 0;
  std::optional<peer_id> with;  // instead of a number
};
struct report {
  std::uint64_t p2p_bytes = 0;
  std::uint64_t cdn_bytes = 0;
  std::uint64_t up_bytes = 0;
};
struct ping {
  std::optional<std::uint64_t> number;
};
/// Of a kind that this server does not know.
struct unknown {};

using message =
    std::variant<hello, join, state, more, leave, relay, outcome, drop, report, ping, unknown>;

}  // namespace from_client

/// Why a message was refused, with what could be read of it.
struct refusal {
  error why = error::bad_message;
  std::optional<handle> swarm{};
  std::optional<link_number> link{};
};

/// What every client should do alike.
struct policy {
  bool p2p = true;
  bool relay_only = false;
  std::uint8_t want = 8;
  std::uint32_t report_s = 30;  // 0: no reports are wanted

  bool operator==(policy const&) const = default;
};

namespace to_client {

struct welcome {
  peer_id id;
  std::string_view resume;
  std::uint32_t grace_s = 0;
  std::string_view ice = "[]";  // JSON: an RTCIceServer list
  std::uint32_t ttl_s = 0;
  policy how;
  bool resumed = false;
};
struct joined {
  handle swarm = 0;
  std::uint32_t members = 0;
  std::optional<std::span<link_number const>> links;  // after a resume
};
struct match {
  handle swarm = 0;
  link_number link = 0;
  peer_id peer;
  bool initiator = false;
  bool same_address = false;
  bool open = false;
};
struct relay {
  handle swarm = 0;
  link_number link = 0;
  relay_kind kind = relay_kind::offer;
  payload description;
};
struct ended {
  handle swarm = 0;
  link_number link = 0;
  ending why = ending::closed;
};
struct servers {
  std::string_view ice = "[]";
  std::uint32_t ttl_s = 0;
};
struct away {
  std::uint32_t after_s = 0;
  std::uint32_t spread_s = 0;
};
struct pong {
  std::optional<std::uint64_t> number;
};

}  // namespace to_client

}  // namespace waggle::native
