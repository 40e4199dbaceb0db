// SPDX-License-Identifier: Apache-2.0
// One setting and its JSON value: reading with all checks, writing, and telling what would be
// right. The text of the environment and of flags takes the same path, as a JSON value. Pure.
#pragma once

#include "config/fields.hpp"

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string>
#include <vector>

namespace waggle {

/// Sets `which` in `all`. On a problem nothing is set.
/// @return what is wrong with `value`, one line each; empty if nothing is.
[[nodiscard]] std::vector<std::string> assign(field const& which, settings& all,
                                              nlohmann::json const& value);

/// What the environment or a flag says, as the configuration file would say it: lists are split at
/// commas, numbers and booleans are recognised where `which` wants them. Of several texts for a
/// setting that is no list, the last counts.
[[nodiscard]] nlohmann::json value_of_text(field const& which, std::span<std::string const> texts);

/// The value of `which` in `all`, in the form that assign() reads.
[[nodiscard]] nlohmann::json value_in(settings const& all, field const& which);

/// The same for people and logs: "***" where it is secret and set.
[[nodiscard]] nlohmann::json printable(settings const& all, field const& which);

/// "100ms..10m", "0..256", "open, allow or deny", ...
[[nodiscard]] std::string bounds_text(field const& which);

/// What assign() takes: "a whole number", "true or false", ...
[[nodiscard]] std::string expected_text(field const& which);

/// `value` on one line, short, printable ASCII.
[[nodiscard]] std::string shown(nlohmann::json const& value);

}  // namespace waggle
