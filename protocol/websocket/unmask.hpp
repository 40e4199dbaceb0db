// SPDX-License-Identifier: Apache-2.0
// The masking of RFC 6455 §5.3, in place. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace waggle::websocket {

using mask_key = std::array<char, 4>;  // in the order of the wire

/// XORs `bytes` with `mask`; masking and unmasking are the same. Any alignment, many bytes at a
/// time.
/// @param payload_offset  where `bytes` begins within the payload of its frame.
void unmask(std::span<char> bytes, mask_key const& mask, std::size_t payload_offset);

}  // namespace waggle::websocket
