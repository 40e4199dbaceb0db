// SPDX-License-Identifier: Apache-2.0
// The registry of a content provider: which names stand for which streams, and by that for which
// info hashes. A document like the configuration: JSON, comments allowed (docs/content.md). Pure:
// the text is given.
#pragma once

#include "config/problem.hpp"
#include "config/settings.hpp"
#include "protocol/content/content.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

struct content_file_limits {
  std::size_t bytes_max = 16 * mebibyte;  // of the file; for whoever reads it
  std::size_t contents_max = 100'000;
  std::size_t swarms_max = 1'000'000;  // of all contents together
  std::size_t streams_max = 64;        // of one content
  std::size_t versions_max = 8;        // of one content
  std::size_t info_hashes_max = 1024;  // listed of one content
  std::size_t name_bytes_max = 200;
  std::size_t label_bytes_max = 100;      // also of other texts of a stream
  std::size_t swarm_id_bytes_max = 2048;  // also of a manifest's URL
};

struct content_file {
  std::vector<content::title> titles;  // in the order of the file; empty on problems
  std::vector<problem> problems;       // all of them

  [[nodiscard]] bool ok() const { return problems.empty(); }
};

/// Reads a registry and derives its info hashes. Never throws for the content.
/// @param source  of the problems: the file.
[[nodiscard]] content_file read_contents(std::string const& source, std::string_view text,
                                         content_file_limits const& limits = {});

}  // namespace waggle
