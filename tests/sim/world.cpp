// SPDX-License-Identifier: Apache-2.0
// See world.hpp.
#include "tests/sim/world.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace waggle::sim {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr std::uint32_t swarm_pool = 5;
constexpr std::uint32_t peer_pool = 30;
constexpr core_time probe_deadline = 10s;

template <class Id>
Id pooled(std::uint32_t number) {
  Id id;
  id.value[19] = static_cast<std::uint8_t>(number);
  return id;
}

/// Roomy ones in half of the runs, tight ones in the others.
shard_limits limits_for(random_source& random) {
  shard_limits limits;
  if (random.below(2) == 0) return limits;
  limits.swarms.members_max = 3 + random.below(10);
  limits.swarms.memberships_max = 10 + random.below(20);
  limits.swarms.same_peer_max = 1 + random.below(4);
  limits.routes.routes_max = 5 + random.below(40);
  limits.routes.routes_per_sender_max = 1 + random.below(10);
  return limits;
}

}  // namespace

world::world(std::uint64_t seed) : random_(seed) {
  placement_ = {.seed = {random_.next(), random_.next()},
                .cores = static_cast<std::uint16_t>(1 + random_.below(4))};
  now_ = core_time{random_.below(1'000'000)};
  auto const limits = limits_for(random_);
  for (std::uint16_t i = 0; i < placement_.cores; ++i) {
    shards_.emplace_back(limits, placement_.seed, random_.next());
  }
}

void world::step() {
  act();
  travel(chance(90) ? random_.below(16) : 0);
  if (chance(3)) {
    now_ += core_time{random_.below(100'000)};
  } else {
    now_ += core_time{random_.below(1'500)};
  }
  close_overdue();
  if (chance(50)) tick();
}

void world::finish() {
  bool const all_close = chance(50);
  for (auto& each : sessions_) {
    if (each.open && all_close) close(each);
    each.silent = true;
  }
  drain();
  if (all_close) {
    for (auto const& each : shards_) {
      require(each.subject().totals().memberships == 0, "closed sessions leave nobody behind");
    }
  }
  now_ += 300s;
  close_overdue();
  drain();
  now_ += 300s;  // whoever joined while the queues ran dry
  tick();
  drain();
  for (auto const& each : shards_) {
    require(each.subject().totals() == shard_totals{}, "nothing is left when everyone has gone");
  }
}

shard_counts world::counts() const {
  shard_counts sum;
  for (auto const& each : shards_) sum += each.subject().counts();
  return sum;
}

// --- what clients do ---------------------------------------------------------------------------

void world::act() {
  std::vector<session*> awake;
  for (auto& each : sessions_) {
    if (each.open && !each.silent) awake.push_back(&each);
  }
  if (awake.size() < 3 || (awake.size() < 25 && chance(12))) return open_session();
  auto& who = *awake[random_.below(static_cast<std::uint32_t>(awake.size()))];
  auto const die = random_.below(100);
  if (die < 55) return announce(who);
  if (die < 60) return announce_stopped(who);
  if (die < 86) return answer(who);
  if (die < 90) return scrape(who);
  if (die < 95) return close(who);
  fall_silent(who);
}

void world::open_session() {
  auto const slot = static_cast<std::uint32_t>(sessions_.size());
  auto const core = static_cast<std::uint16_t>(random_.below(placement_.cores));
  auto& opened = sessions_.emplace_back();
  opened.ref = {.slot = slot, .generation = 1 + slot % 3, .core = core};
  // From a small pool: reconnects, duplicates and impostors come by themselves.
  opened.peers.push_back(pooled<peer_id>(random_.below(peer_pool)));
  if (chance(30)) opened.peers.push_back(pooled<peer_id>(random_.below(peer_pool)));
  announce(opened);
}

void world::announce(session& who) {
  constexpr announce_event events[] = {announce_event::update, announce_event::update,
                                       announce_event::started, announce_event::completed};
  constexpr completeness states[] = {completeness::unknown, completeness::unknown,
                                     completeness::incomplete, completeness::complete};
  announce_message message{.from = who.ref,
                           .swarm = random_swarm(),
                           .peer = random_peer(who),
                           .event = events[random_.below(4)],
                           .state = states[random_.below(4)],
                           .remember = !chance(5),
                           .interval = random_interval()};
  std::vector<tagged_offer> offers;
  auto const wanted = chance(30) ? 0 : random_.below(8);
  for (std::uint32_t i = 0; i < wanted; ++i) offers.push_back(random_offer());
  message.passive = offers.empty();
  who.joined.insert({message.swarm, message.peer});
  post(who, message.swarm, {message, std::move(offers), {}});
}

void world::announce_stopped(session& who) {
  // One in four stops somebody else, which must not work.
  auto const victim = chance(25) ? pooled<peer_id>(random_.below(peer_pool)) : random_peer(who);
  announce_message const message{
      .from = who.ref, .swarm = random_swarm(), .peer = victim, .event = announce_event::stopped};
  std::vector<tagged_offer> offers;
  if (chance(20)) offers.push_back(random_offer());
  post(who, message.swarm, {message, std::move(offers), {}});
}

void world::answer(session& who) {
  answer_message message{
      .from = who.ref, .swarm = random_swarm(), .peer = random_peer(who), .body = {"{answer}"}};
  std::size_t text = 0;
  if (!who.heard.empty() && chance(90)) {
    auto const which = random_.below(static_cast<std::uint32_t>(who.heard.size()));
    auto const heard = who.heard[which];
    message.swarm = heard.swarm;
    message.peer = heard.to;
    if (chance(80)) message.to = heard.from;
    text = heard.text;
    // Now and then the same offer is answered again later.
    if (chance(80)) who.heard.erase(who.heard.begin() + static_cast<std::ptrdiff_t>(which));
  }
  if (chance(5)) message.to = pooled<peer_id>(random_.below(peer_pool));
  if (texts_.empty()) texts_.emplace_back("0");
  message.offer_id = {texts_[text]};
  message.tag = tag_of(placement_.seed, texts_[text]);
  post(who, message.swarm, {message, {}, {}});
}

void world::scrape(session& who) {
  scrape_message const message{.from = who.ref, .request = random_.below(1000), .all = chance(30)};
  auto const about = random_swarm();
  post(who, about, {message, {}, {about, random_swarm()}});
}

void world::close(session& who) {
  who.open = false;
  for (auto const& [swarm, peer] : who.joined) {
    post(who, swarm, {leave_message{.from = who.ref, .swarm = swarm, .peer = peer}, {}, {}});
  }
}

void world::fall_silent(session& who) {
  who.silent = true;
  if (chance(50)) return;
  // The client behind it reconnects with the same id while the old connection hangs.
  auto const peers = who.peers;
  auto const joined = who.joined;
  open_session();
  auto& fresh = sessions_.back();
  fresh.peers = peers;
  for (auto const& [swarm, peer] : joined) {
    fresh.joined.insert({swarm, peer});
    post(fresh, swarm,
         {announce_message{.from = fresh.ref, .swarm = swarm, .peer = peer, .interval = 20s},
          {},
          {}});
  }
}

// --- how messages travel -----------------------------------------------------------------------

void world::post(session const& from, swarm_id const& about, to_shard message) {
  to_shards_[{from.ref.core, placement_.core_of(about)}].push_back(std::move(message));
}

void world::travel(std::uint32_t messages) {
  for (std::uint32_t i = 0; i < messages; ++i) {
    std::vector<std::pair<bool, link>> busy;
    for (auto const& [along, queue] : to_shards_) {
      if (!queue.empty()) busy.emplace_back(true, along);
    }
    for (auto const& [along, queue] : to_sessions_) {
      if (!queue.empty()) busy.emplace_back(false, along);
    }
    if (busy.empty()) return;
    auto const [inward, along] = busy[random_.below(static_cast<std::uint32_t>(busy.size()))];
    inward ? deliver_to_shard(along) : deliver_to_session(along);
  }
}

void world::deliver_to_shard(link const& along) {
  auto queued = std::move(to_shards_[along].front());
  to_shards_[along].pop_front();
  if (auto* announced = std::get_if<announce_message>(&queued.message)) {
    announced->offers = queued.offers;
  } else if (auto* scraped = std::get_if<scrape_message>(&queued.message)) {
    scraped->swarms = queued.swarms;
  }
  collect(along.second, shards_[along.second].handle(queued.message, now_));
}

void world::deliver_to_session(link const& along) {
  auto const [to, what] = to_sessions_[along].front();
  to_sessions_[along].pop_front();
  auto& target = sessions_.at(to.slot);
  require(target.ref == to, "a message names a session that was opened");
  if (target.open) receive(target, what);
}

void world::receive(session& who, session_message const& what) {
  if (auto const* offer = std::get_if<offer_delivery>(&what)) {
    std::size_t text = 0;
    auto const digits = offer->offer_id.json;
    std::from_chars(digits.data(), digits.data() + digits.size(), text);
    who.heard.push_back({offer->swarm, offer->from, offer->to, text});
  } else if (auto const* probe = std::get_if<probe_message>(&what)) {
    if (who.silent) {
      if (who.close_at == 0ms) who.close_at = now_ + probe_deadline;
      return;
    }
    post(who, probe->swarm,
         {alive_message{.from = who.ref, .swarm = probe->swarm, .peer = probe->peer}, {}, {}});
  }
}

void world::collect(std::size_t core, std::span<outbox::entry const> said) {
  for (auto const& each : said) {
    if (std::holds_alternative<scrape_result>(each.what)) continue;  // its span ends here
    to_sessions_[{core, each.to.core}].emplace_back(each.to, each.what);
  }
}

void world::tick() {
  for (std::size_t core = 0; core < shards_.size(); ++core) collect(core, shards_[core].tick(now_));
}

void world::close_overdue() {
  for (auto& each : sessions_) {
    if (each.open && each.close_at != 0ms && each.close_at <= now_) close(each);
  }
}

void world::drain() {
  for (int round = 0; round < 100; ++round) {
    travel(1'000);
    tick();
  }
}

/// The usual ones, and one long enough to outlast the fixed times to live.
core_time world::random_interval() {
  if (chance(10)) return 140s;
  return chance(50) ? core_time{54'000 + random_.below(6'000)} : 20s;
}

swarm_id world::random_swarm() {
  return pooled<swarm_id>(random_.below(swarm_pool));
}

peer_id world::random_peer(session const& who) {
  return who.peers[random_.below(static_cast<std::uint32_t>(who.peers.size()))];
}

/// A new one, or one that somebody has sent before: most clients that reuse an id reuse their own,
/// some copy.
tagged_offer world::random_offer() {
  auto number = texts_.size();
  if (number > 0 && chance(40)) {
    auto const window = chance(50) ? 3U : 30U;
    auto const recent = static_cast<std::uint32_t>(std::min<std::size_t>(number, window));
    number -= 1 + random_.below(recent);
  } else {
    texts_.push_back(std::to_string(number));
  }
  return {.tag = tag_of(placement_.seed, texts_[number]),
          .offer_id = {texts_[number]},
          .body = {"{offer}"}};
}

}  // namespace waggle::sim
