// SPDX-License-Identifier: Apache-2.0
// Makes links out of opened streams. The templates of Beast that it takes are instantiated in
// link_over.cpp only.
#pragma once

#include "server/doctor/link.hpp"

#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace waggle::doctor {

using tcp_layer = boost::beast::basic_stream<net::tcp, net::executor>;
using tls_layer = boost::beast::ssl_stream<tcp_layer>;

struct upgrade_request {
  std::string host;  // the Host field
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds within{};
};

/// What came back for the request to upgrade.
struct upgrade_answer {
  std::unique_ptr<link> connection;  // null: it was refused
  net::error_code error;
  unsigned status = 0;  // 0: no answer
  std::string reason;
  std::string server;    // the field of this name
  std::string location;  // likewise
  std::string body;      // the beginning, in one line
};

[[nodiscard]] net::awaitable<upgrade_answer> upgrade(tcp_layer stream, upgrade_request request);
[[nodiscard]] net::awaitable<upgrade_answer> upgrade(tls_layer stream, upgrade_request request);

}  // namespace waggle::doctor
