// SPDX-License-Identifier: Apache-2.0
#include "server/session/tracker_conversation.hpp"

#include "protocol/websocket/frame_writer.hpp"
#include "server/core/keyed_hash.hpp"
#include "server/core/load_ahead.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace waggle {
namespace {

constexpr std::size_t denied_told_max = 64;
constexpr std::size_t unindexed_max = 64;  // memberships: as many are looked through as fast

completeness completeness_of(announce const& what) {
  if (!what.left) return completeness::unknown;
  return *what.left == 0 ? completeness::complete : completeness::incomplete;
}

}  // namespace

void tracker_scope::use(tracker_limits changed) {
  // Memberships from before end when they were told to. Of all times so far the shortest one bounds
  // how soon one may age out.
  changed.member_ttl = std::min(changed.member_ttl, limits.member_ttl);
  auto const intervals = [](tracker_limits const& of) {
    return std::tuple{of.interval_min, of.interval_max, of.interval_other};
  };
  if (intervals(changed) != intervals(limits) && ++intervals_version == 0) ++intervals_version;
  limits = changed;
}

tracker_conversation::tracker_conversation(tracker_scope& scope, session_ref self, newcomer who)
    : scope_(scope), self_(self), rights_(scope, std::move(who)) {}

tracker_conversation::~tracker_conversation() = default;

tracker_conversation::heard tracker_conversation::on_message(websocket::opcode /*type*/,
                                                             std::string_view text, core_time now,
                                                             std::string& out) {
  prefetch();  // while the text is read
  scope_.offers.clear();
  handle(scope_.speech->decode(text), now, out);
  return {.cost = 1 + static_cast<std::uint32_t>(scope_.offers.size())};
}

void tracker_conversation::handle(dialect::decoded const& said, core_time now, std::string& out) {
  if (auto const* const refused = std::get_if<failure>(&said)) return fail(*refused, out);
  auto const& asked = *std::get<command const*>(said);
  if (auto const* const announced = std::get_if<announce>(&asked)) {
    handle(*announced, now, out);
  } else if (auto const* const answered = std::get_if<answer>(&asked)) {
    handle(*answered, now);
  } else {
    handle(std::get<scrape>(asked), out);
  }
}

void tracker_conversation::handle(announce const& what, core_time now, std::string& out) {
  ++scope_.counts.announces[static_cast<std::size_t>(what.event)];
  auto const interval = interval_for(what.peer);
  auto const swarm = rights_.own(what.swarm);
  if (!what.token.empty()) rights_.show(what.token);
  if (rights_.bans(swarm, what.peer)) {
    ++scope_.counts.announces_banned;
    return refuse(swarm, what.peer, reason(errc::banned), out);
  }
  auto const [served, by] = rights_.serves(swarm);
  if (!served) return refuse(swarm, what.peer, refusal().warning, out);
  served_ = true;
  prepare_offers(what, by);
  if (!rights_.take_share(1 + scope_.offers.size(), now)) scope_.offers.clear();

  membership const which{swarm, what.peer};
  auto const known = find(which) != memberships_.end();
  auto remembered = false;
  if (what.event == announce_event::stopped) {
    forget(which);
  } else {
    remembered = remember(which, by, now);
  }
  scope_.shards.send(scope_.where.core_of(swarm),
                     announce_message{.from = self_,
                                      .swarm = swarm,
                                      .peer = what.peer,
                                      .event = what.event,
                                      .state = completeness_of(what),
                                      .remember = remembered,
                                      .known = known,
                                      .passive = what.offers.empty(),
                                      .address_tag = rights_.standing().address_tag,
                                      .interval = interval,
                                      .offers = scope_.offers});
}

// As many as the client wants relayed and may have relayed, to the scratch of the core.
void tracker_conversation::prepare_offers(announce const& what, grant const* by) {
  auto wanted = what.offers.size();
  if (what.numwant) wanted = std::min<std::uint64_t>(wanted, *what.numwant);
  for (auto const* const with : {rights_.token(), by}) {
    if (with != nullptr) wanted = std::min<std::size_t>(wanted, with->offers_max);
  }
  scope_.offers.clear();
  for (auto const& made : std::span{what.offers}.first(wanted)) {
    scope_.offers.push_back({.tag = tag_of(scope_.where.seed, made.offer_key),
                             .offer_id = made.offer_id,
                             .body = made.body});
  }
}

void tracker_conversation::handle(answer const& what, core_time now) {
  ++scope_.counts.answers;
  auto const swarm = rights_.own(what.swarm);
  if (rights_.bans(swarm, what.peer)) {
    ++scope_.counts.answers_banned;
    return;
  }
  if (!rights_.take_share(1, now)) return;
  if (auto const found = find({swarm, what.peer}); found != memberships_.end()) {
    // Of what it was offered: answers to nothing are no merit.
    if (found->offers_answered < found->offers_received) ++found->offers_answered;
  }
  // Without an id the shard finds no route, drops the answer and counts it, as for a stale id.
  scope_.shards.send(scope_.where.core_of(swarm),
                     answer_message{.from = self_,
                                    .swarm = swarm,
                                    .peer = what.peer,
                                    .to = what.to,
                                    .address_tag = rights_.standing().address_tag,
                                    .tag = tag_of(scope_.where.seed, what.offer_key),
                                    .offer_id = what.offer_id,
                                    .body = what.body});
}

void tracker_conversation::handle(scrape const& what, std::string& out) {
  ++scope_.counts.scrapes;
  // Whose token names some swarms may not learn of the others.
  if (what.all &&
      (!scope_.limits.scrape_all || rights_.token() != nullptr || rights_.policy() == nullptr)) {
    ++scope_.counts.failures[static_cast<std::size_t>(errc::scrape_all_off)];
    return say(scrape_reply{.entries = {}, .failure = reason(errc::scrape_all_off)}, out);
  }
  if (extra().scrapes.size() >= scope_.limits.scrapes_max) {
    return fail(
        {.kind = request_kind::scrape, .swarm = {}, .reason = reason(errc::too_many_scrapes)}, out);
  }
  std::vector<std::vector<swarm_id>> by_core(scope_.where.cores);
  pending_scrape pending{
      .request = ++extra().scrape_requests, .outstanding = 0, .all = what.all, .entries = {}};
  for (auto const& wanted : what.swarms) {
    auto const swarm = rights_.own(wanted);
    pending.entries.push_back({.swarm = swarm, .counts = {}});
    // Nothing is said of swarms that are not served here: they count zero.
    if (rights_.serves(swarm).served && !scope_.bans->bans(swarm.hash()))
      by_core[scope_.where.core_of(swarm)].push_back(swarm);
  }
  auto const asked = [&](std::size_t core) { return what.all || !by_core[core].empty(); };
  for (std::size_t core = 0; core < by_core.size(); ++core) {
    pending.outstanding += asked(core) ? 1U : 0U;
  }
  if (pending.outstanding == 0) {
    return say(scrape_reply{.entries = pending.entries, .failure = {}}, out);
  }
  auto const number = pending.request;
  extra().scrapes.push_back(std::move(pending));
  for (std::size_t core = 0; core < by_core.size(); ++core) {
    if (!asked(core)) continue;
    scope_.shards.send(static_cast<std::uint16_t>(core),
                       scrape_message{.from = self_,
                                      .request = number,
                                      .all = what.all,
                                      .tenant = rights_.standing().tenant,
                                      .swarms = by_core[core]});
  }
}

// The rules may have changed since the peer came.
void tracker_conversation::end_membership(swarm_id const& swarm, peer_id const& peer) {
  membership const which{swarm, peer};
  if (find(which) == memberships_.end()) return;
  forget(which);
  scope_.shards.send(scope_.where.core_of(swarm),
                     leave_message{.from = self_, .swarm = swarm, .peer = peer});
}

void tracker_conversation::refuse(swarm_id const& swarm, peer_id const& peer, std::string_view why,
                                  std::string& out) {
  ++scope_.counts.denied;
  end_membership(swarm, peer);
  auto& told = extra().denied;
  auto const first = std::ranges::find(told, swarm) == told.end();
  if (first) {
    if (told.size() >= denied_told_max) told.erase(told.begin());
    told.push_back(swarm);
  }
  auto const& how = refusal();
  if (how.mode == refusal_mode::failure) {
    if (!first) return;  // the one exception to a reply for every announce
    return fail({.kind = request_kind::announce, .swarm = swarm, .reason = why}, out);
  }
  say(announce_reply{.swarm = swarm,
                     .counts = {},
                     .interval = served_ ? interval_ : how.denied_interval,
                     .warning = first ? why : std::string_view{}},
      out);
}

refusal_rules const& tracker_conversation::refusal() const {
  static refusal_rules const of_nobody;
  auto const* const rules = rights_.policy();
  return rules == nullptr ? of_nobody : rules->refusal;
}

std::optional<websocket::close_code> tracker_conversation::on_rules() {
  if (auto const code = rights_.apply_rules()) return code;
  for (std::size_t at = memberships_.size(); at-- > 0;) {
    auto const [swarm, peer] = memberships_[at].of;
    auto const banned = rights_.bans(swarm, peer);
    if (!banned && rights_.serves(swarm).served) continue;
    end_membership(swarm, peer);  // the last one takes its place, and has been looked at
    ++(banned ? scope_.counts.memberships_banned : scope_.counts.memberships_revoked);
  }
  return std::nullopt;
}

conversation::request tracker_conversation::on_event(session_message const& what, core_time now,
                                                     std::string& out) {
  if (auto const* const offer = std::get_if<offer_delivery>(&what)) {
    if (auto const found = find({offer->swarm, offer->to}); found != memberships_.end()) {
      ++found->offers_received;
    }
    auto body = offer->body;
    if (!rights_.filter(body, offer->address_tag)) return request::nothing;
    say(incoming_offer{offer->swarm, offer->from, offer->offer_id, body}, out);
  } else if (auto const* const answer = std::get_if<answer_delivery>(&what)) {
    auto body = answer->body;
    if (!rights_.filter(body, answer->address_tag)) return request::nothing;
    say(incoming_answer{answer->swarm, answer->from, answer->offer_id, body}, out);
  } else if (auto const* const reply = std::get_if<reply_message>(&what)) {
    deliver(*reply, out);
  } else if (auto const* const result = std::get_if<scrape_result>(&what)) {
    deliver(*result, out);
  } else if (auto const* const expired = std::get_if<expiry_message>(&what)) {
    // An announce may be on its way to a shard that has just given the membership up: it makes a
    // new one there, which must still be left when the connection ends.
    auto const found = find({expired->swarm, expired->peer});
    if (found != memberships_.end() &&
        now - core_time{found->announced} >= scope_.limits.member_ttl / 2) {
      forget(found->of);
    }
  } else if (auto const* const asked = std::get_if<probe_message>(&what)) {
    membership const of{asked->swarm, asked->peer};
    auto& probes = extra().probes;
    if (std::ranges::find(probes, of, &probe::of) == probes.end() &&
        find(of) != memberships_.end()) {
      // Behind the others, unless a reload has made the time shorter.
      auto const due = now + scope_.limits.probe_deadline;
      probes.insert(std::ranges::upper_bound(probes, due, {}, &probe::deadline), {of, due});
    }
    return request::ping;
  }
  return request::nothing;
}

void tracker_conversation::deliver(reply_message const& what, std::string& out) {
  say(
      announce_reply{
          .swarm = what.swarm, .counts = what.counts, .interval = interval_, .warning = {}},
      out);
}

void tracker_conversation::deliver(scrape_result const& what, std::string& out) {
  if (!rarely_) return;
  auto& scrapes = rarely_->scrapes;
  auto const found = std::ranges::find(scrapes, what.request, &pending_scrape::request);
  if (found == scrapes.end()) return;
  if (found->all) {
    found->entries.insert(found->entries.end(), what.entries.begin(), what.entries.end());
  } else {
    // A shard answers in the order in which it was asked: one walk over the list finds them all.
    auto place = found->entries.begin();
    for (auto const& entry : what.entries) {
      while (place != found->entries.end() && place->swarm != entry.swarm) ++place;
      if (place == found->entries.end()) break;
      *place = entry;
      ++place;
    }
  }
  if (--found->outstanding != 0) return;
  say(scrape_reply{.entries = found->entries, .failure = {}}, out);
  scrapes.erase(found);
}

void tracker_conversation::on_life(core_time /*now*/) {
  if (!rarely_ || rarely_->probes.empty()) return;
  for (auto const& asked : rarely_->probes) {
    scope_.shards.send(scope_.where.core_of(asked.of.swarm),
                       alive_message{self_, asked.of.swarm, asked.of.peer});
  }
  rarely_->probes.clear();
}

void tracker_conversation::prefetch() const {
  load_ahead(memberships_.data(), 2 * sizeof(joined));  // most connections have one
}

core_time tracker_conversation::next_deadline() const {
  if (!rarely_ || rarely_->probes.empty()) return core_time::max();
  return rarely_->probes.front().deadline;
}

std::optional<websocket::close_code> tracker_conversation::on_tick(core_time now) {
  if (now < next_deadline()) return std::nullopt;
  return websocket::close_code::replaced;
}

void tracker_conversation::on_close(ending /*how*/) {
  for (auto const& each : memberships_) {
    scope_.shards.send(scope_.where.core_of(each.of.swarm),
                       leave_message{self_, each.of.swarm, each.of.peer});
  }
  memberships_.clear();
  if (!rarely_) return;
  rarely_->probes.clear();
  rarely_->places.reset();
}

talk_facts tracker_conversation::facts() const {
  talk_facts facts{.memberships = static_cast<std::uint32_t>(memberships_.size()),
                   .speaks_as = {},
                   .tenant = rights_.standing().tenant,
                   .dialect = scope_.speech->name()};
  if (auto const* const token = rights_.token()) facts.token = token->token;
  if (!memberships_.empty()) facts.speaks_as = memberships_.front().of.peer;
  return facts;
}

std::optional<membership_facts> tracker_conversation::facts_of(swarm_id const& swarm,
                                                               peer_id const& peer) const {
  auto const at = position_of({swarm, peer});
  if (at == memberships_.size()) return std::nullopt;
  auto const& found = memberships_[at];
  return membership_facts{.joined = found.since,
                          .announced = found.announced,
                          .offers_received = found.offers_received,
                          .offers_answered = found.offers_answered};
}

// `which` may lie in the list itself: it is copied before the list changes.
void tracker_conversation::forget(membership which) {
  if (auto const at = position_of(which); at != memberships_.size()) {
    auto const last = memberships_.size() - 1;
    if (rarely_ && rarely_->places) {
      rarely_->places->erase(hash_of(which), static_cast<slot>(at));
      if (at != last) {
        rarely_->places->replace(hash_of(memberships_[last].of), static_cast<slot>(last),
                                 static_cast<slot>(at));
      }
    }
    memberships_[at] = memberships_[last];
    memberships_.pop_back();
  }
  if (rarely_) std::erase_if(rarely_->probes, [&](probe const& it) { return it.of == which; });
}

bool tracker_conversation::remember(membership const& which, grant const* by, core_time now) {
  if (auto const found = find(which); found != memberships_.end()) {
    found->announced = coarse_now(now);
    return true;
  }
  if (memberships_.size() >= rights_.memberships_max(scope_.limits.memberships_max, by))
    return false;
  memberships_.push_back({.of = which, .since = coarse_now(now), .announced = coarse_now(now)});
  index_last();
  return true;
}

// A thousand memberships take a microsecond to look through, for each announce and each offer that
// comes: as long as an announce takes without.
std::size_t tracker_conversation::position_of(membership const& which) const {
  if (rarely_ && rarely_->places) {
    auto const at = rarely_->places->find(
        hash_of(which), [&](slot seen) { return memberships_[seen].of == which; });
    return at == no_slot ? memberships_.size() : at;
  }
  auto const found = std::ranges::find(memberships_, which, &joined::of);
  return static_cast<std::size_t>(found - memberships_.begin());
}

std::uint64_t tracker_conversation::hash_of(membership const& which) const {
  return key_digest(scope_.where.seed).add(which.swarm).add(which.peer).finish();
}

// Once there is an index it knows all of them, however few are left.
void tracker_conversation::index_last() {
  auto at = memberships_.size() - 1;
  if (!rarely_ || !rarely_->places) {
    if (memberships_.size() <= unindexed_max) return;
    extra().places = std::make_unique<slot_index>();
    at = 0;
  }
  for (; at < memberships_.size(); ++at) {
    rarely_->places->insert(hash_of(memberships_[at].of), static_cast<slot>(at));
  }
}

std::chrono::seconds tracker_conversation::interval_for(peer_id const& peer) {
  if (interval_of_ == scope_.intervals_version) return interval_;
  interval_of_ = scope_.intervals_version;
  auto const& limits = scope_.limits;
  if (peer.value[0] != '-') {
    interval_ = limits.interval_other;
  } else {
    auto const choices = (limits.interval_max - limits.interval_min).count() + 1;
    interval_ = limits.interval_min +
                std::chrono::seconds{scope_.random.below(static_cast<std::uint32_t>(choices))};
  }
  return interval_;
}

void tracker_conversation::fail(failure const& what, std::string& out) {
  ++scope_.counts.failures[static_cast<std::size_t>(error_with_reason(what.reason))];
  say(what, out);
}

void tracker_conversation::say(event const& what, std::string& out) {
  auto const mark = websocket::begin_frame(out);
  scope_.speech->encode(what, out);
  websocket::end_frame(out, mark, websocket::opcode::text);
}

tracker_conversation::rarely& tracker_conversation::extra() {
  if (!rarely_) rarely_ = std::make_unique<rarely>();
  return *rarely_;
}

}  // namespace waggle
