// SPDX-License-Identifier: Apache-2.0
// How often each source may ask for something that costs little, but not nothing: a table that
// never grows. Sources whose seeded hashes meet share what one may have. Pure; one thread.
#pragma once

#include "protocol/ip_address.hpp"
#include "server/core/keyed_hash.hpp"
#include "server/core/token_bucket.hpp"

#include <cstddef>
#include <vector>

namespace waggle::net {

struct share_limits {
  bucket_limits all{};     // per_second 0: no limit
  bucket_limits source{};  // of one address, of IPv6 one /64; likewise

  bool operator==(share_limits const&) const = default;
};

class source_shares {
 public:
  /// @param places  of the table, 16 bytes each.
  /// @param seed    secret: sources choose their addresses.
  source_shares(share_limits const& limits, std::size_t places, hash_seed const& seed);

  /// Takes one request, if there is one left.
  [[nodiscard]] bool take(ip_address const& source, core_time now);

 private:
  share_limits limits_;
  hash_seed seed_;
  token_bucket all_;
  std::vector<token_bucket> shares_;
};

}  // namespace waggle::net
