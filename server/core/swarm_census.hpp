// SPDX-License-Identifier: Apache-2.0
// All swarms as they were during one walk over the cores, for lists: the top of each order is kept
// sorted, everything else is looked through when somebody searches. Pure; one thread.
//
// Memory: 52 bytes a swarm up to rows_max, 24 more once somebody searched, and at most 5 MB for the
// tops. It is kept for the next walk (restart()): what is given back to the kernel by the megabyte
// holds the whole process up, for 60 ms where that was measured.
#pragma once

#include "server/core/message.hpp"
#include "server/core/swarm_facts.hpp"
#include "server/core/swarm_name.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace waggle {

struct swarm_census_limits {
  std::size_t top_max = 10'000;      // kept sorted, of each order
  std::size_t rows_max = 2'000'000;  // kept at all; a search does not see what comes after
};

class swarm_census {
 public:
  struct page {
    std::vector<swarm_facts> rows;
    std::size_t total = 0;  // that match, on all pages
  };

  explicit swarm_census(swarm_census_limits const& limits = {}) : limits_(limits) {}

  /// Takes what one step of the walk saw; O(1) a row on average.
  void add(std::vector<swarm_facts> seen);
  /// The walk is over: sorts the tops. Nothing may be added any more.
  void finish();
  /// As new, for another walk, with the memory that it has.
  void restart();

  /// The rows from `offset` on, the most first; of equals the smaller id. O(limit) within the top
  /// of an order; else, and in a search, all rows are looked at.
  [[nodiscard]] page list(swarm_order order, swarm_search const& wanted, std::size_t offset,
                          std::size_t limit) const;

  [[nodiscard]] std::size_t swarms() const { return swarms_; }
  [[nodiscard]] std::size_t bytes() const;

 private:
  /// What rows are sorted by: nearly always without looking at the rows themselves.
  struct rank {
    std::uint64_t amount = 0;
    std::uint64_t id_head = 0;  // bytes of the id: the first ones that differ at all

    bool operator==(rank const&) const = default;
    /// Before `other` in a list.
    [[nodiscard]] bool before(rank const& other) const {
      return amount != other.amount ? amount > other.amount : id_head < other.id_head;
    }
  };
  struct top {
    struct entry {
      rank by;
      swarm_facts facts;
    };
    std::vector<entry> entries;  // up to twice top_max while rows are added
    rank worst{};                // of the top_max best so far, once there were as many
    bool full = false;
  };

  struct match {
    rank by;
    swarm_facts const* facts;
  };

  /// @param skipped  bytes of the id that all to be compared have in common.
  static rank rank_of(swarm_facts const& of, swarm_order order, std::size_t skipped = 0);
  static bool comes_before(top::entry const& left, top::entry const& right);
  void offer(top& to, rank const& by, swarm_facts const& facts) const;
  void cut(top& what) const;
  void note_common(swarm_id const& id);
  [[nodiscard]] page search(swarm_order order, swarm_search const& wanted, std::size_t offset,
                            std::size_t limit) const;

  swarm_census_limits limits_;
  std::vector<std::vector<swarm_facts>> rows_;  // as they came; those from used_ on wait for more
  std::size_t used_ = 0;
  mutable std::vector<match> found_;  // by a search, which is over: for the memory
  std::size_t kept_ = 0;
  std::size_t swarms_ = 0;
  swarm_id first_{};        // that was added
  std::size_t common_ = 0;  // bytes at the beginning of all ids
  std::array<top, swarm_orders> tops_;
};

}  // namespace waggle
