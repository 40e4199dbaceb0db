// SPDX-License-Identifier: Apache-2.0
// RFC 4648 section 5 without padding, for ids and secrets of a few bytes. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace waggle::native {

[[nodiscard]] bool is_base64url(char c);

void append_base64url(std::span<std::uint8_t const> bytes, std::string& out);

/// @return false unless `text` is the canonical form of exactly out.size() bytes.
[[nodiscard]] bool read_base64url(std::string_view text, std::span<std::uint8_t> out);

}  // namespace waggle::native
