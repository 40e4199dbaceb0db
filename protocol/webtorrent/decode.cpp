// SPDX-License-Identifier: Apache-2.0
// The second half of decoding: what the fields of a checked message mean. Lenient where clients
// differ, and a failure names the action and, if readable, the swarm
// (docs/protocol/webtorrent.md).
#include "protocol/json/number.hpp"
#include "protocol/json/string.hpp"
#include "protocol/webtorrent/dialect.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace waggle::webtorrent {
namespace {

/// A binary string: exactly 20 characters, each at most U+00FF, one a byte.
template <class Id>
std::optional<Id> read_id(json::value const& from) {
  if (from.is != json::kind::string) return std::nullopt;
  Id id;
  json::code_points characters{from};
  if (!characters.take_bytes(id.value) || !characters.at_end()) return std::nullopt;
  return id;
}

std::optional<announce_event> read_event(json::value const& from) {
  struct row {
    std::string_view name;
    announce_event event;
  };
  using enum announce_event;
  // "paused" is BEP 21; "empty" is what BEP 15 calls no event.
  static constexpr std::array rows{row{"started", started}, row{"completed", completed},
                                   row{"stopped", stopped}, row{"update", update},
                                   row{"", update},         row{"empty", update},
                                   row{"paused", update}};
  if (from.is == json::kind::null) return update;
  auto const* const known = std::ranges::find_if(
      rows, [&](row const& candidate) { return json::equals(from, candidate.name); });
  if (known == rows.end()) return std::nullopt;
  return known->event;
}

/// A token has no character that JSON would escape; one that was escaped nevertheless is none.
std::string_view read_token(json::value const& from) {
  if (from.is != json::kind::string || from.escaped) return {};
  return from.raw.substr(1, from.raw.size() - 2);
}

}  // namespace

dialect::decoded dialect::decode(std::string_view text) {
  auto& announced = std::get<announce>(announce_);
  if (auto const error = reader_.read(text, fields_, announced.offers); error != errc::ok) {
    fields_ = {};  // half a message names nothing
    return refuse(request_kind::announce, error);
  }
  if (json::equals(fields_.action, "scrape")) return decode_scrape();
  if (!json::equals(fields_.action, "announce")) {
    return refuse(request_kind::announce, errc::bad_action);
  }
  return fields_.answer.is == json::kind::null ? decode_announce() : decode_answer();
}

dialect::decoded dialect::decode_announce() {
  auto const swarm = read_id<swarm_id>(fields_.info_hash);
  if (!swarm) return refuse(request_kind::announce, errc::bad_info_hash);
  auto const peer = read_id<peer_id>(fields_.peer_id);
  if (!peer) return refuse(request_kind::announce, errc::bad_peer_id);
  auto const event = read_event(fields_.event);
  if (!event) return refuse(request_kind::announce, errc::bad_event);

  auto& announced = std::get<announce>(announce_);  // its offers were read along with the fields
  announced.swarm = *swarm;
  announced.peer = *peer;
  announced.event = *event;
  announced.left = json::amount(fields_.left);
  announced.numwant = json::whole_amount(fields_.numwant);
  announced.token = read_token(fields_.token);
  return &announce_;
}

dialect::decoded dialect::decode_answer() {
  auto const swarm = read_id<swarm_id>(fields_.info_hash);
  if (!swarm) return refuse(request_kind::announce, errc::bad_info_hash);
  auto const peer = read_id<peer_id>(fields_.peer_id);
  if (!peer) return refuse(request_kind::announce, errc::bad_peer_id);
  auto const to = read_id<peer_id>(fields_.to_peer_id);
  if (!to && fields_.to_peer_id.is != json::kind::null) {
    return refuse(request_kind::announce, errc::bad_to_peer_id);
  }
  if (fields_.answer.is != json::kind::object) {
    return refuse(request_kind::announce, errc::bad_answer);
  }

  auto& answered = std::get<answer>(answer_);
  answered = {.swarm = *swarm, .peer = *peer, .to = to, .body = {fields_.answer.raw}};
  // Without a usable offer_id both stay empty: no offer is ever relayed under such an id, so the
  // answer meets no route and is counted like any other answer that comes too late.
  static_cast<void>(reader_.read_offer_id(fields_.offer_id, answered.offer_id, answered.offer_key));
  return &answer_;
}

dialect::decoded dialect::decode_scrape() {
  auto& scraped = std::get<scrape>(scrape_);
  scraped.swarms.clear();
  scraped.all = fields_.info_hash.is == json::kind::null;
  if (scraped.all) return &scrape_;
  if (auto const error = read_scraped(scraped.swarms); error != errc::ok) {
    return refuse(request_kind::scrape, error);
  }
  return &scrape_;
}

errc dialect::read_scraped(std::vector<swarm_id>& swarms) const {
  if (fields_.info_hash.is != json::kind::array) {
    auto const swarm = read_id<swarm_id>(fields_.info_hash);
    if (!swarm) return errc::bad_info_hash;
    swarms.push_back(*swarm);
    return errc::ok;
  }
  json::reader in{fields_.info_hash.raw, limits_.json_depth_max};
  in.enter();
  while (in.next_item()) {
    if (swarms.size() == limits_.scrape_hashes_max) return errc::too_many_hashes;
    auto const swarm = read_id<swarm_id>(in.take());
    if (!swarm) return errc::bad_info_hash;
    swarms.push_back(*swarm);
  }
  return errc::ok;
}

failure dialect::refuse(request_kind kind, errc why) const {
  return {.kind = kind, .swarm = read_id<swarm_id>(fields_.info_hash), .reason = reason(why)};
}

}  // namespace waggle::webtorrent
