// SPDX-License-Identifier: Apache-2.0
// The admin API over HTTP on a loopback port, with a server that a test writes down. What it
// answers can be kept in a file (WAGGLE_API_ANSWERS), whose lines tests/api holds to the schemas.
#pragma once

#include "tests/unit/server/control/api/fake_admin.hpp"
#include "tests/unit/server/control/fixture.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <string>

namespace waggle::test {

using nlohmann::json;

struct api_request {
  std::string method = "GET";
  std::string target;  // behind /api/v1
  std::string body = {};
  std::string host = "localhost:8001";
  std::string content_type = "application/json";  // sent with every method but GET
  std::string token = {};
};

class api_over_http : public listening {
 protected:
  api_over_http() { admin_ = &fake_; }

  void TearDown() override {
    fake_.facts.join();  // before the loop that it answers on
    listening::TearDown();
  }

  static std::string text_of(api_request const& wanted) {
    auto text =
        wanted.method + " /api/v1" + wanted.target + " HTTP/1.1\r\nHost: " + wanted.host + "\r\n";
    if (!wanted.token.empty()) text += "Authorization: Bearer " + wanted.token + "\r\n";
    if (wanted.method != "GET") {
      if (!wanted.content_type.empty()) text += "Content-Type: " + wanted.content_type + "\r\n";
      text += "Content-Length: " + std::to_string(wanted.body.size()) + "\r\n";
    }
    return text + "\r\n" + wanted.body;
  }

  reply ask(api_request const& wanted) {
    auto& from = connect();
    from.send(text_of(wanted));
    auto got = answer_to(from, wanted.method == "HEAD");
    keep(wanted, got);
    return got;
  }
  reply get_api(std::string const& target) { return ask({.target = target}); }

  /// The body of an answer that must be 200.
  json body_of(std::string const& target) {
    auto const got = get_api(target);
    EXPECT_EQ(got.status, 200U) << target << ": " << got.body;
    return json::parse(got.body, nullptr, /*allow_exceptions=*/false);
  }

  /// The detail of a problem that must have this status.
  std::string problem_of(reply const& got, unsigned status) {
    EXPECT_EQ(got.status, status) << got.body;
    EXPECT_NE(got.head.find("Content-Type: application/problem+json\r\n"), std::string::npos);
    auto const body = json::parse(got.body, nullptr, /*allow_exceptions=*/false);
    EXPECT_EQ(body.value("status", 0U), status);
    EXPECT_NE(body.value("title", ""), "");
    return body.value("detail", "");
  }

  fake_admin fake_;

 private:
  static void keep(api_request const& wanted, reply const& got) {
    static char const* const path = std::getenv("WAGGLE_API_ANSWERS");
    if (path == nullptr || wanted.method == "HEAD") return;
    std::ofstream{path, std::ios::app} << json{{"method", wanted.method},
                                               {"target", wanted.target},
                                               {"status", got.status},
                                               {"head", got.head},
                                               {"body", got.body}}
                                              .dump()
                                       << '\n';
  }
};

}  // namespace waggle::test
