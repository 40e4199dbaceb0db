// SPDX-License-Identifier: Apache-2.0
#include "server/session/web_request.hpp"

namespace waggle {
namespace {

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200:
      return "200 OK";
    case 204:
      return "204 No Content";
    case 304:
      return "304 Not Modified";
    case 308:
      return "308 Permanent Redirect";
    default:
      return "404 Not Found";
  }
}

}  // namespace

std::string web_answer_head(unsigned status, std::string_view content_type,
                            std::size_t content_bytes) {
  std::string head = "HTTP/1.1 ";
  head.append(reason_of(status)).append("\r\nConnection: close\r\n");
  head.append("X-Content-Type-Options: nosniff\r\n");
  if (!content_type.empty()) head.append("Content-Type: ").append(content_type).append("\r\n");
  if (status != 204 && status != 304) {
    head.append("Content-Length: ").append(std::to_string(content_bytes)).append("\r\n");
  }
  return head;
}

}  // namespace waggle
