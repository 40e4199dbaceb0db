// SPDX-License-Identifier: Apache-2.0
// See slot_list.hpp.
#include "server/core/slot_list.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace waggle {

slot_list::slot_list(slot_list&& from) noexcept {
  *this = std::move(from);
}

slot_list& slot_list::operator=(slot_list&& from) noexcept {
  if (this == &from) return *this;
  free_all();
  capacity_ = std::exchange(from.capacity_, few_slots);
  size_ = std::exchange(from.size_, 0);
  if (capacity_ == few_slots) {
    std::copy_n(from.few_, few_slots, few_);
  } else if (capacity_ <= block_slots) {
    block_ = from.block_;
  } else {
    blocks_ = from.blocks_;
  }
  return *this;
}

slot_list::~slot_list() {
  free_all();
}

void slot_list::push_back(slot added) {
  if (size_ == capacity_) {
    capacity_ < block_slots ? resize_block(capacity_ * 2) : add_block();
  }
  *place(size_) = added;
  ++size_;
}

void slot_list::pop_back() {
  --size_;
  if (capacity_ > block_slots) {
    // Half a block is kept in reserve, so that coming and going does not allocate every time.
    if (size_ + block_slots + block_slots / 2 <= capacity_) drop_block();
  } else if (capacity_ > few_slots && size_ * 4 <= capacity_) {
    resize_block(capacity_ / 2);
  }
}

std::size_t slot_list::bytes() const {
  if (capacity_ == few_slots) return 0;
  auto const slots = std::size_t{capacity_} * sizeof(slot);
  if (capacity_ <= block_slots) return slots;
  return slots + sizeof(blocks) + blocks_->capacity() * sizeof(blocks::value_type);
}

/// Among the sizes up to one block, of which the smallest is inside.
void slot_list::resize_block(std::uint32_t capacity) {
  if (capacity == few_slots) {
    std::unique_ptr<slot[]> const before{block_};
    std::copy_n(before.get(), size_, few_);
  } else {
    auto larger = std::make_unique<slot[]>(capacity);
    std::copy_n(place(0), size_, larger.get());
    if (capacity_ != few_slots) delete[] block_;
    block_ = larger.release();
  }
  capacity_ = capacity;
}

void slot_list::add_block() {
  auto added = std::make_unique<slot[]>(block_slots);
  if (capacity_ == block_slots) {
    auto both = std::make_unique<blocks>(2);
    both->front().reset(block_);
    both->back() = std::move(added);
    blocks_ = both.release();
  } else {
    blocks_->push_back(std::move(added));
  }
  capacity_ += block_slots;
}

void slot_list::drop_block() {
  blocks_->pop_back();
  capacity_ -= block_slots;
  if (capacity_ > block_slots) return;
  std::unique_ptr<blocks> const before{blocks_};
  block_ = before->front().release();
}

void slot_list::free_all() {
  if (capacity_ == few_slots) return;
  if (capacity_ <= block_slots) {
    delete[] block_;
  } else {
    delete blocks_;
  }
  capacity_ = few_slots;
  size_ = 0;
}

}  // namespace waggle
