// SPDX-License-Identifier: Apache-2.0
// See checked_shard.hpp.
#include "tests/sim/checked_shard.hpp"

#include <algorithm>
#include <variant>

namespace waggle::sim {

std::span<outbox::entry const> checked_shard::handle(shard_message const& message, core_time now) {
  out_.clear();
  shard_.handle(message, now, out_);
  std::visit(
      [&](auto const& what) {
        if constexpr (requires { check(what, now, out_.entries()); }) {
          check(what, now, out_.entries());
        }
      },
      message);
  check_state();
  return out_.entries();
}

std::span<outbox::entry const> checked_shard::tick(core_time now) {
  out_.clear();
  while (shard_.tick(now, out_)) {
  }
  auto expected = model_.expire(now);
  for (auto const& [to, what] : out_.entries()) {
    auto const* expiry = std::get_if<expiry_message>(&what);
    require(expiry != nullptr, "a tick says only who expired");
    require(expected.erase({{to, expiry->peer}, expiry->swarm}) == 1,
            "expired too early, or twice");
  }
  require(expected.empty(), "a membership outlived its time");
  check_state();
  return out_.entries();
}

void checked_shard::check(announce_message const& message, core_time now, entries said) {
  auto probes = model_.announce(message, now);
  require(!said.empty() && said[0].to == message.from, "the reply goes first, to the sender");
  auto const* reply = std::get_if<reply_message>(&said[0].what);
  require(reply != nullptr, "the first message is the reply");
  require(reply->swarm == message.swarm, "the reply names the swarm");
  require(reply->counts == model_.counts(message.swarm), "the reply counts as the model does");
  said = said.subspan(1);
  while (!said.empty() && std::holds_alternative<probe_message>(said[0].what)) {
    auto const& probe = std::get<probe_message>(said[0].what);
    require(probe.peer == message.peer && probe.swarm == message.swarm, "a probe names its cause");
    require(probes.erase(said[0].to) == 1, "probed without a cause, or twice");
    said = said.subspan(1);
  }
  require(probes.empty(), "an older connection was not probed");
  check_offers(message, now, said);
}

void checked_shard::check_offers(announce_message const& message, core_time now, entries said) {
  auto left = model_.eligible(message.swarm, message.peer, now);
  bool const stopped = message.event == announce_event::stopped;
  auto const wanted =
      stopped ? 0 : std::min(message.offers.size(), left.fresh.size() + left.late.size());
  require(said.size() == wanted, "each offer has a receiver as long as there are any");
  bool any_late = false;
  for (std::size_t i = 0; i < said.size(); ++i) {
    auto const* offer = std::get_if<offer_delivery>(&said[i].what);
    require(offer != nullptr, "after the reply and the probes come offers");
    require(offer->to != message.peer, "no offer to the sender's own peer id");
    require(offer->from == message.peer && offer->swarm == message.swarm,
            "an offer names its origin");
    require(offer->offer_id == message.offers[i].offer_id && offer->body == message.offers[i].body,
            "offers go out in order and whole");
    claim const receiver{said[i].to, offer->to};
    bool const late = left.late.erase(receiver) == 1;
    require(late || left.fresh.erase(receiver) == 1, "a receiver is an eligible member, once");
    any_late = any_late || late;
    model_.relay({message.swarm, {receiver.at, receiver.peer}, message.offers[i].tag},
                 {message.from, message.peer}, now);
  }
  require(!any_late || left.fresh.empty(), "the overdue are chosen last");
}

void checked_shard::check(answer_message const& message, core_time now, entries said) {
  auto expected = model_.answer(message, now);
  for (auto const& [to, what] : said) {
    auto const* answer = std::get_if<answer_delivery>(&what);
    require(answer != nullptr, "an answer is delivered, not replied to");
    require(answer->from == message.peer && answer->swarm == message.swarm &&
                answer->offer_id == message.offer_id && answer->body == message.body,
            "an answer arrives whole");
    require(expected.erase(to) == 1, "an answer goes to who made the offer, once");
  }
  require(expected.empty(), "an answer was lost");
}

void checked_shard::check(leave_message const& message, core_time /*now*/, entries said) {
  model_.leave({message.from, message.peer}, message.swarm);
  require(said.empty(), "leaving is silent");
}

void checked_shard::check(alive_message const& message, core_time /*now*/, entries said) {
  model_.confirm({message.from, message.peer}, message.swarm);
  require(said.empty(), "showing life is silent");
}

void checked_shard::check(scrape_message const& message, core_time /*now*/, entries said) {
  require(said.size() == 1 && said[0].to == message.from, "a scrape has one result");
  auto const* result = std::get_if<scrape_result>(&said[0].what);
  require(result != nullptr && result->request == message.request, "the result names its request");
  auto const expected = message.all
                            ? model_.swarms()
                            : std::vector<swarm_id>(message.swarms.begin(), message.swarms.end());
  require(result->entries.size() == expected.size(), "every swarm asked for is in the result");
  for (auto const& wanted : expected) {
    require(std::any_of(result->entries.begin(), result->entries.end(),
                        [&](scrape_entry const& entry) {
                          return entry.swarm == wanted && entry.counts == model_.counts(wanted);
                        }),
            "a scrape counts as the model does");
  }
}

void checked_shard::check_state() const {
  require(shard_.totals() == model_.totals(), "totals are the model's");
  for (auto const& each : model_.swarms()) {
    require(shard_.count(each) == model_.counts(each), "every swarm counts as the model does");
  }
}

}  // namespace waggle::sim
