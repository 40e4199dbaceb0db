// SPDX-License-Identifier: Apache-2.0
// See expiry_wheel.hpp.
#include "server/core/expiry_wheel.hpp"

#include <algorithm>

namespace waggle {

void expiry_wheel::add(slot which, coarse_time now) {
  if (watched_++ == 0) done_ = now.count();  // no need to walk the time when nobody was there
  link(which);
}

void expiry_wheel::remove(slot which) {
  unlink(which);
  --watched_;
}

void expiry_wheel::moved(slot which) {
  auto const& entry = members_[which];
  auto const ahead = (entry.bucket - done_ - 1) % buckets;  // steps until its bucket comes up
  if (entry.deadline.count() >= done_ + 1 + ahead) return;  // looked at in time
  unlink(which);
  link(which);
}

slot expiry_wheel::next_expired(coarse_time now, std::uint32_t& steps_left) {
  if (watched_ == 0) return no_slot;
  while (done_ < now.count() && steps_left > 0) {
    --steps_left;
    auto const which = heads_[(done_ + 1) % buckets];
    if (which == no_slot) {
      ++done_;
    } else if (members_[which].deadline.count() <= done_ + 1) {
      return which;
    } else {
      unlink(which);
      link(which);
    }
  }
  return no_slot;
}

void expiry_wheel::link(slot which) {
  auto& entry = members_[which];
  auto const due = std::clamp(entry.deadline.count(), done_ + 1, done_ + buckets - 1);
  entry.bucket = static_cast<std::uint16_t>(due % buckets);
  auto& head = heads_[entry.bucket];
  entry.previous_due = no_slot;
  entry.next_due = head;
  if (head != no_slot) members_[head].previous_due = which;
  head = which;
}

void expiry_wheel::unlink(slot which) {
  auto& entry = members_[which];
  if (entry.previous_due == no_slot) {
    heads_[entry.bucket] = entry.next_due;
  } else {
    members_[entry.previous_due].next_due = entry.next_due;
  }
  if (entry.next_due != no_slot) members_[entry.next_due].previous_due = entry.previous_due;
}

}  // namespace waggle
