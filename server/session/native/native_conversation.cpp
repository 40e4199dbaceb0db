// SPDX-License-Identifier: Apache-2.0
#include "server/session/native/native_conversation.hpp"

#include "protocol/native/swarm_name.hpp"
#include "protocol/websocket/frame_writer.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace waggle {
namespace {

using native::error;

mesh::peer_state state_of(native::peer_state const& said) {
  mesh::peer_state state;
  if (said.want) state.want = *said.want;
  if (said.have) state.have = *said.have;
  if (said.up) state.up = *said.up ? 1 : 0;
  if (said.position_s) state.position_s = *said.position_s;
  return state;
}

error error_of(mesh::refusal why) {
  switch (why) {
    case mesh::refusal::id_in_use:
      return error::id_in_use;
    case mesh::refusal::full:
      return error::limit;
    case mesh::refusal::no_link:
      return error::no_link;
    case mesh::refusal::overloaded:
      return error::overloaded;
    case mesh::refusal::forbidden:
      return error::forbidden;
  }
  return error::internal;
}

}  // namespace

void native_scope::use(native_limits const& changed) {
  if (changed.policy != limits.policy) ++version;
  limits = changed;
}

void native_scope::use(std::shared_ptr<ice_servers const> changed) {
  ice = std::move(changed);
}

native_conversation::native_conversation(native_scope& scope, session_ref self, newcomer who)
    : scope_(scope),
      self_(self),
      rights_(scope.rights, {.standing = std::move(who.standing), .origin = std::move(who.origin)}),
      host_(who.host.empty() ? nullptr : std::make_unique<std::string>(std::move(who.host))) {}

native_conversation::~native_conversation() = default;

// --- from the client -----------------------------------------------------------------------------

conversation::heard native_conversation::on_message(websocket::opcode type, std::string_view text,
                                                    core_time now, std::string& out) {
  if (type != websocket::opcode::text) return {.close = websocket::close_code::unsupported_data};
  auto const decoded = scope_.speech.decode(text);
  if (auto const* const why = std::get_if<native::refusal>(&decoded)) {
    refuse(*why, out);
    return {};
  }
  auto const& message = *std::get<native::from_client::message const*>(decoded);
  namespace from = native::from_client;
  bool const first = std::holds_alternative<from::hello>(message);
  if (state_ != state::open && !first) {
    if (!std::holds_alternative<from::unknown>(message)) refuse({error::unauthorized}, out);
    return {};
  }
  std::visit([&](auto const& what) { handle(what, now, out); }, message);
  return {.cost = std::holds_alternative<from::relay>(message) ? 2U : 1U};
}

void native_conversation::handle(native::from_client::hello const& what, core_time now,
                                 std::string& out) {
  if (state_ != state::silent) return refuse({error::bad_message}, out);
  ++scope_.counts.hellos;
  if (!what.token.empty()) rights_.show(what.token);
  proposed_ = what.id.has_value();
  if (what.id) peer_ = *what.id;
  auto const key = seat_keeper::read_key(what.resume);
  if (!key || key->core >= scope_.rights.where.cores) {
    if (!what.resume.empty()) ++scope_.counts.resumes_missed;
    return open(peer_, /*resumed=*/false, now, out);
  }
  state_ = state::resuming;
  scope_.shards.send(key->core, mesh::claim{self_, rights_.standing().tenant, *key});
}

void native_conversation::open(peer_id const& as, bool resumed, core_time now, std::string& out) {
  peer_ = as;
  if (!resumed && !proposed_) {
    std::array<std::uint8_t, 12> random{};
    scope_.seats.secrets()(random);
    peer_ = native::make_peer(random);
  }
  seat_ = scope_.seats.open(self_, rights_.standing().tenant);
  state_ = state::open;
  told_version_ = scope_.version;
  auto const offer = ice_offer_now();
  plan_refresh(offer.ttl_s, now);
  auto const grace = std::chrono::duration_cast<std::chrono::seconds>(scope_.seats.limits().grace);
  say(native::to_client::welcome{.id = peer_,
                                 .resume = scope_.seats.key_of(seat_),
                                 .grace_s = static_cast<std::uint32_t>(grace.count()),
                                 .ice = offer.json,
                                 .ttl_s = offer.ttl_s,
                                 .how = policy(),
                                 .resumed = resumed},
      out);
}

void native_conversation::handle(native::from_client::join const& what, core_time now,
                                 std::string& out) {
  auto const refuse_it = [&](error why) { refuse({.why = why, .swarm = what.swarm}, out); };
  if (!what.token.empty()) rights_.show(what.token);
  auto const swarm = rights_.own(native::swarm_of(what.name)).native();
  auto const [served, by] = rights_.serves(swarm);
  if (!served || rights_.bans(swarm, peer_)) {
    ++scope_.counts.denied;
    auto const* const rules = rights_.policy();
    bool const asks_for_one = rules != nullptr && rules->tokens == token_rule::in_announce;
    if (!served && asks_for_one) {
      return refuse_it(what.token.empty() ? error::unauthorized : error::bad_token);
    }
    return refuse_it(error::forbidden);
  }
  if (!rights_.take_share(1, now)) return refuse_it(error::rate_limited);
  auto const place = place_of(what.swarm);
  if ((place != swarms_.end() && place->handle == what.swarm) ||
      std::ranges::find(swarms_, swarm, &joined_swarm::swarm) != swarms_.end()) {
    return refuse_it(error::joined_already);
  }
  if (swarms_.size() >= rights_.memberships_max(scope_.limits.memberships_max, by)) {
    return refuse_it(error::limit);
  }
  swarms_.insert(place, {.swarm = swarm, .since = coarse_now(now), .handle = what.swarm});
  auto state = state_of(what.state);
  if (state.want == mesh::peer_state::unsaid) state.want = scope_.limits.policy.want;
  scope_.shards.send(scope_.rights.where.core_of(swarm),
                     mesh::join{.from = self_,
                                .swarm = swarm,
                                .peer = peer_,
                                .handle = what.swarm,
                                .address_tag = rights_.standing().address_tag,
                                .state = state,
                                .open_with = what.links});
}

void native_conversation::handle(native::from_client::state const& what, core_time /*now*/,
                                 std::string& out) {
  auto const* const there = find(what.swarm, out);
  if (there == nullptr) return;
  scope_.shards.send(scope_.rights.where.core_of(there->swarm),
                     mesh::change{self_, there->swarm, peer_, state_of(what.changes)});
}

void native_conversation::handle(native::from_client::more const& what, core_time now,
                                 std::string& out) {
  auto const* const there = find(what.swarm, out);
  if (there == nullptr) return;
  if (!rights_.take_share(1, now)) {
    return refuse({.why = error::rate_limited, .swarm = what.swarm}, out);
  }
  scope_.shards.send(scope_.rights.where.core_of(there->swarm),
                     mesh::more{self_, there->swarm, peer_, what.count, what.except});
}

void native_conversation::handle(native::from_client::leave const& what, core_time /*now*/,
                                 std::string& out) {
  auto const* const there = find(what.swarm, out);
  if (there == nullptr) return;
  auto const swarm = there->swarm;
  swarms_.erase(place_of(what.swarm));
  scope_.shards.send(scope_.rights.where.core_of(swarm), mesh::leave{self_, swarm, peer_});
}

void native_conversation::handle(native::from_client::relay const& what, core_time now,
                                 std::string& out) {
  auto const* const there = find(what.swarm, out);
  if (there == nullptr) return;
  if (!rights_.take_share(1, now)) {
    return refuse({.why = error::rate_limited, .swarm = what.swarm, .link = what.link}, out);
  }
  scope_.shards.send(scope_.rights.where.core_of(there->swarm),
                     mesh::relay{.from = self_,
                                 .swarm = there->swarm,
                                 .link = what.link,
                                 .kind = what.kind,
                                 .address_tag = rights_.standing().address_tag,
                                 .body = what.description});
}

void native_conversation::handle(native::from_client::outcome const& what, core_time /*now*/,
                                 std::string& out) {
  auto const* const there = find(what.swarm, out);
  if (there == nullptr) return;
  scope_.shards.send(scope_.rights.where.core_of(there->swarm),
                     mesh::outcome{.from = self_,
                                   .swarm = there->swarm,
                                   .link = what.link,
                                   .open = what.open,
                                   .over = what.over,
                                   .why = what.why,
                                   .took_ms = what.took_ms});
}

void native_conversation::handle(native::from_client::drop const& what, core_time /*now*/,
                                 std::string& out) {
  auto const* const there = find(what.swarm, out);
  if (there == nullptr) return;
  scope_.shards.send(scope_.rights.where.core_of(there->swarm), mesh::drop{.from = self_,
                                                                           .swarm = there->swarm,
                                                                           .peer = peer_,
                                                                           .link = what.link,
                                                                           .with = what.with});
}

void native_conversation::handle(native::from_client::report const& what, core_time /*now*/,
                                 std::string& /*out*/) {
  auto& counts = scope_.counts;
  ++counts.reports;
  counts.p2p_bytes += what.p2p_bytes;
  counts.cdn_bytes += what.cdn_bytes;
  counts.up_bytes += what.up_bytes;
}

void native_conversation::handle(native::from_client::ping const& what, core_time /*now*/,
                                 std::string& out) {
  say(native::to_client::pong{what.number}, out);
}

// --- from the meshes -----------------------------------------------------------------------------

conversation::request native_conversation::on_event(session_message const& what, core_time now,
                                                    std::string& out) {
  if (std::holds_alternative<mesh::taken_over>(what)) {
    if (state_ != state::open) return request::nothing;
    state_ = state::over;
    scope_.seats.give_up(std::exchange(seat_, no_slot), peer_, held());
    swarms_.clear();
    return request::close;
  }
  std::visit(
      [&]<class Message>(Message const& message) {
        if constexpr (requires { hear(message, out); }) {
          hear(message, out);
        } else if constexpr (requires { hear(message, now, out); }) {
          hear(message, now, out);
        }
      },
      what);
  return request::nothing;
}

void native_conversation::hear(mesh::joined const& what, std::string& out) {
  if (!is_in(what.handle, what.swarm)) return;
  native::to_client::joined joined{.swarm = what.handle, .members = what.members, .links = {}};
  if (what.resumed) joined.links = what.links;
  say(joined, out);
}

void native_conversation::hear(mesh::refused const& what, std::string& out) {
  if (what.link) {
    auto const of = std::ranges::find(swarms_, what.swarm, &joined_swarm::swarm);
    if (of == swarms_.end()) return;
    return refuse({.why = error_of(what.why), .swarm = of->handle, .link = what.link}, out);
  }
  if (!is_in(what.handle, what.swarm)) return;
  swarms_.erase(place_of(what.handle));
  // Then it has been in the swarm; else there is nothing to leave.
  if (what.why == mesh::refusal::forbidden) {
    scope_.shards.send(scope_.rights.where.core_of(what.swarm),
                       mesh::leave{self_, what.swarm, peer_});
  }
  refuse({.why = error_of(what.why), .swarm = what.handle}, out);
}

void native_conversation::hear(mesh::match const& what, std::string& out) {
  if (!is_in(what.handle, what.swarm)) return;
  say(native::to_client::match{.swarm = what.handle,
                               .link = what.link,
                               .peer = what.peer,
                               .initiator = what.initiator,
                               .same_address = what.same_address,
                               .open = what.open},
      out);
}

void native_conversation::hear(mesh::carried const& what, std::string& out) {
  if (!is_in(what.handle, what.swarm)) return;
  auto description = what.body;
  if (auto const withheld = rights_.withheld_from(what.address_tag)) {
    auto& judged = scope_.rights.judged;
    switch (scope_.filter.apply(what.kind, what.body.json, *withheld, scope_.filtered)) {
      case sdp::outcome::unchanged:
        break;
      case sdp::outcome::filtered:
        ++judged.descriptions_filtered;
        description = {scope_.filtered};
        break;
      case sdp::outcome::opaque:
        if (*withheld != sdp::ice_filter::relay_only) break;
        [[fallthrough]];
      case sdp::outcome::malformed:
        ++judged.descriptions_withheld;
        return;
    }
  }
  say(
      native::to_client::relay{
          .swarm = what.handle, .link = what.link, .kind = what.kind, .description = description},
      out);
}

void native_conversation::hear(mesh::ended const& what, std::string& out) {
  if (!is_in(what.handle, what.swarm)) return;
  say(native::to_client::ended{.swarm = what.handle, .link = what.link, .why = what.why}, out);
}

void native_conversation::hear(mesh::seat const& what, core_time now, std::string& out) {
  if (state_ != state::resuming) return;  // its memberships are of nobody; see core_loop::note_shed
  if (!what.found) {
    ++scope_.counts.resumes_missed;
    return open(peer_, /*resumed=*/false, now, out);
  }
  ++scope_.counts.resumes;
  open(what.peer, /*resumed=*/true, now, out);
  for (auto const& [swarm, handle] : what.memberships) {
    auto const core = scope_.rights.where.core_of(swarm);
    if (!rights_.serves(swarm).served || rights_.bans(swarm, peer_)) {
      scope_.shards.send(core, mesh::leave{what.was, swarm, peer_});
      refuse({.why = error::forbidden, .swarm = handle}, out);
      continue;
    }
    swarms_.insert(place_of(handle), {.swarm = swarm, .since = coarse_now(now), .handle = handle});
    scope_.shards.send(core, mesh::resume{self_, what.was, swarm, peer_});
  }
}

void native_conversation::hear(mesh::news const& what, core_time now, std::string& out) {
  if (state_ != state::open) return;
  auto const changed = std::exchange(told_version_, scope_.version) != scope_.version;
  if (changed) say(policy(), out);
  if (!what.servers) return;
  auto const offer = ice_offer_now();
  plan_refresh(offer.ttl_s, now);
  say(native::to_client::servers{.ice = offer.json, .ttl_s = offer.ttl_s}, out);
}

// --- rules and time ------------------------------------------------------------------------------

// Here nothing can be said, so the session tells itself what to say.
std::optional<websocket::close_code> native_conversation::on_rules() {
  if (auto const code = rights_.apply_rules()) return code;
  if (state_ != state::open) return std::nullopt;
  for (auto const& each : swarms_) {
    if (rights_.serves(each.swarm).served && !rights_.bans(each.swarm, peer_)) continue;
    scope_.said.send(self_, mesh::refused{.swarm = each.swarm,
                                          .handle = each.handle,
                                          .why = mesh::refusal::forbidden,
                                          .link = {}});
  }
  if (told_version_ != scope_.version) scope_.said.send(self_, mesh::news{});
  return std::nullopt;
}

std::optional<websocket::close_code> native_conversation::on_tick(core_time now) {
  if (now >= next_deadline()) {
    refresh_at_ = never;
    scope_.said.send(self_, mesh::news{.servers = true});
  }
  return std::nullopt;
}

ice_offer native_conversation::ice_offer_now() const {
  if (!scope_.ice) return {};
  return scope_.ice->offer_to(rights_.standing().tenant, host_ ? *host_ : std::string_view{});
}

void native_conversation::plan_refresh(std::uint32_t ttl_s, core_time now) {
  if (ttl_s == 0) {
    refresh_at_ = never;
    host_.reset();  // it is not asked for again
  } else {
    refresh_at_ = coarse_deadline(now + std::chrono::seconds{ttl_s} * 4 / 5);
  }
}

void native_conversation::on_farewell(std::chrono::milliseconds window, std::string& out) {
  if (state_ != state::open) return;
  auto const spread = std::chrono::ceil<std::chrono::seconds>(window).count();
  // A server that comes back needs a moment, and all clients at once would be a storm.
  say(native::to_client::away{.after_s = 1,
                              .spread_s = static_cast<std::uint32_t>(std::max<long>(spread, 1))},
      out);
}

void native_conversation::on_close(ending how) {
  auto const was = std::exchange(state_, state::over);
  if (was != state::open) return;
  auto const seat = std::exchange(seat_, no_slot);
  if (how == ending::lost && !swarms_.empty()) {
    if (scope_.seats.park(seat, peer_, held())) {
      swarms_.clear();
      return;
    }
    return leave_all();
  }
  scope_.seats.close(seat);
  leave_all();
}

void native_conversation::leave_all() {
  for (auto const& each : swarms_) {
    scope_.shards.send(scope_.rights.where.core_of(each.swarm),
                       mesh::leave{self_, each.swarm, peer_, /*session_over=*/true});
  }
  swarms_.clear();
}

std::vector<mesh::seat_membership> native_conversation::held() const {
  std::vector<mesh::seat_membership> all;
  all.reserve(swarms_.size());
  for (auto const& each : swarms_) all.push_back({each.swarm, each.handle});
  return all;
}

// --- facts ---------------------------------------------------------------------------------------

talk_facts native_conversation::facts() const {
  talk_facts facts{.memberships = static_cast<std::uint32_t>(swarms_.size()),
                   .speaks_as = {},
                   .tenant = rights_.standing().tenant,
                   .dialect = native::subprotocol};
  if (auto const* const token = rights_.token()) facts.token = token->token;
  if (state_ == state::open) facts.speaks_as = peer_;
  return facts;
}

std::optional<membership_facts> native_conversation::facts_of(swarm_id const& swarm,
                                                              peer_id const& peer) const {
  if (peer != peer_) return std::nullopt;
  auto const found = std::ranges::find(swarms_, swarm, &joined_swarm::swarm);
  if (found == swarms_.end()) return std::nullopt;
  return membership_facts{.joined = core_time{found->since}, .announced = core_time{found->since}};
}

// --- small things --------------------------------------------------------------------------------

native::policy native_conversation::policy() const {
  auto how = scope_.limits.policy;
  auto const* const rules = rights_.policy();
  how.relay_only = rules != nullptr && rules->ice == sdp::ice_policy::relay_only;
  return how;
}

native_conversation::swarms::iterator native_conversation::place_of(native::handle which) {
  return std::ranges::lower_bound(swarms_, which, {}, &joined_swarm::handle);
}

native_conversation::joined_swarm const* native_conversation::find(native::handle which,
                                                                   std::string& out) {
  auto const place = place_of(which);
  if (place != swarms_.end() && place->handle == which) return &*place;
  refuse({.why = error::not_joined, .swarm = which}, out);
  return nullptr;
}

bool native_conversation::is_in(native::handle which, swarm_id const& swarm) {
  auto const place = place_of(which);
  return place != swarms_.end() && place->handle == which && place->swarm == swarm;
}

void native_conversation::refuse(native::refusal const& why, std::string& out) {
  ++scope_.counts.errors;
  say(why, out);
}

template <class Message>
void native_conversation::say(Message const& what, std::string& out) {
  auto const mark = websocket::begin_frame(out);
  native::encode(what, out);
  websocket::end_frame(out, mark, websocket::opcode::text);
}

}  // namespace waggle
