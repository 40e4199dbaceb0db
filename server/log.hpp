// SPDX-License-Identifier: Apache-2.0
// Log lines to stderr: one logger an area, text or JSON, and a brake for what clients can trigger.
// Any thread. Never blocks: where stderr is closed or nobody reads it, lines are dropped and
// counted.
#pragma once

#include <spdlog/logger.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace waggle::log {

/// Parts of the server whose level can be set apart.
enum class area : std::uint8_t { net, session, shard, control, app };
inline constexpr std::array<std::string_view, 5> area_names = {"net", "session", "shard", "control",
                                                               "app"};

enum class level : std::uint8_t { trace, debug, info, warn, error, off };
inline constexpr std::array<std::string_view, 6> level_names = {"trace", "debug", "info",
                                                                "warn",  "error", "off"};

/// json: one object a line, {"ts","level","area","msg"}. text: the same, separated by spaces.
enum class format : std::uint8_t { text, json };

struct log_options {
  log::level level = log::level::info;
  log::format format = log::format::text;
  std::array<std::optional<log::level>, area_names.size()> area_levels{};  // indexed by area
};

[[nodiscard]] std::optional<level> level_named(std::string_view name);
[[nodiscard]] std::optional<area> area_named(std::string_view name);

/// Applies the options; may be called again (reload). Before the first call only warnings and
/// errors are written, as text.
void start(log_options const& options);

/// From now on; until start() is called again.
void set_level(area which, level to);
/// What is written of an area at least.
[[nodiscard]] level level_of(area which);

/// The logger of an area: `log::net()->info("session closed core={} reason={}", core, reason)`.
/// Valid until the process ends.
[[nodiscard]] spdlog::logger* logger(area which);
[[nodiscard]] inline spdlog::logger* net() {
  return logger(area::net);
}
[[nodiscard]] inline spdlog::logger* session() {
  return logger(area::session);
}
[[nodiscard]] inline spdlog::logger* shard() {
  return logger(area::shard);
}
[[nodiscard]] inline spdlog::logger* control() {
  return logger(area::control);
}
[[nodiscard]] inline spdlog::logger* app() {
  return logger(area::app);
}

/// Since an arbitrary start, a few milliseconds coarse, cheap to read.
[[nodiscard]] std::chrono::milliseconds coarse_now();

/// At most `lines_max` lines an interval for one call site; keeps count of the others.
/// Any thread; intervals begin with the first line after the last one ended.
class rate_limit {
 public:
  struct options {
    std::uint32_t lines_max = 5;
    std::chrono::milliseconds interval{10'000};
  };

  rate_limit() = default;
  explicit constexpr rate_limit(options const& given) : options_(given) {}
  rate_limit(rate_limit const&) = delete;
  rate_limit& operator=(rate_limit const&) = delete;

  /// @return how many lines were suppressed since the last one that was let through; nothing: this
  ///         one is suppressed, too.
  [[nodiscard]] std::optional<std::uint64_t> admit(std::chrono::milliseconds now);

 private:
  options options_{};
  std::atomic<std::int64_t> interval_end_{0};  // milliseconds; 0 before the first line
  std::atomic<std::uint32_t> lines_{0};        // let through in this interval
  std::atomic<std::uint64_t> suppressed_{0};   // since the last line that was let through
};

/// A warning that a client can trigger. One limit for each call site:
/// `static log::rate_limit limit; log::warn_limited(limit, *log::net(), now, "…", …);`
template <class... Args>
void warn_limited(rate_limit& limit, spdlog::logger& to, std::chrono::milliseconds now,
                  spdlog::format_string_t<Args...> text, Args&&... args) {
  if (!to.should_log(spdlog::level::warn)) return;
  auto const suppressed = limit.admit(now);
  if (!suppressed) return;
  if (*suppressed == 0) {
    to.warn(text, std::forward<Args>(args)...);
  } else {
    to.warn("{} suppressed={}", fmt::format(text, std::forward<Args>(args)...), *suppressed);
  }
}

namespace detail {

/// One line without its end, as start() would have it written. Control characters and invalid
/// UTF-8 in `msg` are escaped or replaced, so that no message can forge a line.
struct line_parts {
  std::chrono::system_clock::time_point ts;
  std::string_view level;
  std::string_view area;
  std::string_view msg;
};
[[nodiscard]] std::string made_line(line_parts const& parts, format form);

}  // namespace detail
}  // namespace waggle::log
