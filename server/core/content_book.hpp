// SPDX-License-Identifier: Apache-2.0
// Which swarm is which content: names for statistics, and what a registered tenant serves. An
// immutable snapshot of one tenant, as access_policy is. Pure; read by any core.
#pragma once

#include "protocol/content/content.hpp"
#include "protocol/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

struct content_book_limits {
  std::size_t titles_max = 100'000;
  std::size_t swarms_max = 1'000'000;  // of all titles together
};

/// Whether a token for `pattern` is one for `name`: the same name, or, where the pattern ends with
/// an asterisk, one that begins like it. "*" is for all.
[[nodiscard]] bool matches_name(std::string_view pattern, std::string_view name);

class content_book {
 public:
  /// What a swarm is called. The texts live as long as the book.
  struct entry {
    std::string_view name;
    std::string_view label;   // of the rendition
    std::string_view client;  // who meets there

    bool operator==(entry const&) const = default;
  };

  content_book() = default;  // empty: no swarm has a name

  /// Titles and swarms past the limits are left out, and a swarm that two titles claim is the
  /// first one's. Whoever reads registries has refused such before.
  explicit content_book(std::span<content::title const> titles, content_book_limits limits = {});

  /// O(log swarms).
  [[nodiscard]] std::optional<entry> find(swarm_id const& swarm) const;

  /// Whether `swarm` has a name, and one that `pattern` is for.
  [[nodiscard]] bool allows(swarm_id const& swarm, std::string_view pattern) const;

  /// The swarms of a title, in order; empty if there is none of that name. O(log titles).
  [[nodiscard]] std::span<swarm_id const> swarms_of(std::string_view name) const;

  /// The swarms of all titles whose names begin so, by their names.
  [[nodiscard]] std::span<swarm_id const> swarms_beginning(std::string_view name) const;

  [[nodiscard]] std::size_t titles() const { return names_.size(); }
  [[nodiscard]] std::size_t swarms() const { return found_.size(); }

  bool operator==(content_book const&) const = default;

 private:
  struct place {
    swarm_id swarm;
    std::uint32_t name = 0;    // index in names_
    std::uint32_t label = 0;   // index in words_
    std::uint32_t client = 0;  // index in words_

    bool operator==(place const&) const = default;
  };

  std::vector<std::string> names_;    // sorted
  std::vector<std::uint32_t> first_;  // of each name: where its swarms begin in by_name_
  std::vector<swarm_id> by_name_;     // grouped by name, sorted within
  std::vector<std::string> words_;    // labels and clients, each once
  std::vector<place> found_;          // sorted by swarm: 32 bytes each, nothing to attack
};

}  // namespace waggle
