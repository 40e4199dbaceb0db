// SPDX-License-Identifier: Apache-2.0
// The seats of the native sessions of one core: what lets a connection that was lost be continued
// by another one, on whatever core (docs/protocol/native.md#resume). Pure; one core only.
#pragma once

#include "server/core/message.hpp"
#include "server/core/outbox.hpp"
#include "server/core/placement.hpp"
#include "server/core/slab.hpp"
#include "server/session/shard_port.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

struct seat_limits {
  std::chrono::milliseconds grace{30'000};   // for which a seat without a connection is kept
  std::uint32_t seats_max = 65'536;          // without a connection; past them it is over at once
  std::uint32_t memberships_max = 262'144;   // of all these
  std::uint32_t expiries_per_tick_max = 64;  // seats

  bool operator==(seat_limits const&) const = default;
};

/// Fills it with bytes that nobody can guess.
using secret_source = std::function<void(std::span<std::uint8_t>)>;
/// Makes a secret of what names a seat, the same one each time.
using seat_seal = std::function<mesh::seat_secret(std::span<std::uint8_t const>)>;

class seat_keeper {
 public:
  struct place {
    seat_limits limits;
    std::uint16_t core = 0;
    placement where;
    shard_port& shards;
    outbox& said;  // of the core
    secret_source secrets;
    seat_seal seal;
  };

  explicit seat_keeper(place with) : with_(std::move(with)) {}

  void use(seat_limits const& limits) { with_.limits = limits; }
  [[nodiscard]] seat_limits const& limits() const { return with_.limits; }
  [[nodiscard]] secret_source const& secrets() const { return with_.secrets; }

  /// A seat for a session that has just said who it is.
  [[nodiscard]] slot open(session_ref holder, tenant_id tenant);
  /// What the client shows to have it back.
  [[nodiscard]] std::string key_of(slot which) const;
  /// Nothing for a text that is no key.
  [[nodiscard]] static std::optional<mesh::seat_key> read_key(std::string_view text);

  /// Its session is over.
  void close(slot which);
  /// The connection is lost: keeps the seat, and tells the meshes that the peer is away.
  /// @return false: there is no room; the seat is closed, and the session is over.
  [[nodiscard]] bool park(slot which, peer_id const& peer, std::vector<mesh::seat_membership> held);
  /// As mesh::taken_over has asked: gives it to whoever claims it.
  void give_up(slot which, peer_id const& peer, std::vector<mesh::seat_membership> held);

  void handle(mesh::claim const& wanted);

  /// Ends seats that nobody came back for. Call a few times a second.
  void tick(core_time now);

  [[nodiscard]] std::uint32_t parked() const { return parked_; }

 private:
  /// Of a seat without a connection, and of one that somebody else has claimed.
  struct vacancy {
    session_ref claimed_by{};  // generation 0: nobody
    bool parked = false;
    core_time until{};  // then
    peer_id peer{};     // likewise, and what it holds
    std::vector<mesh::seat_membership> held{};
  };
  struct seat {
    session_ref holder;
    tenant_id tenant = tenant_id::none;
    std::unique_ptr<vacancy> vacant;  // null: its session is there, and nobody else wants it
  };
  static_assert(sizeof(seat) == 24, "there is one a native session");
  struct due {
    slot which;
    core_time at;
  };

  [[nodiscard]] mesh::seat_secret secret_of(slot which) const;
  void answer(session_ref to, slot which);
  void unpark(vacancy& from);

  place with_;
  slab<seat> seats_;
  std::deque<due> due_;
  std::uint32_t parked_ = 0;
  std::uint32_t held_ = 0;  // memberships of the parked
  core_time now_{};
};

}  // namespace waggle
