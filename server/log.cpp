// SPDX-License-Identifier: Apache-2.0
// The loggers, their line format and the sink that never blocks. Any thread.
#include "server/log.hpp"

#include "server/log_ring.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>

namespace waggle::log {
namespace {

// A pipe that poll() calls writable takes this much at once (PIPE_BUF, pipe(7)).
constexpr std::size_t write_bytes_max = 4096;

/// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if it is not one (RFC 3629).
std::size_t utf8_length(std::string_view text) {
  auto const byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  auto const within = [&](std::size_t i, unsigned low, unsigned high) {
    return byte(i) >= low && byte(i) <= high;
  };
  unsigned const lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    unsigned const low = lead == 0xE0 ? 0xA0 : 0x80;   // no overlong forms
    unsigned const high = lead == 0xED ? 0x9F : 0xBF;  // no surrogates
    return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    unsigned const low = lead == 0xF0 ? 0x90 : 0x80;
    unsigned const high = lead == 0xF4 ? 0x8F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

/// Control characters as \u00XX, invalid bytes as U+FFFD. Only JSON needs quotes escaped.
void append_escaped(std::string& out, std::string_view text, format form) {
  while (!text.empty()) {
    auto const length = utf8_length(text);
    auto const first = static_cast<unsigned char>(text.front());
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (first < 0x20 || first == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", first);
    } else {
      if (form == format::json && (first == '"' || first == '\\')) out += '\\';
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

std::string timestamp(std::chrono::system_clock::time_point at) {
  auto const since_epoch =
      std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  std::time_t const seconds = since_epoch / 1000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     since_epoch % 1000);
}

std::string_view view(spdlog::string_view_t text) {
  return {text.data(), text.size()};
}

class line_formatter final : public spdlog::formatter {
 public:
  explicit line_formatter(log::format form) : form_(form) {}

  void format(spdlog::details::log_msg const& msg, spdlog::memory_buf_t& out) override {
    auto line = detail::made_line({.ts = msg.time,
                                   .level = detail::level_text(msg.level),
                                   .area = view(msg.logger_name),
                                   .msg = view(msg.payload)},
                                  form_);
    line += '\n';
    out.append(line);
  }

  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<line_formatter>(form_);
  }

 private:
  log::format form_;
};

/// Writes to descriptor 2 only what it takes at once: a core must not wait for whoever reads the
/// log. O_NONBLOCK would do the same, but it would change the terminal for other programs, too.
class stderr_sink final : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(spdlog::details::log_msg const& msg) override {
    if (dropped_ > 0) {
      auto const notice = fmt::format("log lines dropped count={}", dropped_);
      spdlog::details::log_msg const about(msg.time, {}, "app", spdlog::level::warn, notice);
      spdlog::memory_buf_t first;
      formatter_->format(about, first);
      if (!write({first.data(), first.size()})) {
        ++dropped_;
        return;
      }
      dropped_ = 0;
    }
    spdlog::memory_buf_t line;
    formatter_->format(msg, line);
    if (!write({line.data(), line.size()})) ++dropped_;
  }

  void flush_() override {}

 private:
  /// False if the rest of `text` was not taken.
  [[nodiscard]] bool write(std::string_view text) {
    // A line that was cut in the middle is ended first.
    if (cut_ && !write_some("\n")) return false;
    cut_ = false;
    while (!text.empty()) {
      auto const taken = write_some(text.substr(0, write_bytes_max));
      if (taken == 0) return false;
      text.remove_prefix(taken);
      cut_ = !text.empty();
    }
    return true;
  }

  [[nodiscard]] static std::size_t write_some(std::string_view text) {
    pollfd ready{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
    // Anything besides POLLOUT means that nobody will ever read it.
    if (::poll(&ready, 1, /*timeout=*/0) != 1 || ready.revents != POLLOUT) return 0;
    auto const wrote = ::write(STDERR_FILENO, text.data(), text.size());
    return wrote > 0 ? static_cast<std::size_t>(wrote) : 0;
  }

  std::uint64_t dropped_ = 0;  // lines that nobody took; guarded by mutex_
  bool cut_ = false;           // the last line is incomplete; guarded by mutex_
};

spdlog::level::level_enum spdlog_level(level which) {
  constexpr std::array levels = {spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
                                 spdlog::level::warn,  spdlog::level::err,   spdlog::level::off};
  return levels.at(static_cast<std::size_t>(which));
}

/// The only global of the log. Never destroyed, so that threads may log while the process exits.
struct loggers {
  std::shared_ptr<stderr_sink> sink = std::make_shared<stderr_sink>();
  std::array<std::unique_ptr<spdlog::logger>, area_names.size()> by_area;

  loggers() {
    sink->set_formatter(std::make_unique<line_formatter>(format::text));
    spdlog::sinks_init_list const sinks = {sink, detail::ring_sink()};
    for (std::size_t i = 0; i < by_area.size(); ++i) {
      by_area[i] = std::make_unique<spdlog::logger>(std::string(area_names[i]), sinks);
      by_area[i]->set_level(spdlog::level::warn);
      // A line that cannot be formatted is lost; the default would print to stderr itself.
      by_area[i]->set_error_handler([](std::string const&) {});
    }
  }
};

loggers& all() {
  static auto* const instance = new loggers;
  return *instance;
}

template <class Enum, std::size_t Count>
std::optional<Enum> named(std::array<std::string_view, Count> const& names, std::string_view name) {
  auto const found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::optional<level> level_named(std::string_view name) {
  return named<level>(level_names, name);
}
std::optional<area> area_named(std::string_view name) {
  return named<area>(area_names, name);
}

void start(log_options const& options) {
  auto& logs = all();
  logs.sink->set_formatter(std::make_unique<line_formatter>(options.format));
  for (std::size_t i = 0; i < logs.by_area.size(); ++i) {
    logs.by_area[i]->set_level(spdlog_level(options.area_levels[i].value_or(options.level)));
  }
}

void set_level(area which, level to) {
  logger(which)->set_level(spdlog_level(to));
}

level level_of(area which) {
  auto const now = logger(which)->level();
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (spdlog_level(static_cast<level>(i)) == now) return static_cast<level>(i);
  }
  return level::off;
}

spdlog::logger* logger(area which) {
  return all().by_area.at(static_cast<std::size_t>(which)).get();
}

std::chrono::milliseconds coarse_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::milliseconds(now.tv_nsec / 1'000'000);
}

std::optional<std::uint64_t> rate_limit::admit(std::chrono::milliseconds now) {
  // Two threads at the turn of an interval may let one line more through: that is harmless.
  auto end = interval_end_.load(std::memory_order_relaxed);
  if (end == 0 || now.count() >= end) {
    auto const next = (now + options_.interval).count();
    if (interval_end_.compare_exchange_strong(end, next, std::memory_order_relaxed)) {
      lines_.store(0, std::memory_order_relaxed);
    }
  }
  if (lines_.fetch_add(1, std::memory_order_relaxed) < options_.lines_max) {
    return suppressed_.exchange(0, std::memory_order_relaxed);
  }
  suppressed_.fetch_add(1, std::memory_order_relaxed);
  return std::nullopt;
}

std::string detail::made_line(line_parts const& parts, format form) {
  std::string line;
  if (form == format::text) {
    line = fmt::format("{} {} {} ", timestamp(parts.ts), parts.level, parts.area);
    append_escaped(line, parts.msg, form);
    return line;
  }
  line = fmt::format(R"({{"ts":"{}","level":"{}","area":"{}","msg":")", timestamp(parts.ts),
                     parts.level, parts.area);
  append_escaped(line, parts.msg, form);
  line += "\"}";
  return line;
}

}  // namespace waggle::log
