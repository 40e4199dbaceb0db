// SPDX-License-Identifier: Apache-2.0
// Works on the text first: a double cannot tell 1e-999 from zero.
#include "protocol/json/number.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <system_error>

namespace waggle::json {
namespace {

constexpr auto most = std::numeric_limits<std::uint64_t>::max();

/// -0, 0.000 and 0e9 are zero; 1e-999 is not.
bool is_zero(std::string_view raw) {
  auto const mantissa = raw.substr(0, raw.find_first_of("eE"));
  return mantissa.find_first_of("123456789") == std::string_view::npos;
}

/// A positive number with a fraction or an exponent. Out of a double's range it counts as infinite
/// or as the smallest there is, by the sign of its exponent.
double to_double(std::string_view raw) {
  double number = 0;
  auto const parsed = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  if (parsed.ec == std::errc{}) return number;
  auto const exponent = raw.find_first_of("eE");
  auto const tiny =
      exponent == std::string_view::npos ? raw.starts_with("0.") : raw[exponent + 1] == '-';
  return tiny ? std::numeric_limits<double>::min() : std::numeric_limits<double>::infinity();
}

std::uint64_t round_up(double number) {
  auto const whole = std::ceil(number);
  if (whole >= 18446744073709551616.0) return most;  // 2^64
  return whole < 1 ? 1 : static_cast<std::uint64_t>(whole);
}

}  // namespace

std::optional<std::uint64_t> amount(value const& from) {
  if (from.is != kind::number) return std::nullopt;
  auto const raw = from.raw;
  if (is_zero(raw)) return 0;
  if (raw.starts_with('-')) return std::nullopt;
  if (raw.find_first_of(".eE") != std::string_view::npos) return round_up(to_double(raw));
  std::uint64_t number = 0;
  auto const parsed = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  return parsed.ec == std::errc{} ? number : most;
}

std::optional<std::uint64_t> whole_amount(value const& from) {
  auto const number = amount(from);
  if (!number || *number == 0 || from.raw.find_first_of(".eE") == std::string_view::npos) {
    return number;
  }
  auto const exact = to_double(from.raw);
  if (!std::isfinite(exact) || std::floor(exact) != exact) return std::nullopt;
  return number;
}

}  // namespace waggle::json
