// SPDX-License-Identifier: Apache-2.0
// Takes the addresses that a tenant's ICE policy withholds out of an offer or an answer. The result
// is rebuilt from what the text means, so that no spelling of it gets past. Pure; one a core.
#pragma once

#include "protocol/sdp/ice_policy.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace waggle::sdp {

enum class outcome : std::uint8_t {
  unchanged,  // the body was already what it becomes
  filtered,   // the body became another text
  opaque,     // no session description that could be read: encrypted, or none at all
  malformed,  // one that a browser might take in a way nobody means; not to be relayed
};

/// Keeps its memory from one description to the next: three times the longest body at most.
class description_filter {
 public:
  /// Reads {"type":"offer","sdp":"v=0..."} in any JSON spelling, and writes it with these two
  /// members only, in that order: every line in canonical form, without candidates that `which`
  /// withholds and without other addresses. O(body); the result is at most twice as long as the
  /// body.
  ///
  /// Not to be relayed under ice_filter::relay_only: opaque. Not at all: malformed.
  ///
  /// @param body  one JSON value, checked or not.
  /// @param out   is replaced; empty where nothing could be written.
  [[nodiscard]] outcome apply(std::string_view body, ice_filter which, std::string& out);

 private:
  std::string decoded_;
  std::string kept_;
};

}  // namespace waggle::sdp
