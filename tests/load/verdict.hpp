// SPDX-License-Identifier: Apache-2.0
// What a report of waggle-load comes to: a few lines for people, and the exit code. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace waggle::load {

/// 1 if the server did what no load excuses: sent something to the wrong client, twice, or back to
/// who said it; in the modes that count errors as one number, if there is any. Else 0: what was
/// lost or closed under load is a figure.
[[nodiscard]] int exit_code_of(nlohmann::json const& report);

/// About six lines of a mode that measures; of the others nothing.
[[nodiscard]] std::string summary_of(nlohmann::json const& report);

}  // namespace waggle::load
