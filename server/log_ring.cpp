// SPDX-License-Identifier: Apache-2.0
// The ring, and the sink that fills it. Any thread.
#include "server/log_ring.hpp"

#include <algorithm>
#include <utility>

namespace waggle::log {
namespace {

class ring_writer final : public spdlog::sinks::sink {
 public:
  void log(spdlog::details::log_msg const& msg) override {
    recent_lines().add({.at = msg.time,
                        .level = detail::level_text(msg.level),
                        .area = {msg.logger_name.data(), msg.logger_name.size()},
                        .message = {msg.payload.data(), msg.payload.size()}});
  }
  void flush() override {}
  // A line is kept as its parts.
  void set_pattern(std::string const&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}
};

}  // namespace

void line_ring::add(kept_line line) {
  if (line.message.size() > limits_.line_bytes_max) line.message.resize(limits_.line_bytes_max);
  std::lock_guard const lock{mutex_};
  line.number = ++newest_;
  bytes_ += line.message.size();
  lines_.push_back(std::move(line));
  while (lines_.size() > limits_.lines_max || bytes_ > limits_.bytes_max) {
    bytes_ -= lines_.front().message.size();
    lines_.pop_front();
  }
}

std::vector<kept_line> line_ring::since(std::uint64_t seen, std::size_t lines_max) const {
  std::lock_guard const lock{mutex_};
  auto const unseen = newest_ > seen ? newest_ - seen : 0;
  auto const wanted = std::min({static_cast<std::size_t>(unseen), lines_max, lines_.size()});
  return {lines_.end() - static_cast<std::ptrdiff_t>(wanted), lines_.end()};
}

std::uint64_t line_ring::newest() const {
  std::lock_guard const lock{mutex_};
  return newest_;
}

line_ring& recent_lines() {
  static auto* const ring = new line_ring;
  return *ring;
}

std::string_view detail::level_text(spdlog::level::level_enum which) {
  switch (which) {
    case spdlog::level::trace:
      return "trace";
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::info:
      return "info";
    case spdlog::level::warn:
      return "warn";
    default:
      return "error";
  }
}

std::shared_ptr<spdlog::sinks::sink> detail::ring_sink() {
  return std::make_shared<ring_writer>();
}

}  // namespace waggle::log
