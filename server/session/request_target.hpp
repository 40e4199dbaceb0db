// SPDX-License-Identifier: Apache-2.0
// What the target of a request tells of its client: the tenant in its path, the token in its query.
// Everything else in it is the client's business. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waggle {

struct request_target {
  std::optional<std::string_view>
      tenant{};         // of "/t/NAME" and "/t/NAME/..."; a view into the target
  std::string token{};  // percent-decoded; empty: none was given
};

/// The token is the parameter `token`; where the path ends in "/peerjs" it is `key`, since PeerJS
/// clients put a token of their own making into `token`. Of several the first counts.
[[nodiscard]] request_target parse_target(std::string_view target);

}  // namespace waggle
