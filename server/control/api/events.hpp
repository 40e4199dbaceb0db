// SPDX-License-Identifier: Apache-2.0
// The event streams (text/event-stream): an overview each second, and what happens meanwhile. One
// coroutine serves all of them while there are any; what a reader does not read is bounded, and
// nobody waits for it. Control loop only.
#pragma once

#include "server/control/answer_stream.hpp"
#include "server/control/api/context.hpp"
#include "server/net/types.hpp"
#include "server/storage/fact.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace waggle::api {

struct event_limits {
  std::size_t streams_max = 16;
  std::size_t stream_bytes_max = 256 * 1'024;  // that wait for one reader
  std::size_t lines_max = 200;                 // of the log a turn; older ones are left out
  std::chrono::milliseconds turn{250};
  std::chrono::milliseconds overview_every{1'000};
  std::chrono::milliseconds comment_every{15'000};
};

class event_hub : public std::enable_shared_from_this<event_hub> {
 public:
  explicit event_hub(context with, event_limits const& limits = {});

  /// A stream that begins with the overview; null: there are as many as may be.
  [[nodiscard]] std::shared_ptr<answer_stream> open();

  /// @param data  one JSON value.
  void publish(std::string_view name, std::string const& data);

  /// Tells of bans that came or went since it was last looked.
  void look_at_bans();

  void stop();

 private:
  static net::awaitable<void> run(std::shared_ptr<event_hub> self);
  net::awaitable<void> send_overview();
  void send_lines();
  void send(std::string const& text);
  [[nodiscard]] bool has_readers();

  context with_;  // without events
  event_limits limits_;
  net::timer pause_;
  std::vector<std::weak_ptr<answer_stream>> streams_;  // bound: limits_.streams_max
  std::vector<storage::ban_record> bans_;              // as the readers know them
  std::uint64_t seen_line_ = 0;
  std::chrono::steady_clock::time_point next_overview_{};
  std::chrono::steady_clock::time_point next_comment_{};
  bool running_ = false;
  bool stopped_ = false;
};

}  // namespace waggle::api
