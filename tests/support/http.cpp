// SPDX-License-Identifier: Apache-2.0
// Reads HTTP responses and Prometheus text.
#include "tests/support/http.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <stdexcept>

namespace waggle::test {
namespace {

std::string lower(std::string_view text) {
  std::string made{text};
  std::transform(made.begin(), made.end(), made.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

http_response parse_head(std::string_view head) {
  http_response made;
  auto line_end = head.find("\r\n");
  auto const status_line = head.substr(0, line_end);
  if (!status_line.starts_with("HTTP/1.") || status_line.size() < 12)
    throw std::runtime_error("not an HTTP response: " + std::string{status_line});
  std::from_chars(status_line.data() + 9, status_line.data() + 12, made.status);
  while (line_end != std::string_view::npos) {
    head.remove_prefix(line_end + 2);
    line_end = head.find("\r\n");
    auto const line = head.substr(0, line_end);
    if (auto const colon = line.find(':'); colon != std::string_view::npos)
      made.headers[lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
  }
  return made;
}

/// Takes the chunks of RFC 9112 section 7.1 from `bytes` if the last one is there.
bool take_chunked(std::string& bytes, std::string& body) {
  std::string_view rest{bytes};
  std::string made;
  for (;;) {
    auto const line_end = rest.find("\r\n");
    if (line_end == std::string_view::npos) return false;
    std::size_t size = 0;
    std::from_chars(rest.data(), rest.data() + line_end, size, 16);
    if (rest.size() < line_end + 2 + size + 2) return false;
    made += rest.substr(line_end + 2, size);
    rest.remove_prefix(line_end + 2 + size + 2);
    if (size == 0) break;
  }
  body = std::move(made);
  bytes = std::string{rest};
  return true;
}

}  // namespace

std::string http_response::header(std::string const& lower_name) const {
  auto const found = headers.find(lower_name);
  return found == headers.end() ? std::string{} : found->second;
}

http_response read_response(stream& from, std::string* rest, milliseconds within) {
  deadline const until{within};
  std::string bytes;
  auto head_end = std::string::npos;
  while ((head_end = bytes.find("\r\n\r\n")) == std::string::npos) {
    auto const got = from.read(bytes, until.left());
    if (got == stream::read_result::nothing) throw std::runtime_error("no HTTP response in time");
    if (got == stream::read_result::closed) return {};
  }
  auto made = parse_head(std::string_view{bytes}.substr(0, head_end));
  bytes.erase(0, head_end + 4);

  bool const bodiless = made.status == 101 || made.status == 204 || made.status == 304;
  bool const chunked = lower(made.header("transfer-encoding")) == "chunked";
  auto const length_text = made.header("content-length");
  std::size_t length = 0;
  std::from_chars(length_text.data(), length_text.data() + length_text.size(), length);
  bool const until_close = !bodiless && !chunked && length_text.empty();
  auto const complete = [&] {
    if (bodiless) return true;
    if (chunked) return take_chunked(bytes, made.body);
    return !until_close && bytes.size() >= length;
  };
  while (!complete()) {
    auto const got = from.read(bytes, until.left());
    if (got == stream::read_result::nothing) throw std::runtime_error("no HTTP body in time");
    if (got == stream::read_result::closed) {
      if (!until_close) throw std::runtime_error("closed inside an HTTP body");
      length = bytes.size();
      break;
    }
  }
  if (!bodiless && !chunked) {
    made.body = bytes.substr(0, length);
    bytes.erase(0, length);
  }
  if (rest != nullptr) *rest = std::move(bytes);
  return made;
}

http_response http_get(endpoint const& at, std::string_view target) {
  auto connection = stream::connect(at);
  connection.send("GET " + std::string{target} + " HTTP/1.1\r\nHost: " + at.authority() +
                  "\r\nConnection: close\r\n\r\n");
  return read_response(connection);
}

double metric_sum(std::string_view text, std::string_view name) {
  double sum = 0;
  while (!text.empty()) {
    auto const line_end = text.find('\n');
    auto const line = text.substr(0, line_end);
    text = line_end == std::string_view::npos ? std::string_view{} : text.substr(line_end + 1);
    if (!line.starts_with(name) || line.size() == name.size()) continue;
    char const next = line[name.size()];
    if (next != ' ' && next != '{') continue;
    std::string const number{line.substr(line.rfind(' ') + 1)};
    sum += std::strtod(number.c_str(), nullptr);
  }
  return sum;
}

}  // namespace waggle::test
