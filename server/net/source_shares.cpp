// SPDX-License-Identifier: Apache-2.0
#include "server/net/source_shares.hpp"

#include "server/session/client_address.hpp"

#include <string_view>

namespace waggle::net {

source_shares::source_shares(share_limits const& limits, std::size_t places, hash_seed const& seed)
    : limits_(limits),
      seed_(seed),
      all_(core_time{0}),
      shares_(places, token_bucket{core_time{0}}) {}

bool source_shares::take(ip_address const& source, core_time now) {
  auto const key = counting_key(source);
  auto const& bytes = key.bytes();
  auto const hash =
      key_digest(seed_)
          .add(std::string_view{reinterpret_cast<char const*>(bytes.data()), bytes.size()})
          .finish();
  auto& share = shares_[(hash >> 32U) % shares_.size()];
  share.refill(now, limits_.source.per_second);
  all_.refill(now, limits_.all.per_second);
  bool const of_source = limits_.source.per_second == 0 || share.has(1, limits_.source);
  bool const of_all = limits_.all.per_second == 0 || all_.has(1, limits_.all);
  if (!of_source || !of_all) return false;
  if (limits_.source.per_second != 0) share.take(1);
  if (limits_.all.per_second != 0) all_.take(1);
  return true;
}

}  // namespace waggle::net
