// SPDX-License-Identifier: Apache-2.0
// What is said of a link between two peers, by whoever speaks of it. Plain values.
#pragma once

#include <cstdint>

namespace waggle::native {

/// A link as the wire numbers it: below 2^53, and not used again for a while.
using link_number = std::uint64_t;
inline constexpr link_number link_number_max = (link_number{1} << 53U) - 1;

/// What one end says to the other.
enum class relay_kind : std::uint8_t { offer, answer, ice };

/// Over which kind of candidates a link has opened.
enum class path : std::uint8_t { unknown, host, srflx, prflx, relay };

/// Why a link never opened, by the end that gave up.
enum class failure : std::uint8_t { other, timeout, ice, dtls, refused };

/// Why a link is over, to an end that did not end it.
enum class ending : std::uint8_t { closed, failed, timeout, left, gone };

}  // namespace waggle::native
