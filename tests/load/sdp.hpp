// SPDX-License-Identifier: Apache-2.0
// Session descriptions as browsers make them for a data channel, escaped for JSON: the same texts
// in every process, so that whoever receives one knows what it must be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace waggle::load {

inline constexpr std::size_t sdp_texts = 16;

/// 400 to 2,500 bytes, 1,450 on the average. @param which  taken modulo sdp_texts.
[[nodiscard]] std::string_view sdp_text(std::size_t which);

}  // namespace waggle::load
