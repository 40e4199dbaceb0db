// SPDX-License-Identifier: Apache-2.0
// See slot_index.hpp.
#include "server/core/slot_index.hpp"

#include <utility>

namespace waggle {
namespace {

constexpr std::size_t size_min = 16;

}  // namespace

void slot_index::insert(std::uint64_t hash, slot which) {
  if ((std::size_t{size_} + 1) * 4 > cells_.size() * 3) {
    resize(cells_.empty() ? size_min : cells_.size() * 2);
  }
  place({.hash = shorten(hash), .which = which});
  ++size_;
}

void slot_index::erase(std::uint64_t hash, slot which) {
  auto hole = position_of(hash, which);
  // Close the gap: pull back every entry of the run that may live closer to its home position.
  for (auto at = (hole + 1) & mask(); cells_[at].which != no_slot; at = (at + 1) & mask()) {
    auto const home = cells_[at].hash & mask();
    if (((at - home) & mask()) >= ((at - hole) & mask())) {
      cells_[hole] = cells_[at];
      hole = at;
    }
  }
  cells_[hole] = {};
  --size_;
  if (cells_.size() > size_min && std::size_t{size_} * 8 < cells_.size()) {
    resize(cells_.size() / 2);
  }
}

void slot_index::replace(std::uint64_t hash, slot before, slot after) {
  cells_[position_of(hash, before)].which = after;
}

std::uint32_t slot_index::position_of(std::uint64_t hash, slot which) const {
  auto at = shorten(hash) & mask();
  while (cells_[at].which != which) at = (at + 1) & mask();
  return at;
}

void slot_index::place(cell const& added) {
  auto at = added.hash & mask();
  while (cells_[at].which != no_slot) at = (at + 1) & mask();
  cells_[at] = added;
}

void slot_index::resize(std::size_t size) {
  auto const before = std::exchange(cells_, std::vector<cell>(size));
  for (auto const& moved : before) {
    if (moved.which != no_slot) place(moved);
  }
}

}  // namespace waggle
