// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/admin_client.hpp"

#include "tests/support/deadline.hpp"

#include <stdexcept>
#include <utility>

namespace waggle::test {

http_response ask(endpoint const& at, admin_request const& wanted) {
  auto connection = stream::connect(at);
  connection.send(wanted.method + " " + wanted.target + " HTTP/1.1\r\nHost: " + at.authority() +
                  "\r\nConnection: close\r\n" + wanted.fields + "Content-Length: " +
                  std::to_string(wanted.body.size()) + "\r\n\r\n" + wanted.body);
  return read_response(connection);
}

json admin_client::get(std::string const& path) const {
  auto const got = ask(at_, {.target = "/api/v1/" + path});
  if (got.status != 200) {
    throw std::runtime_error{path + " is answered " + std::to_string(got.status) + " " + got.body};
  }
  return json::parse(got.body);
}

http_response admin_client::post(std::string const& path, json const& body) const {
  return ask(
      at_, {.method = "POST", .target = "/api/v1/" + path, .fields = as_json, .body = body.dump()});
}

http_response admin_client::put(std::string const& path, json const& body) const {
  return ask(at_, {.method = "PUT",
                   .target = "/api/v1/" + path,
                   .fields = as_json,
                   .body = body.is_null() ? std::string{} : body.dump()});
}

http_response admin_client::remove(std::string const& path) const {
  return ask(at_, {.method = "DELETE", .target = "/api/v1/" + path, .fields = as_json});
}

event_reader::event_reader(endpoint const& at) : connection_(stream::connect(at)) {
  connection_.send("GET /api/v1/events HTTP/1.1\r\nHost: " + at.authority() + "\r\n\r\n");
}

bool event_reader::sees(std::string_view text) {
  return eventually([&] {
    connection_.read(received_, milliseconds{100});
    return received_.find(text) != std::string::npos;
  });
}

}  // namespace waggle::test
