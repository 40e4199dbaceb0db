// SPDX-License-Identifier: Apache-2.0
// Events as the text that browser clients read. Bodies and offer ids are spliced in verbatim; the
// rest is a handful of literals, ids and numbers.
#include "protocol/json/writer.hpp"
#include "protocol/webtorrent/dialect.hpp"

#include <algorithm>
#include <numeric>
#include <type_traits>

namespace waggle::webtorrent {
namespace {

/// C-BT and libtorrent read it as a floor for their next scrape; the value is the reference's.
constexpr std::uint64_t min_request_interval_seconds = 600;

void encode_one(announce_reply const& reply, std::string& out) {
  json::writer to{out};
  to.raw(R"({"action":"announce","interval":)")
      .number(static_cast<std::uint64_t>(reply.interval.count()))
      .raw(R"(,"info_hash":)")
      .binary(reply.swarm.value)
      .raw(R"(,"complete":)")
      .number(reply.counts.complete)
      .raw(R"(,"incomplete":)")
      .number(reply.counts.incomplete);
  if (!reply.warning.empty()) to.raw(R"(,"warning message":)").text(reply.warning);
  to.raw("}");
}

/// Offer and answer look alike but for the name of the body.
template <class Relay>
void encode_relay(std::string_view head, Relay const& relay, std::string& out) {
  json::writer{out}
      .raw(head)
      .raw(relay.body.json)
      .raw(R"(,"offer_id":)")
      .raw(relay.offer_id.json)
      .raw(R"(,"peer_id":)")
      .binary(relay.from.value)
      .raw(R"(,"info_hash":)")
      .binary(relay.swarm.value)
      .raw("}");
}

void encode_one(incoming_offer const& offer, std::string& out) {
  encode_relay(R"({"action":"announce","offer":)", offer, out);
}

void encode_one(incoming_answer const& answer, std::string& out) {
  encode_relay(R"({"action":"announce","answer":)", answer, out);
}

void encode_one(failure const& refusal, std::string& out) {
  json::writer to{out};
  to.raw(refusal.kind == request_kind::scrape ? R"({"action":"scrape","failure reason":)"
                                              : R"({"action":"announce","failure reason":)")
      .text(refusal.reason);
  if (refusal.swarm) to.raw(R"(,"info_hash":)").binary(refusal.swarm->value);
  to.raw("}");
}

}  // namespace

void dialect::encode(event const& what, std::string& out) {
  if (auto const* const reply = std::get_if<scrape_reply>(&what)) return encode_scrape(*reply, out);
  std::visit(
      [&]<class Event>(Event const& one) {
        if constexpr (!std::is_same_v<Event, scrape_reply>) encode_one(one, out);
      },
      what);
}

void dialect::encode_scrape(scrape_reply const& reply, std::string& out) {
  // A client may name a swarm twice, but an object must not repeat a key (RFC 8259 section 4).
  auto const swarm_at = [&](std::uint32_t index) -> swarm_id const& {
    return reply.entries[index].swarm;
  };
  order_.resize(reply.entries.size());
  std::iota(order_.begin(), order_.end(), 0U);
  std::ranges::sort(order_, {}, swarm_at);
  auto const same = [&](std::uint32_t a, std::uint32_t b) { return swarm_at(a) == swarm_at(b); };
  order_.erase(std::unique(order_.begin(), order_.end(), same), order_.end());

  json::writer to{out};
  to.raw(R"({"action":"scrape",)");
  if (!reply.failure.empty()) to.raw(R"("failure reason":)").text(reply.failure).raw(",");
  to.raw(R"("files":{)");
  bool first = true;
  for (auto const index : order_) {
    auto const& entry = reply.entries[index];
    if (!first) to.raw(",");
    first = false;
    to.binary(entry.swarm.value)
        .raw(R"(:{"complete":)")
        .number(entry.counts.complete)
        .raw(R"(,"incomplete":)")
        .number(entry.counts.incomplete)
        .raw(R"(,"downloaded":)")
        .number(std::max(entry.counts.complete, entry.downloaded))
        .raw("}");
  }
  to.raw(R"(},"flags":{"min_request_interval":)").number(min_request_interval_seconds).raw("}}");
}

}  // namespace waggle::webtorrent
