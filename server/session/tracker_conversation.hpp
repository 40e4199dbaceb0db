// SPDX-License-Identifier: Apache-2.0
// The conversation of a tracker client: commands become messages to the shards that own the swarms,
// their answers become text. Keeps what must be undone when the connection ends. Pure.
#pragma once

#include "protocol/dialect.hpp"
#include "protocol/error.hpp"
#include "server/core/coarse_time.hpp"
#include "server/core/random.hpp"
#include "server/core/slot_index.hpp"
#include "server/session/client_rights.hpp"
#include "server/session/conversation.hpp"
#include "server/session/shard_port.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace waggle {

struct tracker_limits {
  std::uint32_t memberships_max =
      1'000;                      // of one connection; past it a peer is served, not remembered
  std::uint32_t scrapes_max = 4;  // in flight per connection
  std::chrono::seconds interval_min{54};
  std::chrono::seconds interval_max{60};    // hidden tabs run timers once a minute: never above
  std::chrono::seconds interval_other{20};  // peer ids that do not begin with '-' (Trystero)
  std::chrono::milliseconds probe_deadline{10'000};
  std::chrono::milliseconds member_ttl{150'000};  // no membership ages out sooner
  bool scrape_all = false;

  bool operator==(tracker_limits const&) const = default;
};

/// What happened in the conversations of a core; only grows.
struct tracker_counts {
  std::array<std::uint64_t, 4> announces{};  // by announce_event
  std::uint64_t answers = 0;
  std::uint64_t scrapes = 0;
  std::uint64_t denied = 0;
  std::uint64_t announces_banned = 0;  // of the denied
  std::uint64_t answers_banned = 0;
  std::uint64_t memberships_banned = 0;   // ended by a new ban
  std::uint64_t memberships_revoked = 0;  // ended since the tenant does not serve them any more
  std::array<std::uint64_t, error_count + 1> failures{};  // by errc; [0]: the operator's own text
};

/// What all tracker conversations of a core share.
struct tracker_scope : rights_scope {
  dialect* speech;  // never null
  shard_port& shards;
  tracker_limits limits;
  random_source random;
  tracker_counts counts{};
  std::vector<tagged_offer> offers{};   // scratch of one announce
  std::uint16_t intervals_version = 1;  // another one when use() brings other intervals; never 0

  /// From the next message on these hold for every conversation of the core.
  void use(tracker_limits changed);
};

class tracker_conversation final : public conversation {
 public:
  /// @param scope  of the session's core; outlives the conversation.
  /// @param who    as whose client it speaks.
  tracker_conversation(tracker_scope& scope, session_ref self, newcomer who = {});
  ~tracker_conversation() override;

  heard on_message(websocket::opcode type, std::string_view text, core_time now,
                   std::string& out) override;
  request on_event(session_message const& what, core_time now, std::string& out) override;
  void on_life(core_time now) override;
  void prefetch() const override;
  [[nodiscard]] std::optional<websocket::close_code> on_rules() override;
  [[nodiscard]] core_time next_deadline() const override;
  [[nodiscard]] std::optional<websocket::close_code> on_tick(core_time now) override;
  void on_close(ending how) override;
  [[nodiscard]] talk_facts facts() const override;
  [[nodiscard]] std::optional<membership_facts> facts_of(swarm_id const& swarm,
                                                         peer_id const& peer) const override;

 private:
  struct membership {
    swarm_id swarm;
    peer_id peer;
    bool operator==(membership const&) const = default;
  };
  struct joined {
    membership of;
    coarse_time since{};
    coarse_time announced{};  // last
    std::uint32_t offers_received = 0;
    std::uint32_t offers_answered = 0;  // of them
  };
  static_assert(sizeof(joined) == 60, "up to limits.memberships_max a connection");
  struct probe {
    membership of;
    core_time deadline;
  };
  struct pending_scrape {
    std::uint32_t request;
    std::uint32_t outstanding;  // results that have not come yet
    bool all;                   // entries are appended rather than filled in
    std::vector<scrape_entry> entries;
  };
  /// What few connections need.
  struct rarely {
    std::vector<probe> probes;            // at most one per membership; by deadline
    std::vector<pending_scrape> scrapes;  // at most limits.scrapes_max
    std::vector<swarm_id> denied;         // swarms that were told, the newest denied_told_max
    std::uint32_t scrape_requests = 0;
    std::unique_ptr<slot_index> places;  // of memberships_, once they are more than a few
  };

  void handle(dialect::decoded const& said, core_time now, std::string& out);
  void handle(announce const& what, core_time now, std::string& out);
  void handle(answer const& what, core_time now);
  void handle(scrape const& what, std::string& out);
  void refuse(swarm_id const& swarm, peer_id const& peer, std::string_view why, std::string& out);
  void prepare_offers(announce const& what, grant const* by);
  [[nodiscard]] refusal_rules const& refusal() const;
  void end_membership(swarm_id const& swarm, peer_id const& peer);
  void deliver(reply_message const& what, std::string& out);
  void deliver(scrape_result const& what, std::string& out);
  void forget(membership which);

  [[nodiscard]] bool remember(membership const& which, grant const* by, core_time now);
  [[nodiscard]] std::vector<joined>::iterator find(membership const& which) {
    return memberships_.begin() + static_cast<std::ptrdiff_t>(position_of(which));
  }
  /// memberships_.size() if it is none of them.
  [[nodiscard]] std::size_t position_of(membership const& which) const;
  [[nodiscard]] std::uint64_t hash_of(membership const& which) const;
  void index_last();
  [[nodiscard]] std::chrono::seconds interval_for(peer_id const& peer);
  void fail(failure const& what, std::string& out);
  void say(event const& what, std::string& out);
  rarely& extra();

  tracker_scope& scope_;
  session_ref self_;
  client_rights rights_;
  bool served_ = false;               // a swarm of this connection was allowed
  std::uint16_t interval_of_ = 0;     // the scope's intervals_version that interval_ is from
  std::chrono::seconds interval_{0};  // fixed at the first announce, and anew after a reload
  std::vector<joined> memberships_;   // at most limits.memberships_max
  std::unique_ptr<rarely> rarely_;
};

}  // namespace waggle
