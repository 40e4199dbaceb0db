// SPDX-License-Identifier: Apache-2.0
// What a client may do, whatever dialect it speaks: its tenant, its tokens, bans, shares and the
// ICE policy. Part of each conversation. Pure; one core only.
#pragma once

#include "protocol/payload.hpp"
#include "protocol/sdp/description_filter.hpp"
#include "protocol/websocket/close_code.hpp"
#include "server/core/ban_list.hpp"
#include "server/core/grant.hpp"
#include "server/core/message.hpp"
#include "server/core/placement.hpp"
#include "server/core/tenant_directory.hpp"
#include "server/core/token_bucket.hpp"
#include "server/session/token_gate.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace waggle {

/// Of one connection, beside the token of its handshake.
struct shown_limits {
  std::uint32_t tokens_max = 16;     // remembered
  std::uint32_t checks_max = 1'000;  // further tokens are no good
};

/// Over all clients of a core; only grows.
struct rights_counts {
  std::uint64_t over_tenant_quota = 0;  // messages that were not acted on
  std::uint64_t descriptions_filtered = 0;
  std::uint64_t descriptions_withheld = 0;
};

/// By what the conversations of a core judge their clients.
struct rights_scope {
  placement where;
  std::shared_ptr<tenant_directory const> tenants;  // never null
  token_gate const* tokens = nullptr;               // null: nobody can look at tokens
  token_seats* seats = nullptr;  // null: nobody counts those that come in messages
  std::shared_ptr<ban_list const> bans = std::make_shared<ban_list const>();  // never null
  shown_limits shown{};
  rights_counts judged{};
  std::unordered_map<tenant_id, token_bucket> spent{};  // of tenants with a limit
  sdp::description_filter filter{};
  std::string filtered{};  // scratch of one description
};

class client_rights {
 public:
  /// By which token a swarm is served.
  struct service {
    bool served = false;
    grant const* by = nullptr;  // null: by none, or it is not served
  };

  /// @param scope  of the session's core; outlives the conversation.
  client_rights(rights_scope& scope, newcomer who);
  ~client_rights();
  client_rights(client_rights const&) = delete;
  client_rights& operator=(client_rights const&) = delete;

  /// Looks at a token that came in a message; good ones count from then on.
  void show(std::string_view token);

  /// Takes so many messages of what the tenant may say in a while; false: there are none left.
  [[nodiscard]] bool take_share(std::uint64_t messages, core_time now);

  /// Applies the tenant's ICE policy; `body` then shows the scratch of the core.
  /// @param address_tag  of the sender.
  /// @return false: it may not be relayed.
  [[nodiscard]] bool filter(payload& body, std::uint32_t address_tag);

  /// What clients may do has changed: tokens that are banned are no good any more.
  /// @return why the connection must be closed, if it must.
  [[nodiscard]] std::optional<websocket::close_code> apply_rules();

  /// The same swarm, of the tenant whose client this is.
  [[nodiscard]] swarm_id own(swarm_id swarm) const;
  [[nodiscard]] service serves(swarm_id const& swarm) const;
  [[nodiscard]] bool bans(swarm_id const& swarm, peer_id const& peer) const;
  /// Swarms that the connection may be in, `most` at most.
  [[nodiscard]] std::uint32_t memberships_max(std::uint32_t most, grant const* by) const;
  /// Null: the tenant is gone, and nothing is served.
  [[nodiscard]] tenant_policy const* policy() const;
  /// What is withheld of what comes from `address_tag`; nothing: all of it is relayed.
  [[nodiscard]] std::optional<sdp::ice_filter> withheld_from(std::uint32_t address_tag) const;
  [[nodiscard]] client_standing const& standing() const { return standing_; }
  /// Of the handshake; null: it showed none.
  [[nodiscard]] grant const* token() const { return standing_.token.get(); }

 private:
  /// A token that came in a message.
  struct shown_token {
    std::uint64_t text;                    // its digest
    std::shared_ptr<grant const> granted;  // null: it is no good
    std::shared_ptr<token_seat> seat;      // of one that is good; others of its name share it
  };
  /// What few connections need.
  struct rarely {
    std::vector<shown_token> tokens;  // the newest shown.tokens_max
    std::string origin;               // of the page, where the tenant has keys
    std::uint32_t checks = 0;
  };

  [[nodiscard]] bool seat(shown_token& shown) const;
  rarely& extra();

  rights_scope& scope_;
  client_standing standing_;
  std::unique_ptr<rarely> rarely_;
};

}  // namespace waggle
