// SPDX-License-Identifier: Apache-2.0
#include "server/session/native/seat_keeper.hpp"

#include "protocol/native/base64url.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace waggle {
namespace {

using mesh::seat_key;
using mesh::seat_secret;

using key_bytes = std::array<std::uint8_t, 2 + 4 + std::tuple_size_v<seat_secret>>;

/// Takes the same time wherever they differ.
bool equal(seat_secret const& one, seat_secret const& other) {
  unsigned differences = 0;
  for (std::size_t at = 0; at < one.size(); ++at) {
    differences |= static_cast<unsigned>(one[at] ^ other[at]);
  }
  return differences == 0;
}

}  // namespace

slot seat_keeper::open(session_ref holder, tenant_id tenant) {
  return seats_.insert({.holder = holder, .tenant = tenant, .vacant = nullptr});
}

// A seat is named by its session, whose generation comes once.
mesh::seat_secret seat_keeper::secret_of(slot which) const {
  auto const& holder = seats_[which].holder;
  std::array<std::uint8_t, 12> name{};
  for (unsigned byte = 0; byte < 4; ++byte) {
    name[byte] = static_cast<std::uint8_t>(holder.slot >> 8U * byte);
    name[4 + byte] = static_cast<std::uint8_t>(holder.generation >> 8U * byte);
    name[8 + byte] = static_cast<std::uint8_t>(which >> 8U * byte);
  }
  return with_.seal(name);
}

std::string seat_keeper::key_of(slot which) const {
  key_bytes bytes{};
  auto at = bytes.begin();
  *at++ = static_cast<std::uint8_t>(with_.core >> 8U);
  *at++ = static_cast<std::uint8_t>(with_.core);
  for (unsigned shift = 32; shift != 0;) {
    shift -= 8;
    *at++ = static_cast<std::uint8_t>(which >> shift);
  }
  std::ranges::copy(secret_of(which), at);
  std::string text;
  native::append_base64url(bytes, text);
  return text;
}

std::optional<seat_key> seat_keeper::read_key(std::string_view text) {
  key_bytes bytes{};
  if (!native::read_base64url(text, bytes)) return std::nullopt;
  seat_key key;
  auto const* at = bytes.data();
  for (int count = 0; count < 2; ++count) {
    key.core = static_cast<std::uint16_t>(key.core << 8U | *at++);
  }
  for (int count = 0; count < 4; ++count) key.seat = key.seat << 8U | *at++;
  std::copy_n(at, key.secret.size(), key.secret.begin());
  return key;
}

void seat_keeper::close(slot which) {
  if (auto& vacant = seats_[which].vacant) {
    // Somebody asked for it in the same moment: there is nothing to be had.
    if (vacant->claimed_by.generation != 0) with_.said.send(vacant->claimed_by, mesh::seat{});
    unpark(*vacant);
  }
  seats_.erase(which);
}

bool seat_keeper::park(slot which, peer_id const& peer, std::vector<mesh::seat_membership> held) {
  auto& kept = seats_[which];
  if (kept.vacant) {
    give_up(which, peer, std::move(held));
    return true;
  }
  if (parked_ >= with_.limits.seats_max || held_ + held.size() > with_.limits.memberships_max ||
      with_.limits.grace.count() == 0) {
    close(which);
    return false;
  }
  for (auto const& each : held) {
    with_.shards.send(with_.where.core_of(each.swarm), mesh::away{kept.holder, each.swarm, peer});
  }
  ++parked_;
  held_ += static_cast<std::uint32_t>(held.size());
  kept.vacant = std::make_unique<vacancy>(vacancy{.claimed_by = {},
                                                  .parked = true,
                                                  .until = now_ + with_.limits.grace,
                                                  .peer = peer,
                                                  .held = std::move(held)});
  due_.push_back({which, kept.vacant->until});
  return true;
}

void seat_keeper::give_up(slot which, peer_id const& peer,
                          std::vector<mesh::seat_membership> held) {
  auto& vacant = *seats_[which].vacant;
  vacant.peer = peer;
  vacant.held = std::move(held);
  answer(std::exchange(vacant.claimed_by, {}), which);
}

void seat_keeper::handle(mesh::claim const& wanted) {
  auto const which = wanted.key.seat;
  auto* const found = which < seats_.slots() ? seats_.find(which) : nullptr;
  if (found == nullptr || found->holder.generation == 0 || found->tenant != wanted.tenant ||
      !equal(secret_of(which), wanted.key.secret) ||
      (found->vacant && found->vacant->claimed_by.generation != 0)) {
    return with_.said.send(wanted.from, mesh::seat{});
  }
  if (found->vacant) return answer(wanted.from, which);
  found->vacant = std::make_unique<vacancy>(vacancy{.claimed_by = wanted.from});
  with_.said.send(found->holder, mesh::taken_over{});
}

void seat_keeper::tick(core_time now) {
  now_ = now;
  for (auto steps = with_.limits.expiries_per_tick_max;
       steps != 0 && !due_.empty() && due_.front().at <= now; --steps) {
    auto const [which, at] = due_.front();
    due_.pop_front();
    auto* const over = which < seats_.slots() ? seats_.find(which) : nullptr;
    if (over == nullptr || !over->vacant || !over->vacant->parked || over->vacant->until != at) {
      continue;
    }
    for (auto const& each : over->vacant->held) {
      with_.shards.send(
          with_.where.core_of(each.swarm),
          mesh::leave{over->holder, each.swarm, over->vacant->peer, /*session_over=*/true});
    }
    close(which);
  }
}

/// Whoever gets it owns the memberships from now on.
void seat_keeper::answer(session_ref to, slot which) {
  auto& given = seats_[which];
  unpark(*given.vacant);
  with_.said.send(to, mesh::seat{.found = true,
                                 .peer = given.vacant->peer,
                                 .was = given.holder,
                                 .memberships = with_.said.hold(std::move(given.vacant->held))});
  seats_.erase(which);
}

void seat_keeper::unpark(vacancy& from) {
  if (!std::exchange(from.parked, false)) return;
  --parked_;
  held_ -= static_cast<std::uint32_t>(from.held.size());
}

}  // namespace waggle
