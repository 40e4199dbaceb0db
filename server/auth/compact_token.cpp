// SPDX-License-Identifier: Apache-2.0
#include "server/auth/compact_token.hpp"

#include "server/auth/jose_library.hpp"

#include <algorithm>
#include <array>

namespace waggle::auth {

std::optional<compact_token> split_token(std::string_view token, token_limits const& limits) {
  if (token.size() > limits.token_bytes_max) return std::nullopt;
  auto const first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  auto const second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  compact_token parts{.header = token.substr(0, first),
                      .payload = token.substr(first + 1, second - first - 1),
                      .signature = token.substr(second + 1),
                      .signed_text = token.substr(0, second)};
  if (parts.header.empty() || parts.payload.empty() || parts.signature.empty()) return std::nullopt;
  // A further dot is no base64url.
  auto header = decode_base64url(parts.header);
  auto payload = decode_base64url(parts.payload);
  if (!header || !payload || !decode_base64url(parts.signature)) return std::nullopt;
  parts.header_text = std::move(*header);
  parts.payload_text = std::move(*payload);
  return parts;
}

std::optional<token_header> read_header(std::string_view text, token_limits const& limits) {
  auto const header = parse_json(text);
  if (!json_is_object(header.get())) return std::nullopt;
  constexpr std::array refused{"crit", "b64", "cty", "enc", "zip"};
  for (auto const* name : refused) {
    if (json_object_get(header.get(), name) != nullptr) return std::nullopt;
  }
  auto const algorithm = text_of(json_object_get(header.get(), "alg"));
  if (!algorithm) return std::nullopt;
  token_header read{.algorithm = std::string{*algorithm}};
  if (auto const* named = json_object_get(header.get(), "kid")) {
    auto const kid = text_of(named);
    if (!kid || kid->empty() || kid->size() > limits.name_bytes_max) return std::nullopt;
    read.kid = *kid;
  }
  return read;
}

}  // namespace waggle::auth
