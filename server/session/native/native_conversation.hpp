// SPDX-License-Identifier: Apache-2.0
// The conversation of a client that speaks `waggle.v1` (docs/protocol/native.md): its swarms by
// their handles, and what it says to the meshes of these. Pure.
#pragma once

#include "protocol/native/codec.hpp"
#include "protocol/native/description_filter.hpp"
#include "server/core/coarse_time.hpp"
#include "server/session/client_rights.hpp"
#include "server/session/conversation.hpp"
#include "server/session/native/ice_servers.hpp"
#include "server/session/native/seat_keeper.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

struct native_limits {
  std::uint32_t memberships_max = 1'000;  // of one connection
  native::policy policy{};

  bool operator==(native_limits const&) const = default;
};

/// What happened in the native conversations of a core; only grows.
struct native_counts {
  std::uint64_t hellos = 0;
  std::uint64_t resumes = 0;         // that found their seat
  std::uint64_t resumes_missed = 0;  // that did not
  std::uint64_t denied = 0;
  std::uint64_t reports = 0;
  std::uint64_t p2p_bytes = 0;  // as clients report them
  std::uint64_t cdn_bytes = 0;
  std::uint64_t up_bytes = 0;
  std::uint64_t errors = 0;  // messages refused
};

/// What all native conversations of a core share.
struct native_scope {
  rights_scope& rights;
  shard_port& shards;
  outbox& said;  // of the core: for what a session has to tell itself
  seat_keeper& seats;
  native_limits limits{};
  std::shared_ptr<ice_servers const> ice{};  // null: there are none
  native_counts counts{};
  native::codec speech{};
  native::description_filter filter{};
  std::string filtered{};     // scratch of one description
  std::uint32_t version = 1;  // of what every client is told; another one after use()

  /// From now on these hold for every conversation of the core.
  void use(native_limits const& changed);
  /// These are for those who come, and for whoever gets new credentials.
  void use(std::shared_ptr<ice_servers const> changed);
};

class native_conversation final : public conversation {
 public:
  /// @param scope  of the session's core; outlives the conversation.
  /// @param who    as whose client it speaks.
  native_conversation(native_scope& scope, session_ref self, newcomer who);
  ~native_conversation() override;

  heard on_message(websocket::opcode type, std::string_view text, core_time now,
                   std::string& out) override;
  request on_event(session_message const& what, core_time now, std::string& out) override;
  void on_life(core_time /*now*/) override {}
  [[nodiscard]] std::optional<websocket::close_code> on_rules() override;
  [[nodiscard]] core_time next_deadline() const override {
    return refresh_at_ == never ? core_time::max() : core_time{refresh_at_};
  }
  [[nodiscard]] std::optional<websocket::close_code> on_tick(core_time now) override;
  void on_farewell(std::chrono::milliseconds window, std::string& out) override;
  void on_close(ending how) override;
  [[nodiscard]] talk_facts facts() const override;
  [[nodiscard]] std::optional<membership_facts> facts_of(swarm_id const& swarm,
                                                         peer_id const& peer) const override;

 private:
  enum class state : std::uint8_t {
    silent,    // has not said hello
    resuming,  // waits for its seat
    open,
    over,
  };
  struct joined_swarm {
    swarm_id swarm;
    coarse_time since{};
    native::handle handle = 0;
  };
  static_assert(sizeof(joined_swarm) == 32, "up to limits.memberships_max a connection");
  using swarms = std::vector<joined_swarm>;

  void handle(native::from_client::hello const& what, core_time now, std::string& out);
  void handle(native::from_client::join const& what, core_time now, std::string& out);
  void handle(native::from_client::state const& what, core_time now, std::string& out);
  void handle(native::from_client::more const& what, core_time now, std::string& out);
  void handle(native::from_client::leave const& what, core_time now, std::string& out);
  void handle(native::from_client::relay const& what, core_time now, std::string& out);
  void handle(native::from_client::outcome const& what, core_time now, std::string& out);
  void handle(native::from_client::drop const& what, core_time now, std::string& out);
  void handle(native::from_client::report const& what, core_time now, std::string& out);
  void handle(native::from_client::ping const& what, core_time now, std::string& out);
  void handle(native::from_client::unknown const&, core_time, std::string&) {}

  void hear(mesh::joined const& what, std::string& out);
  void hear(mesh::refused const& what, std::string& out);
  void hear(mesh::match const& what, std::string& out);
  void hear(mesh::carried const& what, std::string& out);
  void hear(mesh::ended const& what, std::string& out);
  void hear(mesh::seat const& what, core_time now, std::string& out);
  void hear(mesh::news const& what, core_time now, std::string& out);

  [[nodiscard]] native::policy policy() const;
  void open(peer_id const& as, bool resumed, core_time now, std::string& out);
  void refuse(native::refusal const& why, std::string& out);
  [[nodiscard]] ice_offer ice_offer_now() const;
  void plan_refresh(std::uint32_t ttl_s, core_time now);
  [[nodiscard]] std::vector<mesh::seat_membership> held() const;
  void leave_all();
  [[nodiscard]] swarms::iterator place_of(native::handle which);
  /// Null: no swarm has this handle; the client is told.
  [[nodiscard]] joined_swarm const* find(native::handle which, std::string& out);
  /// Whether this is (still) what the handle stands for.
  [[nodiscard]] bool is_in(native::handle which, swarm_id const& swarm);
  template <class Message>
  void say(Message const& what, std::string& out);

  static constexpr coarse_time never = coarse_time::max();

  native_scope& scope_;
  session_ref self_;
  state state_ = state::silent;
  bool proposed_ = false;  // peer_ is what the client would like, while resuming
  client_rights rights_;
  peer_id peer_{};
  slot seat_ = no_slot;  // once it is open
  std::uint32_t told_version_ = 0;
  coarse_time refresh_at_ = never;     // of its ICE servers
  std::unique_ptr<std::string> host_;  // under which the client has reached us; null: not of use
  swarms swarms_;                      // by handle; at most limits.memberships_max
};

}  // namespace waggle
