// SPDX-License-Identifier: Apache-2.0
// One value that a callback brings to a coroutine, or a deadline. Control loop only.
//
// The coroutine owns the slot and the callback holds a weak reference: whichever ends first, the
// other finds nothing to do. That holds even when the callback outlives the io_context.
#pragma once

#include "server/net/types.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace waggle {

template <class T>
class awaited {
 public:
  explicit awaited(net::asio::io_context& loop) : wake_(loop) {}

  void arrive(T value) {
    value_ = std::move(value);
    wake_.cancel();
  }

  /// The value, or nothing once `patience` is over. `self` keeps the slot while it is awaited.
  static net::awaitable<std::optional<T>> wait(std::shared_ptr<awaited> self,
                                               std::chrono::milliseconds patience) {
    if (!self->value_) {
      self->wake_.expires_after(patience);
      co_await self->wake_.async_wait(net::as_result);
    }
    co_return std::move(self->value_);
  }

 private:
  net::timer wake_;
  std::optional<T> value_;  // empty until the callback came
};

}  // namespace waggle
