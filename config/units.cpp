// SPDX-License-Identifier: Apache-2.0
// Durations and sizes as people write them. Pure.
#include "config/units.hpp"

#include <charconv>
#include <cmath>
#include <limits>

namespace waggle {
namespace {

struct byte_unit {
  std::string_view name;
  std::uint64_t bytes;
};

// Largest first, so that formatting finds the shortest form.
constexpr byte_unit byte_units[] = {{"TiB", std::uint64_t{1} << 40},
                                    {"GiB", std::uint64_t{1} << 30},
                                    {"MiB", std::uint64_t{1} << 20},
                                    {"KiB", std::uint64_t{1} << 10},
                                    {"B", 1}};

constexpr double millisecond_limit = 1e15;  // 30,000 years: past every bound, far from overflow

// Saturates, also at infinities, which a product with the unit may be.
std::chrono::milliseconds rounded(double milliseconds) {
  if (milliseconds > millisecond_limit) milliseconds = millisecond_limit;
  if (milliseconds < -millisecond_limit) milliseconds = -millisecond_limit;
  return std::chrono::milliseconds{std::llround(milliseconds)};
}

}  // namespace

std::optional<std::chrono::milliseconds> duration_of_seconds(double seconds) {
  if (!std::isfinite(seconds)) return std::nullopt;
  return rounded(seconds * 1000);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  auto const is_number_start = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  if (text.empty() || !is_number_start(text.front())) return std::nullopt;  // no sign, "inf", "nan"
  double number = 0;
  auto const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) number = millisecond_limit;
  auto const unit = text.substr(static_cast<std::size_t>(stop - text.data()));
  if (unit == "ms") return rounded(number);
  if (unit == "s") return rounded(number * 1000);
  if (unit == "m") return rounded(number * 60'000);
  if (unit == "h") return rounded(number * 3'600'000);
  return std::nullopt;
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t number = 0;
  auto const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) number = most;
  auto const name = text.substr(static_cast<std::size_t>(stop - text.data()));
  if (name.empty()) return number;
  for (auto const& unit : byte_units) {
    if (name == unit.name) return number > most / unit.bytes ? most : number * unit.bytes;
  }
  return std::nullopt;
}

std::string format_duration(std::chrono::milliseconds value) {
  constexpr std::int64_t second = 1000;
  constexpr std::int64_t minute = 60 * second;
  constexpr std::int64_t hour = 60 * minute;
  auto const count = value.count();
  if (count == 0) return "0s";
  if (count % hour == 0) return std::to_string(count / hour) + "h";
  if (count % minute == 0 && count >= 5 * minute) return std::to_string(count / minute) + "m";
  if (count % second == 0) return std::to_string(count / second) + "s";
  return std::to_string(count) + "ms";
}

std::string format_bytes(std::uint64_t value) {
  for (auto const& unit : byte_units) {
    if (unit.bytes == 1 || value == 0) break;
    if (value % unit.bytes == 0) return std::to_string(value / unit.bytes) + std::string{unit.name};
  }
  return std::to_string(value);
}

}  // namespace waggle
