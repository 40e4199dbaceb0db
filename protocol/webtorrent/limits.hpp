// SPDX-License-Identifier: Apache-2.0
// The bounds of one message of the WebTorrent dialect. Plain values.
#pragma once

#include <cstddef>

namespace waggle::webtorrent {

struct limits {
  std::size_t offers_max = 20;           // valid offers kept of one announce; the rest is skipped
  std::size_t offer_id_bytes_max = 256;  // of an offer_id once decoded; clients use 20 to 40
  std::size_t scrape_hashes_max = 256;   // info_hash values in one scrape; past it a failure
  std::size_t json_depth_max = 32;       // open arrays and objects; clients need 4; 64 at most

  bool operator==(limits const&) const = default;
};

}  // namespace waggle::webtorrent
