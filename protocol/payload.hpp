// SPDX-License-Identifier: Apache-2.0
// A body that is carried, not understood: the raw text of one JSON value, as the sender wrote it.
#pragma once

#include <string_view>

namespace waggle {

/// One complete, checked JSON value (object, string, ...) byte for byte as received, without
/// surrounding white space. It is spliced into outgoing messages and never rebuilt, because
/// clients encrypt or sign what is inside (Trystero encrypts the SDP).
///
/// A payload is a view. It is valid while the message it was cut from is being handled; who keeps
/// it longer (a mailbox, a queue) copies the bytes.
struct payload {
  std::string_view json;

  [[nodiscard]] constexpr bool empty() const { return json.empty(); }
  bool operator==(payload const&) const = default;
};

}  // namespace waggle
