// SPDX-License-Identifier: Apache-2.0
// Which of the peers that could be matched are: some drawn uniformly, so that no preference can
// split a swarm, the rest the best of a sample. Pure; one per mesh, for its scratch memory.
#pragma once

#include "server/core/mesh/node.hpp"
#include "server/core/random.hpp"
#include "server/core/slab.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace waggle::mesh {

struct candidate_limits {
  std::uint32_t sample = 32;             // peers looked at for one choice
  std::uint32_t uniform_links = 2;       // of each peer, at least
  std::uint32_t position_window_s = 60;  // positions further apart are equally far

  bool operator==(candidate_limits const&) const = default;
};

class candidates {
 public:
  struct choice {
    slot who = no_slot;
    bool uniform = false;
  };

  /// For who could be matched.
  [[nodiscard]] std::vector<slot>& scratch() { return among_; }

  /// Positions in a list of `size` to look at: all of them if they are few, else a sample of
  /// distinct ones, in random order. Valid until the next call.
  [[nodiscard]] std::span<std::uint32_t const> sample(std::uint32_t size, std::uint32_t most,
                                                      random_source& random);

  /// @param among   who could be matched, in random order; is rearranged.
  /// @param wanted  at most so many are chosen.
  /// @return valid until the next call.
  [[nodiscard]] std::span<choice const> choose(node const& seeker, std::vector<slot>& among,
                                               std::uint32_t wanted, slab<node> const& nodes,
                                               candidate_limits const& limits);

 private:
  struct scored {
    slot who;
    float score;
  };

  std::vector<slot> among_;
  std::vector<std::uint32_t> positions_;
  std::vector<choice> chosen_;
  std::vector<scored> rest_;
};

/// How good a neighbour `other` is for `seeker`; more is better.
[[nodiscard]] float score(node const& seeker, node const& other, candidate_limits const& limits);

}  // namespace waggle::mesh
