// SPDX-License-Identifier: Apache-2.0
// Files of info hashes to allow or to deny: one a line, as 40 hex digits or as the 20 characters
// that p2p-media-loader makes. Pure: the text is given.
#pragma once

#include "config/problem.hpp"
#include "config/settings.hpp"
#include "protocol/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

struct hash_list_limits {
  std::size_t bytes_max = 64 * mebibyte;  // of a file: a million lines with comments
  std::size_t hashes_max = 1'000'000;
};

struct hash_list {
  std::vector<swarm_id> swarms;  // in the order of the file, doubles and all; empty on problems
  std::vector<problem> problems;

  [[nodiscard]] bool ok() const { return problems.empty(); }
};

/// An info hash as people write it: 40 hex digits, or 20 printable ASCII characters without a
/// space.
[[nodiscard]] std::optional<swarm_id> parse_info_hash(std::string_view text);

/// Forty small hex digits.
[[nodiscard]] std::string hex_of(swarm_id const& swarm);

/// Reads a list. '#' begins a comment at the start of a line or behind a space; empty lines are
/// fine. Never throws for the content.
/// @param source  of the problems: the file.
[[nodiscard]] hash_list read_hash_list(std::string const& source, std::string_view text,
                                       hash_list_limits const& limits = {});

}  // namespace waggle
