// SPDX-License-Identifier: Apache-2.0
// Turns of a quarter of a second. What is new in the log is fetched, not brought: so a flood of
// lines costs those who log nothing, and the streams a bounded amount.
#include "server/control/api/events.hpp"

#include "server/control/api/bans.hpp"
#include "server/control/api/handlers.hpp"
#include "server/control/api/json_answer.hpp"
#include "server/control/api/log.hpp"
#include "server/control/api/overview.hpp"
#include "server/log.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>

namespace waggle::api {
namespace {

using clock = std::chrono::steady_clock;

// Cores that are late leave an overview out; the log of what is wrong still comes.
constexpr std::chrono::milliseconds overview_patience{1'000};

/// The form of WHATWG HTML §9.2. JSON on one line needs no more.
std::string event_text(std::string_view name, std::string const& data) {
  return "event: " + std::string{name} + "\ndata: " + data + "\n\n";
}

bool has_id(std::vector<storage::ban_record> const& bans, std::uint64_t id) {
  return std::any_of(bans.begin(), bans.end(), [id](auto const& ban) { return ban.id == id; });
}

void ended(std::exception_ptr failed) {
  if (!failed) return;
  try {
    std::rethrow_exception(failed);
  } catch (std::exception const& why) {
    log::control()->error("event streams failed why=\"{}\"", why.what());
  }
}

}  // namespace

event_hub::event_hub(context with, event_limits const& limits)
    : with_(std::move(with)), limits_(limits), pause_(with_.loop) {}

std::shared_ptr<answer_stream> event_hub::open() {
  static_cast<void>(has_readers());
  if (stopped_ || streams_.size() >= limits_.streams_max) return nullptr;
  auto stream = std::make_shared<answer_stream>(with_.loop, limits_.stream_bytes_max);
  if (streams_.empty()) {
    // Nobody was told anything: the readers begin with what is.
    seen_line_ = log::recent_lines().newest();
    bans_ = with_.from.admin != nullptr ? with_.from.admin->bans() : decltype(bans_){};
    next_comment_ = clock::now() + limits_.comment_every;
  }
  streams_.push_back(stream);
  next_overview_ = {};
  if (running_) {
    pause_.cancel();
  } else {
    running_ = true;
    net::asio::co_spawn(with_.loop, run(shared_from_this()), ended);
  }
  return stream;
}

void event_hub::publish(std::string_view name, std::string const& data) {
  send(event_text(name, data));
}

void event_hub::look_at_bans() {
  if (with_.from.admin == nullptr || !has_readers()) return;
  auto now = with_.from.admin->bans();
  for (auto const& ban : bans_) {
    if (has_id(now, ban.id)) continue;
    publish("ban", dumped({{"change", "ended"}, {"ban", ban_json(ban)}}));
  }
  for (auto const& ban : now) {
    if (has_id(bans_, ban.id)) continue;
    publish("ban", dumped({{"change", "added"}, {"ban", ban_json(ban)}}));
  }
  bans_ = std::move(now);
}

void event_hub::stop() {
  stopped_ = true;
  pause_.cancel();
  for (auto const& weak : streams_) {
    if (auto const stream = weak.lock()) stream->end();
  }
}

net::awaitable<void> event_hub::run(std::shared_ptr<event_hub> self) {
  while (!self->stopped_ && self->has_readers()) {
    if (clock::now() >= self->next_overview_) {
      self->next_overview_ = clock::now() + self->limits_.overview_every;
      co_await self->send_overview();
      if (self->stopped_) break;
      self->look_at_bans();
    }
    self->send_lines();
    if (clock::now() >= self->next_comment_) {
      self->next_comment_ = clock::now() + self->limits_.comment_every;
      self->send(": still here\n\n");
    }
    self->pause_.expires_after(self->limits_.turn);
    co_await self->pause_.async_wait(net::as_result);
  }
  self->running_ = false;
}

net::awaitable<void> event_hub::send_overview() {
  auto const text = co_await overview_text(with_, overview_patience);
  if (text) publish("overview", *text);
}

void event_hub::send_lines() {
  auto const lines = log::recent_lines().since(seen_line_, limits_.lines_max);
  for (auto const& line : lines) {
    if (line.number != seen_line_ + 1) {
      auto const gap = line.number - seen_line_ - 1;
      publish("log", dumped(log_line_json(
                         {.at = line.at,
                          .level = "warn",
                          .area = "control",
                          .message = std::to_string(gap) + " lines were too many for this view"})));
    }
    seen_line_ = line.number;
    publish("log", dumped(log_line_json(line)));
  }
}

void event_hub::send(std::string const& text) {
  for (auto const& weak : streams_) {
    if (auto const stream = weak.lock()) stream->add(text);
  }
}

bool event_hub::has_readers() {
  std::erase_if(streams_, [](auto const& weak) {
    auto const stream = weak.lock();
    return !stream || stream->ended();
  });
  return !streams_.empty();
}

answering stream_events(context& with, call /*asked*/) {
  auto stream = with.events->open();
  if (!stream) co_return problem_answer({503, "there are as many event streams as may be: 16"});
  http_answer answer{.content_type = "text/event-stream", .body = {}};
  answer.stream = std::move(stream);
  co_return answer;
}

}  // namespace waggle::api
