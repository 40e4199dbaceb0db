// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/words.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace waggle::doctor {
namespace {

constexpr std::size_t excerpt_bytes_max = 80;

std::string number_text(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

}  // namespace

std::string milliseconds_text(clock::duration time) {
  auto const value = std::chrono::duration<double, std::milli>(time).count();
  if (value >= 1'000) return seconds_text(time);
  return number_text(value, value < 10 ? 1 : 0) + " ms";
}

std::string seconds_text(clock::duration time) {
  return number_text(std::chrono::duration<double>(time).count(), 1) + " s";
}

std::string whole_seconds_text(std::chrono::milliseconds time) {
  auto const value = std::chrono::duration<double>(time).count();
  return number_text(value, time.count() % 1'000 == 0 ? 0 : 1) + " s";
}

std::string counted(std::size_t number, std::string_view what) {
  return std::to_string(number) + " " + std::string{what} + (number == 1 ? "" : "s");
}

std::string date_text(std::chrono::system_clock::time_point when) {
  auto const seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
  return text.data();
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

std::string excerpt(std::string_view text) {
  auto const start = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  text.remove_prefix(start);
  text = text.substr(0, text.find_first_of("\r\n")).substr(0, excerpt_bytes_max);
  text = text.substr(0, text.find_last_not_of(" \t") + 1);
  return one_line(std::string{text});
}

}  // namespace waggle::doctor
