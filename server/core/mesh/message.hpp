// SPDX-License-Identifier: Apache-2.0
// What travels between a native session and the mesh of its swarm (docs/protocol/native.md). Values
// and views only, like everything in core/message.hpp, of whose variants these are part. Pure.
#pragma once

#include "protocol/ids.hpp"
#include "protocol/native/link.hpp"
#include "protocol/payload.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace waggle::mesh {

using native::ending;
using native::failure;
using native::path;
using native::relay_kind;
using link_id = native::link_number;

/// Why somebody is not in a swarm.
enum class refusal : std::uint8_t { id_in_use, full, no_link, overloaded, forbidden };

/// What a peer says of itself; each has a value for "not said".
struct peer_state {
  static constexpr std::uint8_t unsaid = 0xff;
  static constexpr std::uint32_t no_position = 0xffff'ffff;

  std::uint8_t want = unsaid;              // links
  std::uint8_t have = unsaid;              // percent of the content
  std::uint8_t up = unsaid;                // 0 or 1: whether it can send
  std::uint32_t position_s = no_position;  // into the content

  /// Takes over what `newer` says.
  void update(peer_state const& newer) {
    if (newer.want != unsaid) want = newer.want;
    if (newer.have != unsaid) have = newer.have;
    if (newer.up != unsaid) up = newer.up;
    if (newer.position_s != no_position) position_s = newer.position_s;
  }
  bool operator==(peer_state const&) const = default;
};

// --- session -> mesh ----------------------------------------------------------------------------

/// Be in the swarm; answered by joined or refused.
struct join {
  session_ref from;
  swarm_id swarm;
  peer_id peer;
  std::uint16_t handle = 0;  // of the swarm in what the session is told
  std::uint32_t address_tag = 0;
  peer_state state;
  std::span<peer_id const> open_with;  // peers with which it has links already
};

struct change {
  session_ref from;
  swarm_id swarm;
  peer_id peer;
  peer_state state;
};

struct more {
  session_ref from;
  swarm_id swarm;
  peer_id peer;
  std::uint8_t count = 1;
  std::span<peer_id const> except;
};

/// Never shed.
struct leave {
  session_ref from;
  swarm_id swarm;
  peer_id peer;
  bool session_over = false;  // else it stays for other swarms
};

/// To the other end of a link.
struct relay {
  session_ref from;
  swarm_id swarm;
  link_id link{};
  relay_kind kind = relay_kind::offer;
  std::uint32_t address_tag = 0;  // of the sender
  payload body;
};

/// What became of a link.
struct outcome {
  session_ref from;
  swarm_id swarm;
  link_id link{};
  bool open = false;
  path over = path::unknown;     // if it is open
  failure why = failure::other;  // if not
  std::uint32_t took_ms = 0;     // from the match, if it is open
};

/// A link that was open is closed.
struct drop {
  session_ref from;
  swarm_id swarm;
  peer_id peer;  // the sender
  link_id link{};
  std::optional<peer_id> with;  // instead of the number, where there is none yet
};

/// The connection is lost; the peer may come back. Never shed.
struct away {
  session_ref from;
  swarm_id swarm;
  peer_id peer;
};

/// It has, over another connection; answered by joined. Never shed.
struct resume {
  session_ref from;
  session_ref was;
  swarm_id swarm;
  peer_id peer;
};

// --- mesh -> session ----------------------------------------------------------------------------

struct joined {
  swarm_id swarm;
  std::uint16_t handle = 0;
  bool resumed = false;  // then `links` are all that there are
  std::uint32_t members = 0;
  std::span<link_id const> links;
};

/// To a join (then the session is not in the swarm), or to a message about a link.
struct refused {
  swarm_id swarm;
  std::uint16_t handle = 0;
  refusal why = refusal::full;
  std::optional<link_id> link;
};

struct match {
  swarm_id swarm;
  std::uint16_t handle = 0;
  link_id link{};
  peer_id peer;            // the other end
  bool initiator = false;  // of the receiver
  bool same_address = false;
  bool open = false;  // it is open already
};

struct carried {
  swarm_id swarm;
  std::uint16_t handle = 0;
  link_id link{};
  relay_kind kind = relay_kind::offer;
  std::uint32_t address_tag = 0;  // of the sender
  payload body;
};

struct ended {
  swarm_id swarm;
  std::uint16_t handle = 0;
  link_id link{};
  ending why = ending::closed;
};

// --- session <-> the core that keeps its seat
// -----------------------------------------------------

/// What proves that a connection continues another one.
using seat_secret = std::array<std::uint8_t, 16>;

struct seat_key {
  std::uint16_t core = 0;
  std::uint32_t seat = 0;
  seat_secret secret{};
};

struct seat_membership {
  swarm_id swarm;
  std::uint16_t handle = 0;

  bool operator==(seat_membership const&) const = default;
};

/// Let this session continue that one; answered by seat.
struct claim {
  session_ref from;
  tenant_id tenant = tenant_id::none;
  seat_key key;
};

struct seat {
  bool found = false;
  peer_id peer;
  session_ref was;  // as the meshes know it
  std::span<seat_membership const> memberships;
};

/// To the session that holds a seat which another one has claimed: give it up.
struct taken_over {};

/// From a session to itself: there is something that its client should hear.
struct news {
  bool servers = false;  // its credentials are about to end; else what all are told has changed
};

}  // namespace waggle::mesh
