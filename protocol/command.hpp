// SPDX-License-Identifier: Apache-2.0
// What a client asks for, whatever dialect it speaks. A dialect's decoder produces these, the
// conversation (server/session) gives them limits and an address, a shard acts on them. Pure.
#pragma once

#include "protocol/ids.hpp"
#include "protocol/payload.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace waggle {

/// One half of a connection to be: `body` is the session description, `offer_id` the name under
/// which the sender will recognise the answer.
struct offer {
  payload offer_id;            // a JSON string, verbatim, quotes included
  std::string_view offer_key;  // the same string decoded (WTF-8): equal ids have equal keys
  payload body;                // a JSON object, verbatim
};

/// What an announce says about the lifetime of a membership (BEP 3 `event`).
enum class announce_event : std::uint8_t { update, started, completed, stopped };

/// "I am (still) in this swarm; here are offers for others in it."
struct announce {
  swarm_id swarm;
  peer_id peer;
  announce_event event = announce_event::update;
  std::optional<std::uint64_t> left;     // bytes the peer lacks; absent: the client does not say
  std::optional<std::uint64_t> numwant;  // how many offers the client wants relayed at most
  std::string_view token;                // that lets the client into the swarm; empty: none
  std::vector<offer> offers;             // valid ones only, in order, at most the decoder's limit
};

/// "This is my answer to the offer `offer_id` that `to` sent me."
struct answer {
  swarm_id swarm;
  peer_id peer;                // the answering peer
  std::optional<peer_id> to;   // the peer that made the offer; absent: whoever the offer came from
  payload offer_id;            // a JSON string, verbatim
  std::string_view offer_key;  // decoded, see offer::offer_key
  payload body;                // a JSON object, verbatim
};

/// "How many peers have these swarms?" Empty with `all` set: every swarm of the server.
struct scrape {
  std::vector<swarm_id> swarms;
  bool all = false;
};

using command = std::variant<announce, answer, scrape>;

}  // namespace waggle
