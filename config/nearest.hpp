// SPDX-License-Identifier: Apache-2.0
// Finds what a misspelt word probably meant. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace waggle {

/// Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other
/// (the "optimal string alignment" distance).
[[nodiscard]] std::size_t edit_distance(std::string_view from, std::string_view to);

/// The candidate with the smallest distance, the first of equals. `candidates` must not be empty.
[[nodiscard]] std::string const& nearest(std::string_view word,
                                         std::span<std::string const> candidates);

}  // namespace waggle
