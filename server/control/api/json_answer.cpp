// SPDX-License-Identifier: Apache-2.0
#include "server/control/api/json_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace waggle::api {
namespace {

using namespace std::chrono;

/// Takes exactly `digits` digits from the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  int number = 0;
  auto const part = text.substr(0, digits);
  auto const numeric =
      std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (part.size() < digits || !numeric) return std::nullopt;
  std::from_chars(part.data(), part.data() + part.size(), number);
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// ".25" -> 250 ms; nothing to take is no error.
milliseconds take_fraction(std::string_view& text) {
  if (text.size() < 2 || text[0] != '.' || text[1] < '0' || text[1] > '9') return {};
  text.remove_prefix(1);
  std::int64_t value = 0;
  std::int64_t unit = 100;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; unit /= 10) {
    value += unit * (text.front() - '0');
    text.remove_prefix(1);
  }
  return milliseconds{value};
}

/// "Z", "+02:00"; the whole rest.
std::optional<minutes> take_offset(std::string_view text) {
  if (text == "Z" || text == "z") return minutes{0};
  auto const west = !text.empty() && text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  auto const hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
  auto const minute = take_number(text, 2);
  if (!minute || *minute > 59 || !text.empty()) return std::nullopt;
  auto const offset = hours{*hour} + minutes{*minute};
  return west ? -offset : offset;
}

}  // namespace

std::string dumped(json const& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/false, json::error_handler_t::replace);
}

http_answer json_answer(json const& value, unsigned status) {
  return {.status = status, .content_type = "application/json", .body = dumped(value) + "\n"};
}

http_answer no_content() {
  return {.status = 204, .content_type = {}, .body = {}};
}

checked<json> object_of(std::string const& body, std::initializer_list<std::string_view> members) {
  if (body.empty()) return json::object();
  auto value = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return problem{400, "the body must be a JSON object"};
  for (auto const& [name, ignored] : value.items()) {
    if (std::find(members.begin(), members.end(), name) == members.end()) {
      return problem{400, "unknown member \"" + name + "\""};
    }
  }
  return value;
}

std::optional<std::string> text_member(json const& object, std::string_view name) {
  auto const found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::string hex_of(std::span<std::uint8_t const> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (auto const byte : bytes) {
    hex += digits[byte >> 4U];
    hex += digits[byte & 15U];
  }
  return hex;
}

std::string time_text(storage::wall_time at) {
  auto const day = floor<days>(at);
  year_month_day const date{day};
  hh_mm_ss const time{at - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

std::optional<storage::wall_time> parse_time(std::string_view text) {
  auto const y = take_number(text, 4);
  if (!y || !take(text, "-")) return std::nullopt;
  auto const m = take_number(text, 2);
  if (!m || !take(text, "-")) return std::nullopt;
  auto const d = take_number(text, 2);
  if (!d || !take(text, "Tt ")) return std::nullopt;
  auto const hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
  auto const minute = take_number(text, 2);
  if (!minute || *minute > 59 || !take(text, ":")) return std::nullopt;
  auto const second = take_number(text, 2);
  if (!second || *second > 60) return std::nullopt;
  auto const fraction = take_fraction(text);
  auto const offset = take_offset(text);
  year_month_day const date{year{*y}, month{static_cast<unsigned>(*m)},
                            day{static_cast<unsigned>(*d)}};
  if (!offset || !date.ok()) return std::nullopt;
  return storage::wall_time{sys_days{date}} + hours{*hour} + minutes{*minute} + seconds{*second} +
         fraction - *offset;
}

}  // namespace waggle::api
