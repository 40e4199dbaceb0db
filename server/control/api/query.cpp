// SPDX-License-Identifier: Apache-2.0
#include "server/control/api/query.hpp"

#include <charconv>

namespace waggle::api {
namespace {

std::optional<std::uint64_t> whole_number(std::string_view text, int base = 10) {
  std::uint64_t number = 0;
  auto const* const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, number, base);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

/// %XX as its byte. What is no escape stays as it is.
std::string decoded(std::string_view text) {
  std::string made;
  while (!text.empty()) {
    auto const escaped = text.front() == '%' && text.size() >= 3;
    auto const byte = escaped ? whole_number(text.substr(1, 2), 16) : std::nullopt;
    made += byte ? static_cast<char>(*byte) : text.front();
    text.remove_prefix(byte ? 3 : 1);
  }
  return made;
}

}  // namespace

std::optional<std::string> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    auto const pair = query.substr(0, query.find('&'));
    query.remove_prefix(pair.size() == query.size() ? pair.size() : pair.size() + 1);
    auto const equals = pair.find('=');
    if (decoded(pair.substr(0, equals)) != name) continue;
    return equals == std::string_view::npos ? std::string{} : decoded(pair.substr(equals + 1));
  }
  return std::nullopt;
}

checked<std::uint64_t> number_parameter(std::string_view query, std::string_view name,
                                        number_bounds const& bounds) {
  auto const text = parameter(query, name);
  if (!text) return bounds.otherwise;
  auto const number = whole_number(*text);
  if (number && *number >= bounds.low && *number <= bounds.high) return *number;
  return problem{400, std::string{name} + " must be a whole number from " +
                          std::to_string(bounds.low) + " to " + std::to_string(bounds.high)};
}

checked<page_request> page_parameters(std::string_view query) {
  auto const limit = number_parameter(query, "limit", {1, page_limit_max, 50});
  if (!limit) return limit.error();
  auto const offset = number_parameter(query, "offset", {0, 1'000'000'000, 0});
  if (!offset) return offset.error();
  return page_request{.offset = *offset, .limit = *limit};
}

}  // namespace waggle::api
