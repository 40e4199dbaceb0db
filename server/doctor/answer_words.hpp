// SPDX-License-Identifier: Apache-2.0
// What most probably stands behind an answer that is not a WebSocket, or behind no answer. Pure.
#pragma once

#include "server/net/types.hpp"

#include <string>

namespace waggle::doctor {

struct http_answer {
  unsigned status = 0;
  std::string reason;    // "Not Found"
  std::string server;    // the field of this name
  std::string location;  // likewise
  std::string body;      // the beginning, in one line
};

/// "404 Not Found from nginx: ...", for anything but a good 101.
[[nodiscard]] std::string words_for_answer(http_answer const& answer);

/// For a request that got no HTTP answer.
[[nodiscard]] std::string words_for_no_answer(net::error_code error, bool tls);

/// For a TLS handshake that failed.
[[nodiscard]] std::string words_for_tls_fault(net::error_code error);

/// For a TCP connection that could not be made.
[[nodiscard]] std::string words_for_connect_fault(net::error_code error);

}  // namespace waggle::doctor
