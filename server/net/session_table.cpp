// SPDX-License-Identifier: Apache-2.0
#include "server/net/session_table.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace waggle::net {

session_ref session_table::next() {
  if (free_.empty()) {
    if (slots_.size() == slots_.capacity())
      slots_.reserve(std::max<std::size_t>(64, slots_.size() * 2));
    free_.reserve(slots_.capacity());  // giving a slot back never needs memory
    slots_.emplace_back();
    free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
  }
  auto const at = free_.back();
  auto& generation = slots_[at].generation;
  if (++generation == 0) ++generation;  // 0 never names a session
  return {.slot = at, .generation = generation, .core = core_, .node = 0};
}

void session_table::insert(session_ref at, boost::intrusive_ptr<ws_session> session) {
  free_.pop_back();
  slots_[at.slot].session = std::move(session);
  ++size_;
}

ws_session* session_table::find(session_ref at) const {
  if (at.slot >= slots_.size()) return nullptr;
  auto const& found = slots_[at.slot];
  return found.generation == at.generation ? found.session.get() : nullptr;
}

void session_table::erase(session_ref at) {
  if (find(at) == nullptr) return;
  slots_[at.slot].session.reset();
  free_.push_back(at.slot);
  --size_;
}

}  // namespace waggle::net
