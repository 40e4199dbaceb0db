// SPDX-License-Identifier: Apache-2.0
// What a verified token says about its holder (RFC 7519 and claims of our own), and the name under
// which it is counted and revoked. Pure values: who signed it is for server/auth to find out.
#pragma once

#include "protocol/ids.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

/// What a token may hold at most; one with more is refused, never cut.
struct token_limits {
  std::size_t token_bytes_max = 4096;  // of the whole text
  std::size_t name_bytes_max = 256;    // of tid, jti, sub, iss, kid, and each of aud
  std::size_t audiences_max = 16;
  std::size_t swarms_max = 128;
  std::size_t swarm_bytes_max = 512;
  std::size_t origins_max = 32;
  std::size_t origin_bytes_max = 256;
};

/// Limits that a token sets (`cap`); nothing where it says nothing.
struct token_caps {
  std::optional<std::uint32_t> connections;  // that hold this token at the same time
  std::optional<std::uint32_t> swarms;       // memberships of each connection
  std::optional<std::uint32_t> offers;       // relayed for each announce

  bool operator==(token_caps const&) const = default;
};

/// No string holds control characters, so that each may be shown as it is.
struct token_claims {
  std::chrono::sys_seconds expires{};                    // exp
  std::optional<std::chrono::sys_seconds> not_before;    // nbf
  std::string issuer;                                    // iss; empty: not said
  std::vector<std::string> audiences;                    // aud
  std::string id;                                        // jti; empty: not said
  std::string subject;                                   // sub; empty: not said
  std::string tenant;                                    // tid; empty: not said
  std::optional<std::vector<std::string>> swarms;        // swm; absent: all, empty: none
  std::optional<std::vector<std::string>> origin_globs;  // org; likewise
  token_caps caps;                                       // cap

  bool operator==(token_claims const&) const = default;
};

/// Whether `swm` lets its holder into a swarm: an entry is its exact name, or a prefix and `*`.
/// Which of its names a swarm goes by here (hexadecimal digits, a name of the registry) is for the
/// caller to say; letters are told apart by case.
[[nodiscard]] bool allows_swarm(token_claims const& claims, std::string_view name);

}  // namespace waggle
