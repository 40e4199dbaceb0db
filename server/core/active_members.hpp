// SPDX-License-Identifier: Apache-2.0
// Who of a swarm is counted and can be offered to: a view of one member without company, or of a
// list. Pure.
#pragma once

#include "server/core/slot_list.hpp"

#include <cstdint>

namespace waggle {

class active_members {
 public:
  /// @param all  valid until the swarm changes.
  explicit active_members(slot_list const& all) : all_(&all), size_(all.size()) {}
  /// @param lone  no_slot: nobody.
  explicit active_members(slot lone) : lone_(lone), size_(lone == no_slot ? 0 : 1) {}

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] slot operator[](std::uint32_t at) const {
    return all_ == nullptr ? lone_ : (*all_)[at];
  }

  /// Starts loading an element.
  void prefetch(std::uint32_t at) const {
    if (all_ != nullptr) all_->prefetch(at);
  }

 private:
  slot_list const* all_ = nullptr;
  slot lone_ = no_slot;
  std::uint32_t size_;
};

}  // namespace waggle
