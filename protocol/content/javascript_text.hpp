// SPDX-License-Identifier: Apache-2.0
// Texts as JavaScript makes them, where a client hashes them and a byte of difference is another
// swarm. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waggle::content {

/// String.prototype.toLowerCase() for the Latin, Greek, Cyrillic and Armenian letters; others stay.
/// Bytes that are no UTF-8 stay, too.
[[nodiscard]] std::string lower_case(std::string_view text);

/// What String.prototype.trim() takes away of spaces and no-break spaces.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The text of a number that is neither huge nor tiny: 30 is "30", 29.970 is "29.97".
[[nodiscard]] std::string number_text(double number);

/// The number that a text of digits with at most one point in them is.
[[nodiscard]] std::optional<double> number_in(std::string_view text);

}  // namespace waggle::content
