// SPDX-License-Identifier: Apache-2.0
// Messages of the WebTorrent dialect as a client writes and reads them
// (docs/protocol/webtorrent.md). Pure, apart from fresh ids, which are random.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::doctor {

/// A peer of doctor's in one swarm. Both ids are binary strings, in UTF-8.
struct tracker_peer {
  std::string swarm;
  std::string id;
  bool complete = false;  // announces as a seeder
};

/// An offer or an answer, with its session description.
struct description {
  std::string id;  // the offer_id
  std::string sdp;
};

/// Letters and digits that nobody else has.
[[nodiscard]] std::string fresh_swarm();
[[nodiscard]] std::string fresh_peer_id();
[[nodiscard]] std::string fresh_offer_id();

/// 40 hexadecimal digits as a binary string; nothing for anything else.
[[nodiscard]] std::optional<std::string> swarm_from_hex(std::string_view digits);

/// A session description of so many bytes, like that of a browser with many candidates.
[[nodiscard]] std::string some_sdp(std::size_t bytes);

/// @param event  "started", "stopped" or "".
[[nodiscard]] std::string announce_text(tracker_peer const& who, std::string_view event,
                                        std::optional<description> const& offer = std::nullopt);
[[nodiscard]] std::string answer_text(tracker_peer const& who, std::string_view to,
                                      description const& answer);
[[nodiscard]] std::string scrape_text(std::string_view swarm);

struct tracker_message {
  enum class kind { reply, offer, answer, scrape, failure, other };

  kind what = kind::other;
  std::int64_t complete = 0;  // of a reply or a scrape
  std::int64_t incomplete = 0;
  std::int64_t interval = 0;  // of a reply, in seconds
  std::string peer;           // who sent an offer or an answer
  description carried;        // it
  std::string said;           // a failure, or the warning in a reply
};

/// @param swarm  whose figures of a scrape are wanted.
[[nodiscard]] tracker_message read_tracker_message(std::string_view text, std::string_view swarm);

}  // namespace waggle::doctor
