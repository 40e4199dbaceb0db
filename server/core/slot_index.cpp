// SPDX-License-Identifier: Apache-2.0
// See slot_index.hpp.
#include "server/core/slot_index.hpp"

#include <utility>

namespace waggle {
namespace {

constexpr std::uint32_t capacity_min = 16;

}  // namespace

void slot_index::insert(std::uint64_t hash, slot which) {
  if (directory_.empty()) start();
  auto at = owner_of(shorten(hash));
  while (is_full(segments_[at])) {
    make_room(at);
    at = owner_of(shorten(hash));
  }
  place(segments_[at].cells.get(), {.hash = shorten(hash), .which = which});
  ++segments_[at].size;
  ++size_;
}

void slot_index::erase(std::uint64_t hash, slot which) {
  auto const owner = owner_of(shorten(hash));
  auto* const cells = segments_[owner].cells.get();
  auto hole = static_cast<std::uint32_t>(find_cell(cells, hash, which) - cells);
  // Close the gap: pull back every entry of the run that may live closer to its home position.
  for (auto at = (hole + 1) & mask(); cells[at].which != no_slot; at = (at + 1) & mask()) {
    auto const home = cells[at].hash & mask();
    if (((at - home) & mask()) >= ((at - hole) & mask())) {
      cells[hole] = cells[at];
      hole = at;
    }
  }
  cells[hole] = {};
  --segments_[owner].size;
  --size_;
  if (directory_.size() > 1) {
    merge(owner);
  } else if (capacity_ > capacity_min && size_ * 8 < capacity_) {
    resize_segments(capacity_ / 2);
  }
}

void slot_index::replace(std::uint64_t hash, slot before, slot after) {
  find_cell(directory_[segment_of(shorten(hash))], hash, before)->which = after;
}

slot_index::cell* slot_index::find_cell(cell* cells, std::uint64_t hash, slot which) const {
  auto at = shorten(hash) & mask();
  while (cells[at].which != which) at = (at + 1) & mask();
  return cells + at;
}

void slot_index::place(cell* cells, cell const& added) const {
  auto at = added.hash & mask();
  while (cells[at].which != no_slot) at = (at + 1) & mask();
  cells[at] = added;
}

void slot_index::start() {
  capacity_ = capacity_min;
  segments_.resize(1);
  segments_[0].cells = std::make_unique<cell[]>(capacity_);
  segments_in_use_ = 1;
  deepest_ = 1;
  directory_.assign(1, segments_[0].cells.get());
}

/// The positions in a segment use the last bits of the hash, the directory the first ones. Hashes
/// that are alike in those (which a secret seed rules out) would make it grow without end.
void slot_index::make_room(std::uint32_t at) {
  bool const alike = directory_.size() > 64 + size_ / (segment_cells / 16);
  if (capacity_ < segment_cells || alike) return resize_segments(capacity_ * 2);
  split(at);
}

void slot_index::split(std::uint32_t at) {
  auto first = std::make_unique<cell[]>(capacity_);  // all memory before anything changes
  auto second = std::make_unique<cell[]>(capacity_);
  if (segments_[at].depth == depth_) {
    double_directory();
    at *= 2;
  }
  auto const other = at + places(segments_[at]) / 2;
  auto const before = std::exchange(segments_[at].cells, std::move(first));
  segments_[other].cells = std::move(second);
  segments_[at].size = 0;
  segments_[other].size = 0;
  segments_[other].depth = ++segments_[at].depth;
  ++segments_in_use_;
  if (segments_[at].depth == depth_) deepest_ += 2;
  for (std::uint32_t from = 0; from < capacity_; ++from) {
    if (before[from].which == no_slot) continue;
    auto& home = segments_[segment_of(before[from].hash) < other ? at : other];
    place(home.cells.get(), before[from]);
    ++home.size;
  }
  fill_places(at);
  fill_places(other);
}

/// Puts the segment and its neighbour together again once both are nearly empty.
void slot_index::merge(std::uint32_t at) {
  auto const distance = places(segments_[at]);
  auto const depth = segments_[at].depth;
  if (depth == 0) return;
  auto const low = at & ~distance;
  auto const high = low | distance;
  if (segments_[at ^ distance].depth != depth) return;
  if ((segments_[low].size + segments_[high].size) * 4 >= capacity_) return;

  auto const gone = std::move(segments_[high].cells);
  for (std::uint32_t from = 0; from < capacity_; ++from) {
    if (gone[from].which != no_slot) place(segments_[low].cells.get(), gone[from]);
  }
  segments_[low].size += std::exchange(segments_[high].size, 0);
  --segments_[low].depth;
  --segments_in_use_;
  fill_places(low);
  if (depth == depth_ && (deepest_ -= 2) == 0) halve_directory();
}

/// Of a small table, which is one segment; of all segments only if hashes are alike.
void slot_index::resize_segments(std::uint32_t capacity) {
  std::vector<std::unique_ptr<cell[]>> resized(segments_.size());
  for (std::uint32_t owner = 0; owner < segments_.size(); ++owner) {
    if (segments_[owner].cells) resized[owner] = std::make_unique<cell[]>(capacity);
  }
  auto const before = std::exchange(capacity_, capacity);
  for (std::uint32_t owner = 0; owner < segments_.size(); ++owner) {
    if (!segments_[owner].cells) continue;
    auto const old = std::exchange(segments_[owner].cells, std::move(resized[owner]));
    for (std::uint32_t from = 0; from < before; ++from) {
      if (old[from].which != no_slot) place(segments_[owner].cells.get(), old[from]);
    }
    fill_places(owner);
  }
}

void slot_index::double_directory() {
  std::vector<segment> twice(segments_.size() * 2);
  directory_.resize(twice.size());
  for (std::size_t at = 0; at < segments_.size(); ++at) {
    twice[2 * at + 1].depth = segments_[at].depth;
    twice[2 * at] = std::move(segments_[at]);
  }
  segments_ = std::move(twice);
  ++depth_;
  deepest_ = 0;
  for (std::uint32_t owner = 0; owner < segments_.size(); ++owner) {
    if (segments_[owner].cells) fill_places(owner);
  }
}

void slot_index::halve_directory() {
  std::vector<segment> half(segments_.size() / 2);
  std::vector<cell*> directory(half.size());
  for (std::size_t at = 0; at < half.size(); ++at) half[at] = std::move(segments_[2 * at]);
  segments_ = std::move(half);
  directory_ = std::move(directory);
  --depth_;
  deepest_ = 0;
  for (std::uint32_t owner = 0; owner < segments_.size(); ++owner) {
    if (!segments_[owner].cells) continue;
    fill_places(owner);
    if (segments_[owner].depth == depth_) ++deepest_;
  }
  if (deepest_ == 0 && depth_ > 0) halve_directory();
}

/// Tells all places of a segment where its cells are and how deep it is.
void slot_index::fill_places(std::uint32_t owner) {
  auto const& of = segments_[owner];
  for (auto at = owner; at < owner + places(of); ++at) {
    directory_[at] = of.cells.get();
    segments_[at].depth = of.depth;
  }
}

}  // namespace waggle
