// SPDX-License-Identifier: Apache-2.0
// The digests that clients make info hashes of, by OpenSSL. They name swarms and protect nothing:
// both are broken as signatures. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace waggle::content {

using md5_digest = std::array<std::uint8_t, 16>;
using sha1_digest = std::array<std::uint8_t, 20>;

/// Nothing where OpenSSL refuses the algorithm, as it does with MD5 under a FIPS policy.
[[nodiscard]] std::optional<md5_digest> md5(std::string_view text);
[[nodiscard]] std::optional<sha1_digest> sha1(std::string_view text);

/// RFC 4648 section 4, padded.
[[nodiscard]] std::string base64(std::span<std::uint8_t const> bytes);

}  // namespace waggle::content
