// SPDX-License-Identifier: Apache-2.0
#include "server/control/answer_stream.hpp"

#include <utility>

namespace waggle {

void answer_stream::add(std::string_view text) {
  if (ended_) return;
  if (waiting_.size() + text.size() > bytes_max_) {
    waiting_.clear();
    end();
    if (auto const cut = std::exchange(cut_, nullptr)) cut();
    return;
  }
  waiting_ += text;
  wake_.cancel();
}

void answer_stream::end() {
  ended_ = true;
  wake_.cancel();
}

net::awaitable<std::string> answer_stream::next(std::shared_ptr<answer_stream> self) {
  while (self->waiting_.empty() && !self->ended_) {
    co_await self->wake_.async_wait(net::as_result);
  }
  co_return std::exchange(self->waiting_, {});
}

}  // namespace waggle
