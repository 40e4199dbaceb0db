// SPDX-License-Identifier: Apache-2.0
// What a checked JSON number says to somebody who counts things. Pure.
#pragma once

#include "protocol/json/value.hpp"

#include <cstdint>
#include <optional>

namespace waggle::json {

/// A number of things there can be: `left`, in BEP 3 terms.
/// @return the value rounded up, so that it is 0 only for zero (-0 and 0.0 included), and at most
///         the largest std::uint64_t; nothing for a negative number or a value of another kind.
[[nodiscard]] std::optional<std::uint64_t> amount(value const& from);

/// A count in the strict sense: like amount(), but nothing for a number with a fraction or one that
/// JavaScript reads as infinite. 5.0 and 5e0 are whole.
[[nodiscard]] std::optional<std::uint64_t> whole_amount(value const& from);

}  // namespace waggle::json
