// SPDX-License-Identifier: Apache-2.0
// The rest of an answer that does not end by itself: text that somebody adds and the listener
// writes, bounded between the two. Control loop only.
#pragma once

#include "server/net/types.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace waggle {

class answer_stream {
 public:
  answer_stream(net::asio::io_context& loop, std::size_t bytes_max)
      : wake_(loop), bytes_max_(bytes_max) {
    wake_.expires_at(net::timer::time_point::max());
  }

  /// Past the bound the reader does not read: the stream is cut off, and what waits is dropped.
  void add(std::string_view text);

  /// What waits is still written.
  void end();

  [[nodiscard]] bool ended() const { return ended_; }

  /// Called once, when the stream is cut off. The one who writes closes the connection then.
  void when_cut(std::function<void()> cut) { cut_ = std::move(cut); }

  /// All that waits, as soon as there is something. Empty: the stream is over.
  static net::awaitable<std::string> next(std::shared_ptr<answer_stream> self);

 private:
  net::timer wake_;
  std::size_t bytes_max_;
  std::string waiting_;  // bound: bytes_max_
  bool ended_ = false;
  std::function<void()> cut_;
};

}  // namespace waggle
