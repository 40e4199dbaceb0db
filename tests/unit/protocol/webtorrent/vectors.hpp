// SPDX-License-Identifier: Apache-2.0
// Reads protocol/vectors/*.jsonl (format: protocol/vectors/README.md) and compares what the dialect
// makes of a message with what a vector wants. Tests only.
#pragma once

#include "protocol/dialect.hpp"
#include "protocol/ids.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace waggle::test {

using json = nlohmann::json;

/// A message in a heap block of its own with the padding of decode() behind it, filled with quotes
/// so that a reader that runs into it shows.
class padded_message {
 public:
  explicit padded_message(std::string_view text);

  [[nodiscard]] std::string_view text() const { return {buffer_.get(), size_}; }

 private:
  std::unique_ptr<char[]> buffer_;
  std::size_t size_;
};

/// The lines of protocol/vectors/`file`.
[[nodiscard]] std::vector<json> read_vectors(std::string const& file);

/// The message of a line of webtorrent_decode.jsonl.
[[nodiscard]] std::string message_of(json const& vector);

/// What was decoded, in the form of a vector's `want`.
[[nodiscard]] json describe(dialect::decoded const& decoded);

[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] swarm_id swarm_from_hex(std::string_view hex);
[[nodiscard]] peer_id peer_from_hex(std::string_view hex);

}  // namespace waggle::test
