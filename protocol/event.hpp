// SPDX-License-Identifier: Apache-2.0
// What the server tells a client, whatever dialect it speaks. A shard or the conversation produces
// these, a dialect's encoder turns them into text. Views inside are valid during the call. Pure.
#pragma once

#include "protocol/ids.hpp"
#include "protocol/payload.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace waggle {

/// How many peers a swarm has (BEP 48 names).
struct swarm_counts {
  std::uint32_t complete = 0;    // seeders
  std::uint32_t incomplete = 0;  // everyone else

  bool operator==(swarm_counts const&) const = default;
};

/// The one reply to an announce.
struct announce_reply {
  swarm_id swarm;
  swarm_counts counts;
  std::chrono::seconds interval{};  // until the next announce is due
  std::string_view warning = {};    // human-readable; empty: none
};

/// Somebody's offer for this client.
struct incoming_offer {
  swarm_id swarm;
  peer_id from;
  payload offer_id;
  payload body;
};

/// The answer to an offer of this client.
struct incoming_answer {
  swarm_id swarm;
  peer_id from;
  payload offer_id;
  payload body;
};

struct scrape_entry {
  swarm_id swarm;
  swarm_counts counts;
  std::uint32_t downloaded = 0;  // completions of all times, as far as they are known
};

/// The one reply to a scrape.
struct scrape_reply {
  std::span<scrape_entry const> entries;
  std::string_view failure = {};  // why the list is empty; empty: no failure
};

/// A message was refused. Carries what could be read of it, so that a client can tell which of its
/// swarms is meant and keeps the connection.
enum class request_kind : std::uint8_t { announce, scrape };
struct failure {
  request_kind kind = request_kind::announce;
  std::optional<swarm_id> swarm;
  std::string_view reason;
};

using event = std::variant<announce_reply, incoming_offer, incoming_answer, scrape_reply, failure>;

}  // namespace waggle
