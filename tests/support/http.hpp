// SPDX-License-Identifier: Apache-2.0
// As much HTTP/1.1 as tests need: a head, a body, a look at Prometheus text. One thread.
#pragma once

#include "tests/support/stream.hpp"

#include <map>
#include <string>
#include <string_view>

namespace waggle::test {

struct http_response {
  int status = 0;                              // 0: the peer closed without a response
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  [[nodiscard]] std::string header(std::string const& lower_name) const;
};

/// Reads one response. What arrived behind it is left in `rest`, if given.
[[nodiscard]] http_response read_response(stream& from, std::string* rest = nullptr,
                                          milliseconds within = patience);

/// GET on a connection of its own.
[[nodiscard]] http_response http_get(endpoint const& at, std::string_view target);

/// The sum over all label sets of a metric in Prometheus text; 0 if it does not appear.
[[nodiscard]] double metric_sum(std::string_view text, std::string_view name);

}  // namespace waggle::test
