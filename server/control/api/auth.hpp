// SPDX-License-Identifier: Apache-2.0
// Who may use the admin API. Pure, apart from reading the file that holds the token.
#pragma once

#include "server/control/api/problem.hpp"
#include "server/control/http.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::api {

/// A proof of authority, or why there is none.
struct verdict {
  std::string_view actor;  // "token" or "loopback", for the audit log; static storage
  std::optional<problem> refused;
};

class authority {
 public:
  /// @param token     empty: there is none.
  /// @param loopback  whether only this machine can connect.
  authority(std::string_view token, bool loopback);

  /// Without a token the API exists for this machine only.
  [[nodiscard]] bool reachable() const { return digest_.has_value() || loopback_; }

  /// 401 without the token; 403 where there is none, and the request was written for another name
  /// than that of this machine: a page of the web got it here by DNS (rebinding).
  [[nodiscard]] verdict judge(http_request const& request) const;

 private:
  using digest = std::array<std::uint8_t, 32>;

  [[nodiscard]] static digest digest_of(std::string_view token);

  std::optional<digest> digest_;  // of the token, which is not kept
  bool loopback_;
};

/// "localhost", "127.0.0.1:8001", "[::1]".
[[nodiscard]] bool names_loopback(std::string_view host);

/// The token of the settings: `token` itself, or what `file` holds, without its last newline.
struct token_source {
  std::string token;
  std::string file;
};
struct token_read {
  std::string token;
  std::string problem;  // names the file; empty: all is well
};
[[nodiscard]] token_read read_token(token_source const& from);

}  // namespace waggle::api
