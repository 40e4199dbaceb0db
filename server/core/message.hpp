// SPDX-License-Identifier: Apache-2.0
// What travels between sessions and shards, on one core or across cores. Values and payload views
// only: never a pointer to a session or a swarm. A mailbox copies the bytes behind the views. Pure.
#pragma once

#include "protocol/command.hpp"
#include "protocol/event.hpp"
#include "protocol/ids.hpp"
#include "protocol/payload.hpp"
#include "server/core/mesh/message.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

namespace waggle {

/// Time since the process started, by the monotonic clock of the process.
using core_time = std::chrono::milliseconds;

/// A keyed digest of a decoded offer_id (core/keyed_hash.hpp), the same on every core.
using offer_tag = std::uint64_t;

/// What an announce says of the peer's completeness.
enum class completeness : std::uint8_t { unknown, incomplete, complete };

struct tagged_offer {
  offer_tag tag = 0;
  payload offer_id;
  payload body;
};

// --- session -> shard --------------------------------------------------------------------------

/// Join or refresh, match the offers, reply. With `stopped`: leave and reply.
struct announce_message {
  session_ref from;
  swarm_id swarm;
  peer_id peer;
  announce_event event = announce_event::update;
  completeness state = completeness::unknown;
  bool remember = true;  // false: reply and relay, but make no new membership
  bool known = true;     // false: the connection held no such membership, so no shard has it
  bool passive = false;  // the client sent no usable offer: it waits for those of others
  bool lasting = false;  // the membership ends with leave_message only
  std::uint32_t address_tag = 0;         // of the sender, comes with its offers
  std::chrono::milliseconds interval{};  // what this connection was told; bounds its silence
  std::span<tagged_offer const> offers;  // to relay, already cut to what the client may send
};

/// Route an answer back to whoever made the offer. No reply.
struct answer_message {
  session_ref from;
  swarm_id swarm;
  peer_id peer;
  std::optional<peer_id> to;
  std::uint32_t address_tag = 0;  // of the sender
  offer_tag tag = 0;
  payload offer_id;
  payload body;
};

/// The session ended: forget the membership. No reply. Never shed.
struct leave_message {
  session_ref from;
  swarm_id swarm;
  peer_id peer;
};

/// The session was probed (`probe_message`) and has shown life since. Never shed.
struct alive_message {
  session_ref from;
  swarm_id swarm;
  peer_id peer;
};

/// Count these swarms, all of which belong to this shard; `all`: every one that it has of `tenant`.
struct scrape_message {
  session_ref from;
  std::uint32_t request = 0;  // comes back in the result
  bool all = false;
  tenant_id tenant = tenant_id::none;
  std::span<swarm_id const> swarms;
};

using shard_message =
    std::variant<announce_message, answer_message, leave_message, alive_message, scrape_message,
                 mesh::join, mesh::change, mesh::more, mesh::leave, mesh::relay, mesh::outcome,
                 mesh::drop, mesh::away, mesh::resume, mesh::claim>;
static_assert(sizeof(shard_message) <= 136, "a shard_message is copied per hop: keep it small");

// --- shard -> session --------------------------------------------------------------------------

/// The one reply to an announce_message.
struct reply_message {
  swarm_id swarm;
  swarm_counts counts;
};

/// Somebody's offer, for the membership `to` of the session.
struct offer_delivery {
  swarm_id swarm;
  peer_id from;
  peer_id to;
  std::uint32_t address_tag = 0;  // of the sender
  payload offer_id;
  payload body;
};

/// Somebody's answer to an offer of the session.
struct answer_delivery {
  swarm_id swarm;
  peer_id from;
  std::uint32_t address_tag = 0;  // of the sender
  payload offer_id;
  payload body;
};

/// What one shard contributes to a scrape; an unknown swarm counts zero.
struct scrape_result {
  std::uint32_t request = 0;
  std::span<scrape_entry const> entries;
};

/// Another session announced the same peer in the same swarm: ping at once, and send alive_message
/// as soon as a byte arrives; if none does before the deadline of the limits, close.
struct probe_message {
  swarm_id swarm;
  peer_id peer;
};

/// The membership aged out; the session need not leave it any more.
struct expiry_message {
  swarm_id swarm;
  peer_id peer;
};

using session_message =
    std::variant<reply_message, offer_delivery, answer_delivery, scrape_result, probe_message,
                 expiry_message, mesh::joined, mesh::refused, mesh::match, mesh::carried,
                 mesh::ended, mesh::seat, mesh::taken_over, mesh::news>;

}  // namespace waggle
