// SPDX-License-Identifier: Apache-2.0
// The conversation of a tracker client: commands become messages to the shards that own the swarms,
// their answers become text. Keeps what must be undone when the connection ends. Pure.
#pragma once

#include "protocol/dialect.hpp"
#include "protocol/error.hpp"
#include "server/core/access.hpp"
#include "server/core/ban_list.hpp"
#include "server/core/coarse_time.hpp"
#include "server/core/placement.hpp"
#include "server/core/random.hpp"
#include "server/session/conversation.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace waggle {

/// How a swarm that is not served here is refused (docs/protocol/webtorrent.md#refusal).
enum class refusal_mode : std::uint8_t {
  quiet,    // a normal reply with counts 0 and, once, a warning
  failure,  // one failure, then silence
};

struct tracker_limits {
  std::uint32_t memberships_max =
      512;                        // of one connection; past it a peer is served, not remembered
  std::uint32_t scrapes_max = 4;  // in flight per connection
  std::chrono::seconds interval_min{54};
  std::chrono::seconds interval_max{60};    // hidden tabs run timers once a minute: never above
  std::chrono::seconds interval_other{20};  // peer ids that do not begin with '-' (Trystero)
  std::chrono::milliseconds probe_deadline{10'000};
  std::chrono::milliseconds member_ttl{150'000};  // no membership ages out sooner
  bool scrape_all = false;
  refusal_mode refusal = refusal_mode::quiet;
  std::chrono::seconds denied_interval{1800};  // while no swarm of the connection is served
  std::string warning{reason(errc::swarm_denied)};

  bool operator==(tracker_limits const&) const = default;
};

/// The way to the shards; delivers after the call has returned, or later.
class shard_port {
 public:
  shard_port() = default;
  shard_port(shard_port const&) = delete;
  shard_port& operator=(shard_port const&) = delete;
  virtual ~shard_port() = default;

  /// Views in `what` need to live for the duration of the call only.
  virtual void send(std::uint16_t core, shard_message const& what) = 0;
};

/// What happened in the conversations of a core; only grows.
struct tracker_counts {
  std::array<std::uint64_t, 4> announces{};  // by announce_event
  std::uint64_t answers = 0;
  std::uint64_t scrapes = 0;
  std::uint64_t denied = 0;
  std::uint64_t announces_banned = 0;  // of the denied
  std::uint64_t answers_banned = 0;
  std::uint64_t memberships_banned = 0;                   // ended by a new ban
  std::array<std::uint64_t, error_count + 1> failures{};  // by errc; [0]: the operator's own text
};

/// What all tracker conversations of a core share.
struct tracker_scope {
  dialect* speech;  // never null
  shard_port& shards;
  placement where;
  tracker_limits limits;
  std::shared_ptr<access_policy const> access;
  random_source random;
  tracker_counts counts{};
  std::vector<tagged_offer> offers{};   // scratch of one announce
  std::uint16_t intervals_version = 1;  // another one when use() brings other intervals; never 0

  /// From the next message on these hold for every conversation of the core.
  void use(tracker_limits changed, std::shared_ptr<access_policy const> rules);
  std::shared_ptr<ban_list const> bans = std::make_shared<ban_list const>();  // never null
};

class tracker_conversation final : public conversation {
 public:
  /// @param scope  of the session's core; outlives the conversation.
  tracker_conversation(tracker_scope& scope, session_ref self) : scope_(scope), self_(self) {}
  ~tracker_conversation() override;

  void on_message(websocket::opcode type, std::string_view text, core_time now,
                  std::string& out) override;
  request on_event(session_message const& what, core_time now, std::string& out) override;
  void on_life(core_time now) override;
  void on_rules() override;
  [[nodiscard]] core_time next_deadline() const override;
  [[nodiscard]] std::optional<websocket::close_code> on_tick(core_time now) override;
  void on_close() override;
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
  static_assert(sizeof(joined) == 56, "up to limits.memberships_max a connection");
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
  };

  void handle(announce const& what, core_time now, std::string& out);
  void handle(answer const& what);
  void handle(scrape const& what, std::string& out);
  void refuse(announce const& what, std::string_view why, std::string& out);
  void end_membership(swarm_id const& swarm, peer_id const& peer);
  void deliver(reply_message const& what, std::string& out);
  void deliver(scrape_result const& what, std::string& out);
  void forget(membership which);

  [[nodiscard]] bool serves(swarm_id const& swarm) const;
  [[nodiscard]] bool bans(swarm_id const& swarm, peer_id const& peer) const;
  [[nodiscard]] bool remember(membership const& which, core_time now);
  [[nodiscard]] std::vector<joined>::iterator find(membership const& which);
  [[nodiscard]] std::chrono::seconds interval_for(peer_id const& peer);
  void fail(failure const& what, std::string& out);
  void say(event const& what, std::string& out);
  rarely& extra();

  tracker_scope& scope_;
  session_ref self_;
  bool served_ = false;               // a swarm of this connection was allowed
  std::uint16_t interval_of_ = 0;     // the scope's intervals_version that interval_ is from
  std::chrono::seconds interval_{0};  // fixed at the first announce, and anew after a reload
  std::vector<joined> memberships_;   // at most limits.memberships_max
  std::unique_ptr<rarely> rarely_;
};

}  // namespace waggle
