// SPDX-License-Identifier: Apache-2.0
// Short names for ids, and a client of one shard that keeps what the shard said. Tests only.
#pragma once

#include "server/core/outbox.hpp"
#include "server/core/shard.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle::test {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

inline constexpr hash_seed seed{.first = 0x0123456789abcdefU, .second = 0xfedcba9876543210U};

template <class Id>
Id id_of(std::uint32_t number) {
  Id id;
  for (std::size_t i = 0; i < 4; ++i) {
    id.value[19 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return id;
}
inline peer_id peer(std::uint32_t number) {
  return id_of<peer_id>(number);
}
inline swarm_id movie(std::uint32_t number = 1) {
  return id_of<swarm_id>(number);
}
inline session_ref session(std::uint32_t slot) {
  return {.slot = slot, .generation = 1};
}

/// Offers that stay alive as long as the object.
class offer_list {
 public:
  explicit offer_list(std::uint32_t count, std::string const& prefix = "o") {
    texts_.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      auto const& text = texts_.emplace_back(prefix + std::to_string(i));
      offers_.push_back({.tag = tag_of(seed, text), .offer_id = {text}, .body = {"{}"}});
    }
  }
  [[nodiscard]] std::span<tagged_offer const> span() const { return offers_; }

 private:
  std::vector<std::string> texts_;
  std::vector<tagged_offer> offers_;
};

struct sent {
  session_ref to;
  session_message what;
};

/// One shard with a manual clock; every call returns what the shard had to say.
class driven_shard {
 public:
  explicit driven_shard(shard_limits const& limits = {}) : shard_(limits, seed, 1) {}

  std::vector<sent> handle(shard_message const& message) {
    shard_.handle(message, now, out_);
    return drain();
  }
  /// Until there is nothing left to do.
  std::vector<sent> tick() {
    while (shard_.tick(now, out_)) {
    }
    return drain();
  }
  /// One call: what was said, and whether there is more.
  std::pair<std::vector<sent>, bool> tick_once() {
    bool const more = shard_.tick(now, out_);
    return {drain(), more};
  }
  std::vector<sent> tick_at(core_time at) {
    now = at;
    return tick();
  }

  void use(shard_limits const& limits) { shard_.use(limits); }

  /// A plain announce of (session, peer) numbers in `movie()`.
  std::vector<sent> join(std::uint32_t at, std::uint32_t who) {
    return handle(announce_message{
        .from = session(at), .swarm = movie(), .peer = peer(who), .interval = 60s});
  }
  std::vector<sent> leave(std::uint32_t at, std::uint32_t who) {
    return handle(leave_message{.from = session(at), .swarm = movie(), .peer = peer(who)});
  }
  std::vector<sent> stop(std::uint32_t at, std::uint32_t who) {
    return handle(announce_message{.from = session(at),
                                   .swarm = movie(),
                                   .peer = peer(who),
                                   .event = announce_event::stopped});
  }
  std::vector<sent> alive(std::uint32_t at, std::uint32_t who) {
    return handle(alive_message{.from = session(at), .swarm = movie(), .peer = peer(who)});
  }
  std::vector<sent> offer(std::uint32_t at, std::uint32_t who, offer_list const& offers) {
    return handle(announce_message{.from = session(at),
                                   .swarm = movie(),
                                   .peer = peer(who),
                                   .interval = 60s,
                                   .offers = offers.span()});
  }
  std::vector<sent> answer(std::uint32_t at, std::uint32_t who, std::string_view offer_key,
                           std::optional<peer_id> const& to = {}) {
    return handle(answer_message{.from = session(at),
                                 .swarm = movie(),
                                 .peer = peer(who),
                                 .to = to,
                                 .tag = tag_of(seed, offer_key),
                                 .offer_id = {offer_key},
                                 .body = {"{}"}});
  }

  [[nodiscard]] swarm_counts counts() const {
    return shard_.count(movie()).value_or(swarm_counts{});
  }
  [[nodiscard]] shard const& state() const { return shard_; }
  [[nodiscard]] flight_recorder& recorder() { return shard_.recorder(); }

  core_time now{1'000'000};

 private:
  std::vector<sent> drain() {
    std::vector<sent> result;
    for (auto const& entry : out_.entries()) result.push_back({entry.to, entry.what});
    out_.clear();
    return result;
  }

  shard shard_;
  outbox out_;
};

/// The messages of one kind among those sent.
template <class Message>
std::vector<std::pair<session_ref, Message>> only(std::vector<sent> const& messages) {
  std::vector<std::pair<session_ref, Message>> result;
  for (auto const& each : messages) {
    if (auto const* what = std::get_if<Message>(&each.what)) result.emplace_back(each.to, *what);
  }
  return result;
}

}  // namespace waggle::test
