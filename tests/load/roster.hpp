// SPDX-License-Identifier: Apache-2.0
// Which client is in which swarms: the same answer in every process, without asking.
#pragma once

#include "tests/load/mode.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace waggle::load {

class roster {
 public:
  explicit roster(measured_options const& with);

  /// The first swarms of a client, all different.
  [[nodiscard]] std::vector<std::uint32_t> swarms_of(std::size_t client) const;
  /// How many members a swarm has when all have joined.
  [[nodiscard]] std::size_t members(std::uint32_t swarm) const { return members_[swarm]; }
  [[nodiscard]] std::size_t swarms() const { return members_.size(); }

 private:
  std::vector<std::uint32_t> places_;  // swarms_each for each client, behind each other
  std::vector<std::uint32_t> members_;
  std::size_t each_;
};

}  // namespace waggle::load
