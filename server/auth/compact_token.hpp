// SPDX-License-Identifier: Apache-2.0
// The three parts of a token in compact form (RFC 7515 section 7.1), and its header. Believed for
// nothing but the choice of a key. Inside server/auth only.
#pragma once

#include "protocol/token_claims.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace waggle::auth {

/// Views into the token, and what two of them say.
struct compact_token {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  // header.payload
  std::string header_text;
  std::string payload_text;
};

/// Nothing unless there are exactly three parts of base64url within the limit, none of them empty.
[[nodiscard]] std::optional<compact_token> split_token(std::string_view token,
                                                       token_limits const& limits);

struct token_header {
  std::string algorithm;
  std::optional<std::string> kid;
};

/// Nothing where it is broken, or asks for what we do not do: `crit` (RFC 7515 section 4.1.11),
/// `b64` (RFC 7797), a token within the token (`cty`, RFC 7519 section 5.2), encryption or
/// compression. Keys that it brings along (`jwk`, `jku`, `x5c`) are not looked at.
[[nodiscard]] std::optional<token_header> read_header(std::string_view text,
                                                      token_limits const& limits);

}  // namespace waggle::auth
