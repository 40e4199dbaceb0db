// SPDX-License-Identifier: Apache-2.0
#include "server/core_mail.hpp"

namespace waggle {

void mail_batch::add(shard_message const& what, bool relays) {
  if (auto const* const answer = std::get_if<answer_message>(&what)) {
    if (!relays) return;
    auto copy = *answer;
    copy.offer_id = kept(answer->offer_id);
    copy.body = kept(answer->body);
    letters_.emplace_back(shard_message{copy});
    ++relays_;
  } else if (auto const* const announce = std::get_if<announce_message>(&what)) {
    auto copy = *announce;
    auto const offers = arena_.copy(relays ? announce->offers : std::span<tagged_offer const>{});
    for (auto& made : offers) {
      made.offer_id = kept(made.offer_id);
      made.body = kept(made.body);
    }
    copy.offers = offers;
    letters_.emplace_back(shard_message{copy});
    relays_ += offers.size();
  } else if (auto const* const scrape = std::get_if<scrape_message>(&what)) {
    auto copy = *scrape;
    copy.swarms = arena_.copy(scrape->swarms);
    letters_.emplace_back(shard_message{copy});
  } else if (auto const* const relay = std::get_if<mesh::relay>(&what)) {
    if (!relays) return;
    auto copy = *relay;
    copy.body = kept(relay->body);
    letters_.emplace_back(shard_message{copy});
    ++relays_;
  } else if (auto const* const join = std::get_if<mesh::join>(&what)) {
    auto copy = *join;
    copy.open_with = arena_.copy(join->open_with);
    letters_.emplace_back(shard_message{copy});
  } else if (auto const* const more = std::get_if<mesh::more>(&what)) {
    auto copy = *more;
    copy.except = arena_.copy(more->except);
    letters_.emplace_back(shard_message{copy});
  } else {
    letters_.emplace_back(what);
  }
}

void mail_batch::add(session_ref to, session_message const& what) {
  auto copy = what;
  if (auto* const offer = std::get_if<offer_delivery>(&copy)) {
    offer->offer_id = kept(offer->offer_id);
    offer->body = kept(offer->body);
    ++relays_;
  } else if (auto* const answer = std::get_if<answer_delivery>(&copy)) {
    answer->offer_id = kept(answer->offer_id);
    answer->body = kept(answer->body);
    ++relays_;
  } else if (auto* const result = std::get_if<scrape_result>(&copy)) {
    result->entries = arena_.copy(result->entries);
  } else if (auto* const carried = std::get_if<mesh::carried>(&copy)) {
    carried->body = kept(carried->body);
    ++relays_;
  } else if (auto* const joined = std::get_if<mesh::joined>(&copy)) {
    joined->links = arena_.copy(joined->links);
  } else if (auto* const seat = std::get_if<mesh::seat>(&copy)) {
    seat->memberships = arena_.copy(seat->memberships);
  }
  letters_.emplace_back(delivery{to, copy});
}

std::size_t relays_in(shard_message const& what) {
  if (std::holds_alternative<answer_message>(what) || std::holds_alternative<mesh::relay>(what)) {
    return 1;
  }
  auto const* const announce = std::get_if<announce_message>(&what);
  return announce == nullptr ? 0 : announce->offers.size();
}

std::size_t relays_in(session_message const& what) {
  return std::holds_alternative<offer_delivery>(what) ||
                 std::holds_alternative<answer_delivery>(what) ||
                 std::holds_alternative<mesh::carried>(what)
             ? 1
             : 0;
}

}  // namespace waggle
