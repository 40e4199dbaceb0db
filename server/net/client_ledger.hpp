// SPDX-License-Identifier: Apache-2.0
// How many connections each tenant and each token has, over all cores: whoever is let in holds a
// pass, and the counts fall as the pass goes. Any thread; each mutex is named with what it guards.
#pragma once

#include "protocol/ids.hpp"
#include "server/core/grant.hpp"
#include "server/core/keyed_hash.hpp"
#include "server/core/tenant_quota.hpp"
#include "server/session/admission_reason.hpp"
#include "server/session/token_gate.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace waggle::net {

class client_ledger final : public tenant_ledger, public token_seats {
 public:
  /// A place among the connections of a tenant and, if it came with one, of a token.
  class pass {
   public:
    pass() = default;

   private:
    friend class client_ledger;
    struct leave_tenant {
      void operator()(tenant_usage* of) const;
    };
    struct token_place final : token_seat {
      token_place(client_ledger& its_ledger, token_id const& its_token)
          : of(its_ledger), token(its_token) {}
      token_place(token_place const&) = delete;
      token_place& operator=(token_place const&) = delete;
      ~token_place() override { of.leave(token); }

      client_ledger& of;
      token_id token;
    };

    std::unique_ptr<tenant_usage, leave_tenant> tenant_;
    std::unique_ptr<token_place> token_;  // of few: most come without
  };

  struct entered {
    std::optional<admission_reason> over{};  // token_connections, tenant_connections
    pass held{};
  };

  /// @param seed  secret: clients may choose what their tokens are called.
  explicit client_ledger(hash_seed const& seed);

  /// Counts a connection, also one that is one too many: whoever refuses it drops the pass. O(1).
  /// The ledger outlives the pass.
  /// @param token  null: it came without.
  [[nodiscard]] entered enter(tenant_id tenant, std::uint32_t connections_max, grant const* token);

  /// Of a token that came later than its connection; refused by it, not only counted.
  [[nodiscard]] std::unique_ptr<token_seat> take(grant const& with) override;

  [[nodiscard]] tenant_usage& of(tenant_id which) override;
  /// For other digests of what clients choose.
  [[nodiscard]] hash_seed const& seed() const { return seed_; }
  /// Connections that the token has.
  [[nodiscard]] std::uint32_t connections_of(token_id const& token) const;

 private:
  struct stripe {
    explicit stripe(hash_seed const& seed) : connections(0, keyed_hasher{seed}) {}

    mutable std::mutex mutex;  // guards what follows
    std::unordered_map<token_id, std::uint32_t, keyed_hasher> connections;
  };

  /// @return connections of the token, this one among them.
  std::uint32_t enter(token_id const& token);
  void leave(token_id const& token);
  [[nodiscard]] stripe& stripe_of(token_id const& token) const;

  hash_seed seed_;
  std::mutex tenants_mutex_;  // guards tenants_, but not the numbers in it
  std::unordered_map<tenant_id, std::unique_ptr<tenant_usage>> tenants_;  // of all times
  std::array<std::unique_ptr<stripe>, 16> stripes_;
};

}  // namespace waggle::net
