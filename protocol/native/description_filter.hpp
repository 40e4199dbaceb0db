// SPDX-License-Identifier: Apache-2.0
// Takes the addresses that a tenant's ICE policy withholds out of what two native peers say to each
// other: whole descriptions, compact ones, lists of candidates. The result is rebuilt from what the
// text means. Pure; one a core.
#pragma once

#include "protocol/native/link.hpp"
#include "protocol/sdp/description_filter.hpp"
#include "protocol/sdp/ice_policy.hpp"

#include <string>
#include <string_view>

namespace waggle::native {

/// Keeps its memory from one description to the next.
class description_filter {
 public:
  /// @param body  one JSON value, checked: an object, array or string, as the kind asks for.
  /// @param out   is replaced; what is relayed if the outcome is `filtered`.
  /// @return opaque for a string, which only the peers understand; malformed: not to be relayed.
  [[nodiscard]] sdp::outcome apply(relay_kind kind, std::string_view body, sdp::ice_filter which,
                                   std::string& out);

 private:
  [[nodiscard]] sdp::outcome apply_to_compact(std::string_view body, sdp::ice_filter which,
                                              std::string& out);
  [[nodiscard]] bool append_candidates(std::string_view list, sdp::ice_filter which,
                                       std::string& out);

  sdp::description_filter whole_;
  std::string decoded_;
  std::string kept_;
};

}  // namespace waggle::native
