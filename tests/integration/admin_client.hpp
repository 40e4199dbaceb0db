// SPDX-License-Identifier: Apache-2.0
// An operator's tool: asks the admin API of a running server. Each request has a connection of its
// own. One thread.
#pragma once

#include "tests/support/http.hpp"
#include "tests/support/tracker_messages.hpp"

#include <string>
#include <string_view>

namespace waggle::test {

struct admin_request {
  std::string method = "GET";
  std::string target;
  std::string fields = {};  // whole lines
  std::string body = {};
};
http_response ask(endpoint const& at, admin_request const& wanted);

inline constexpr auto as_json = "Content-Type: application/json\r\n";

class admin_client {
 public:
  explicit admin_client(endpoint at) : at_(std::move(at)) {}

  /// What is below /api/v1/: "bans?limit=1". Throws std::runtime_error unless it is answered 200.
  [[nodiscard]] json get(std::string const& path) const;
  /// A change of whatever outcome.
  [[nodiscard]] http_response post(std::string const& path, json const& body) const;
  [[nodiscard]] http_response put(std::string const& path, json const& body = {}) const;
  [[nodiscard]] http_response remove(std::string const& path) const;

 private:
  endpoint at_;
};

/// An event stream, as far as it was read.
class event_reader {
 public:
  explicit event_reader(endpoint const& at);

  /// Reads until `text` is there; false at the deadline.
  [[nodiscard]] bool sees(std::string_view text);
  [[nodiscard]] std::string const& received() const { return received_; }

 private:
  stream connection_;
  std::string received_;
};

}  // namespace waggle::test
