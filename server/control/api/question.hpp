// SPDX-License-Identifier: Apache-2.0
// A question to a view or a store, and the wait for its answer. Control loop only, apart from the
// callback that anywhere() gives.
#pragma once

#include "server/control/awaited.hpp"
#include "server/net/types.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace waggle::api {

template <class T>
class question {
 public:
  explicit question(net::asio::io_context& loop)
      : loop_(loop), slot_(std::make_shared<awaited<T>>(loop)) {}

  /// To be called on the control loop.
  [[nodiscard]] std::function<void(T)> here() const {
    return [weak = std::weak_ptr<awaited<T>>{slot_}](T value) {
      if (auto const slot = weak.lock()) slot->arrive(std::move(value));
    };
  }

  /// To be called on any thread while the loop exists.
  [[nodiscard]] std::function<void(T)> anywhere() const {
    return [&loop = loop_, arrive = here()](T value) {
      net::asio::post(loop,
                      [arrive, value = std::move(value)]() mutable { arrive(std::move(value)); });
    };
  }

  /// Nothing once `patience` is over.
  [[nodiscard]] net::awaitable<std::optional<T>> answer(std::chrono::milliseconds patience) const {
    return awaited<T>::wait(slot_, patience);
  }

 private:
  net::asio::io_context& loop_;
  std::shared_ptr<awaited<T>> slot_;
};

}  // namespace waggle::api
