// SPDX-License-Identifier: Apache-2.0
#include "config/hash_list.hpp"

#include "config/value.hpp"
#include "protocol/hex.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace waggle {
namespace {

constexpr std::string_view blanks = " \t\r";

// A hash may hold a '#' only within: no client makes such, but it must not change its meaning.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '#') continue;
    if (i == 0 || blanks.find(line[i - 1]) != std::string_view::npos) return line.substr(0, i);
  }
  return line;
}

std::string_view trimmed_of_blanks(std::string_view text) {
  auto const first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

std::optional<swarm_id> parse_info_hash(std::string_view text) {
  swarm_id swarm;
  if (text.size() == swarm_id::bytes) {
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; })) {
      return std::nullopt;
    }
    std::copy(text.begin(), text.end(), swarm.value.begin());
    return swarm;
  }
  if (!read_hex(text, swarm.value)) return std::nullopt;
  return swarm;
}

std::string hex_of(swarm_id const& swarm) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (auto const byte : swarm.value) {
    text += digits[byte >> 4U];
    text += digits[byte & 0x0FU];
  }
  return text;
}

hash_list read_hash_list(std::string const& source, std::string_view text,
                         hash_list_limits const& limits) {
  hash_list read;
  problem_list problems;
  for (std::size_t line = 1; !text.empty(); ++line) {
    auto const end = std::min(text.find('\n'), text.size());
    auto const entry = trimmed_of_blanks(without_comment(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (entry.empty()) continue;
    if (read.swarms.size() == limits.hashes_max) {
      problems.add({.source = source + ":" + std::to_string(line),
                    .key = {},
                    .what = "more than " + std::to_string(limits.hashes_max) + " info hashes"});
      break;
    }
    if (auto const swarm = parse_info_hash(entry)) {
      read.swarms.push_back(*swarm);
    } else if (problems.is_full()) {
      problems.add({});  // counted, not explained
    } else {
      problems.add({.source = source + ":" + std::to_string(line),
                    .key = {},
                    .what = "expected 40 hex digits or 20 characters, found " +
                            shown(nlohmann::json(std::string{entry}))});
    }
  }
  if (problems.count() > 0) read.swarms.clear();
  read.problems = std::move(problems).take();
  return read;
}

}  // namespace waggle
