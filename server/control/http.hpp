// SPDX-License-Identifier: Apache-2.0
// What the pages of the internal listener see of HTTP: plain values, no parser and no socket.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace waggle {

class answer_stream;

enum class http_method : std::uint8_t { get, head, post, put, del, other };

/// "GET", ...; "" for `other`.
[[nodiscard]] constexpr std::string_view name_of(http_method method) {
  constexpr std::string_view names[] = {"GET", "HEAD", "POST", "PUT", "DELETE", ""};
  return names[static_cast<std::size_t>(method)];
}

struct http_request {
  http_method method = http_method::get;
  std::string target;
  // Fields; empty where the request has none.
  std::string host;
  std::string authorization;
  std::string content_type;
  std::string if_none_match;
  std::string body;
};

struct http_field {
  std::string_view name;  // static storage
  std::string value;
};

struct http_answer {
  unsigned status = 200;
  std::string_view content_type;  // static storage; empty: there is no body
  std::string body;
  std::string_view fixed_body = {};     // instead of `body`; static storage
  std::vector<http_field> fields = {};  // besides those that every answer has, or instead of them
  std::shared_ptr<answer_stream> stream = {};  // what follows `body`, until it ends; else null
};

}  // namespace waggle
