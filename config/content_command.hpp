// SPDX-License-Identifier: Apache-2.0
// `waggle content FILE`: what a registry of content means, so that its author can check it.
#pragma once

#include <iosfwd>
#include <string>

namespace waggle {

/// Prints the swarms of the registry in the file `path`, one a line: info hash, name, rendition and
/// client, with tabs between. All problems go to `err` instead.
/// @return the exit code, as of check-config.
[[nodiscard]] int run_content(std::string const& path, std::ostream& out, std::ostream& err);

}  // namespace waggle
