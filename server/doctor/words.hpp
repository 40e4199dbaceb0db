// SPDX-License-Identifier: Apache-2.0
// Figures and foreign text as people read them. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace waggle::doctor {

using clock = std::chrono::steady_clock;

/// "0.4 ms", "12 ms", "3.2 s"
[[nodiscard]] std::string milliseconds_text(clock::duration time);

/// "10.0 s"
[[nodiscard]] std::string seconds_text(clock::duration time);

/// "30 s", "1.5 s": of what somebody set.
[[nodiscard]] std::string whole_seconds_text(std::chrono::milliseconds time);

/// "1 check", "3 checks"
[[nodiscard]] std::string counted(std::size_t number, std::string_view what);

/// "2026-11-23"
[[nodiscard]] std::string date_text(std::chrono::system_clock::time_point when);

/// Without control characters, so that a server cannot write to the terminal of who asks it.
[[nodiscard]] std::string one_line(std::string text);

/// The first line of a foreign text, at most 80 bytes of it.
[[nodiscard]] std::string excerpt(std::string_view text);

}  // namespace waggle::doctor
