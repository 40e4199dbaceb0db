// SPDX-License-Identifier: Apache-2.0
// What the store was told of a swarm: four bytes in the swarm. Pure value.
#pragma once

#include "server/core/coarse_time.hpp"

#include <algorithm>
#include <cstdint>

namespace waggle {

class swarm_told {
 public:
  void peak_grew() { grown_ = 1; }
  void told(coarse_time now) {
    at_ = std::max(now.count(), 1U) & 0x7fff'ffffU;
    grown_ = 0;
  }

  [[nodiscard]] bool ever() const { return at_ != 0; }
  [[nodiscard]] bool grown() const { return grown_ != 0; }  // the peak, since it was told
  [[nodiscard]] coarse_time since(coarse_time now) const { return now - coarse_time{at_}; }

 private:
  std::uint32_t at_ : 31 = 0;  // in steps of coarse_time; 0: never
  std::uint32_t grown_ : 1 = 0;
};
static_assert(sizeof(swarm_told) == 4, "part of every swarm");

}  // namespace waggle
