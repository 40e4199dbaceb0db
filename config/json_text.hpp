// SPDX-License-Identifier: Apache-2.0
// The text of a configuration file: JSON with // and /* */ comments. Syntax only. Pure.
#pragma once

#include "config/problem.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace waggle {

/// Nesting of a configuration is three levels; the bound is for what is none.
inline constexpr std::size_t config_depth_max = 16;

/// Reads `text`. Syntax errors, nesting past the bound and keys given twice go to `problems`, with
/// `source` and the line. Never throws for the content.
/// @return the value, or nothing if the text has no usable one.
[[nodiscard]] std::optional<nlohmann::json> parse_config_text(std::string const& source,
                                                              std::string_view text,
                                                              problem_list& problems);

}  // namespace waggle
