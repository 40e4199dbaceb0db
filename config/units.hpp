// SPDX-License-Identifier: Apache-2.0
// Durations and sizes as people write them: "250ms", "25s", "2m", "1h"; "64KiB", "8MiB". Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waggle {

/// Reads a number with a unit of ms, s, m or h; fractions allowed, rounded to milliseconds.
/// What is far too long becomes a very long duration, so that a bound can refuse it.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The same for a bare number of seconds. Nothing for infinities and NaN.
[[nodiscard]] std::optional<std::chrono::milliseconds> duration_of_seconds(double seconds);

/// Reads a whole number, alone or with a unit of B, KiB, MiB, GiB or TiB. Saturates.
[[nodiscard]] std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// The shortest exact form that parse_duration() reads; minutes only from five on ("90s", "30m").
[[nodiscard]] std::string format_duration(std::chrono::milliseconds value);

/// The shortest exact form that parse_bytes() reads.
[[nodiscard]] std::string format_bytes(std::uint64_t value);

}  // namespace waggle
