// SPDX-License-Identifier: Apache-2.0
// What the public listener says to requests: RFC 6455 section 4.2.1, point by point.
#include "server/session/upgrade.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace waggle {
namespace {

/// The example of RFC 6455 section 1.3.
request_head good() {
  return {.method = "GET",
          .target = "/chat",
          .version = 11,
          .has_host = true,
          .upgrade = "websocket",
          .connection = "Upgrade",
          .key = "dGhlIHNhbXBsZSBub25jZQ==",
          .websocket_version = "13"};
}

request_head with(std::function<void(request_head&)> const& change) {
  auto head = good();
  change(head);
  return head;
}

TEST(Upgrade, AcceptsTheExampleOfTheStandard) {
  auto const decision = decide_upgrade(good());

  EXPECT_EQ(decision.answer, upgrade_answer::switch_protocols);
  EXPECT_EQ(decision.accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(upgrade_response(decision, /*healthy=*/true, /*head_only=*/false),
            "HTTP/1.1 101 Switching Protocols\r\n"
            "Upgrade: websocket\r\n"
            "Connection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

struct request_row {
  char const* name;
  request_head head;
  upgrade_answer expected;
};

void expect_answers(std::vector<request_row> const& table) {
  for (auto const& row : table) {
    auto const decision = decide_upgrade(row.head);
    EXPECT_EQ(decision.answer, row.expected) << row.name;
    EXPECT_EQ(decision.accept.empty(), row.expected != upgrade_answer::switch_protocols)
        << row.name;
  }
}

TEST(Upgrade, TakesTokensInListsAndAnyCase) {
  auto const yes = upgrade_answer::switch_protocols;
  expect_answers({
      {"upgrade in capitals", with([](auto& it) { it.upgrade = "WebSocket"; }), yes},
      {"connection in small letters", with([](auto& it) { it.connection = "upgrade"; }), yes},
      {"Firefox", with([](auto& it) { it.connection = "keep-alive, Upgrade"; }), yes},
      {"in the middle", with([](auto& it) { it.connection = "a,\t UPGRADE ,b"; }), yes},
      {"empty elements", with([](auto& it) { it.connection = ",,upgrade,"; }), yes},
      {"other protocols too", with([](auto& it) { it.upgrade = "h2c, websocket"; }), yes},
      {"any path", with([](auto& it) { it.target = "/healthz"; }), yes},
      {"any query", with([](auto& it) { it.target = "/?info=a/b?c"; }), yes},
      {"a later HTTP/1 version", with([](auto& it) { it.version = 12; }), yes},
      {"space around the key", with([](auto& it) { it.key = " dGhlIHNhbXBsZSBub25jZQ== "; }), yes},
      {"space around the version", with([](auto& it) { it.websocket_version = "\t13 "; }), yes},
  });
}

TEST(Upgrade, InsistsOnEveryRequirement) {
  auto const bad = upgrade_answer::bad_request;
  expect_answers({
      {"POST", with([](auto& it) { it.method = "POST"; }), bad},
      {"methods are case-sensitive", with([](auto& it) { it.method = "get"; }), bad},
      {"HEAD", with([](auto& it) { it.method = "HEAD"; }), bad},
      {"HTTP/1.0", with([](auto& it) { it.version = 10; }), bad},
      {"no Host", with([](auto& it) { it.has_host = false; }), bad},
      {"no Connection", with([](auto& it) { it.connection = ""; }), bad},
      {"Connection without Upgrade", with([](auto& it) { it.connection = "keep-alive"; }), bad},
      {"only a part of the token", with([](auto& it) { it.connection = "upgrades"; }), bad},
      {"two tokens without a comma", with([](auto& it) { it.connection = "x upgrade"; }), bad},
      {"no key", with([](auto& it) { it.key = ""; }), bad},
      {"15 bytes", with([](auto& it) { it.key = "dGhlIHNhbXBsZSBub25j"; }), bad},
      {"17 bytes", with([](auto& it) { it.key = "dGhlIHNhbXBsZSBub25jZXg="; }), bad},
      {"not base64", with([](auto& it) { it.key = "dGhlIHNhbXBsZSBub25jZ!=="; }), bad},
      {"two keys",
       with([](auto& it) { it.key = "dGhlIHNhbXBsZSBub25jZQ==,dGhlIHNhbXBsZSBub25jZQ=="; }), bad},
  });
}

TEST(Upgrade, NamesTheVersionThatItSpeaks) {
  for (auto const* const version : {"", "12", "8", "14", "13, 8", "013", "1 3"}) {
    auto const decision = decide_upgrade(with([&](auto& it) { it.websocket_version = version; }));

    EXPECT_EQ(decision.answer, upgrade_answer::upgrade_required) << version;
    EXPECT_NE(upgrade_response(decision, true, false).find("\r\nSec-WebSocket-Version: 13\r\n"),
              std::string::npos);
  }
}

TEST(Upgrade, AnswersHealthChecks) {
  auto const plain = [](std::string_view method, std::string_view target) {
    return with([&](auto& it) {
      it = {.method = method, .target = target, .version = 11, .has_host = true};
    });
  };
  auto const health = upgrade_answer::health;
  auto const other = upgrade_answer::upgrade_required;
  expect_answers({
      {"GET", plain("GET", "/healthz"), health},
      {"HEAD", plain("HEAD", "/healthz"), health},
      {"with a query", plain("GET", "/healthz?probe=1"), health},
      {"by HTTP/1.0 without Host",
       with([](auto& it) { it = {.method = "GET", .target = "/healthz", .version = 10}; }), health},
      {"with another upgrade on offer", with([](auto& it) {
         it.target = "/healthz";
         it.upgrade = "h2c";
       }),
       health},
      {"POST", plain("POST", "/healthz"), other},
      {"a path below it", plain("GET", "/healthz/x"), other},
      {"a longer name", plain("GET", "/healthzz"), other},
      {"the root", plain("GET", "/"), other},
      {"any other page", plain("GET", "/index.html"), other},
      {"an upgrade to something else", with([](auto& it) { it.upgrade = "h2c"; }), other},
      {"a version behind the name", with([](auto& it) { it.upgrade = "websocket/13"; }), other},
      {"no upgrade at all", with([](auto& it) { it.upgrade = ""; }), other},
  });
}

// --- responses -----------------------------------------------------------------------------------

struct parsed {
  std::string status;
  std::vector<std::string> fields;
  std::string body;

  [[nodiscard]] bool has(std::string const& field) const {
    return std::ranges::find(fields, field) != fields.end();
  }
};

/// Takes a response apart and checks that it is one.
parsed parse(std::string const& response) {
  parsed result;
  auto const end = response.find("\r\n\r\n");
  EXPECT_NE(end, std::string::npos);
  result.body = response.substr(end + 4);
  std::size_t begin = 0;
  while (begin <= end) {
    auto const line_end = response.find("\r\n", begin);
    auto const line = response.substr(begin, line_end - begin);
    EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos);
    if (begin == 0) {
      result.status = line;
    } else {
      EXPECT_NE(line.find(": "), std::string::npos) << line;
      result.fields.push_back(line);
    }
    begin = line_end + 2;
  }
  return result;
}

TEST(UpgradeResponse, HealthIsOkOrUnavailable) {
  upgrade_decision const health{.answer = upgrade_answer::health};

  auto const well = parse(upgrade_response(health, /*healthy=*/true, /*head_only=*/false));
  auto const ill = parse(upgrade_response(health, /*healthy=*/false, /*head_only=*/false));

  EXPECT_EQ(well.status, "HTTP/1.1 200 OK");
  EXPECT_EQ(well.body, "ok\n");
  EXPECT_EQ(ill.status, "HTTP/1.1 503 Service Unavailable");
  EXPECT_EQ(ill.body, "unavailable\n");
  EXPECT_TRUE(well.has("Cache-Control: no-store"));
}

TEST(UpgradeResponse, HeadHasTheFieldsOfGetAndNoBody) {
  upgrade_decision const health{.answer = upgrade_answer::health};

  auto const get = parse(upgrade_response(health, true, /*head_only=*/false));
  auto const head = parse(upgrade_response(health, true, /*head_only=*/true));

  EXPECT_EQ(get.fields, head.fields);
  EXPECT_EQ(head.body, "");
  EXPECT_TRUE(head.has("Content-Length: 3"));
}

TEST(UpgradeResponse, RefusalsAreWellFormedAndClose) {
  std::vector<std::pair<std::string, std::string>> const table{
      {"HTTP/1.1 426 Upgrade Required",
       upgrade_response(decide_upgrade({.method = "GET", .target = "/"}), true, false)},
      {"HTTP/1.1 400 Bad Request",
       upgrade_response(decide_upgrade(with([](auto& it) { it.key = "x"; })), true, false)},
      {"HTTP/1.1 431 Request Header Fields Too Large", refusal_response(431, "too large")},
      {"HTTP/1.1 400 Bad Request", refusal_response(400, "not HTTP")}};
  for (auto const& [status, text] : table) {
    auto const response = parse(text);

    EXPECT_EQ(response.status, status);
    EXPECT_GT(response.body.size(), 1U) << status;
    EXPECT_TRUE(response.has("Content-Length: " + std::to_string(response.body.size()))) << text;
    EXPECT_TRUE(response.has("Connection: close") || response.has("Connection: Upgrade, close"))
        << text;
  }
}

TEST(UpgradeResponse, UpgradeRequiredNamesTheProtocol) {
  auto const response =
      parse(upgrade_response({.answer = upgrade_answer::upgrade_required}, true, false));

  EXPECT_TRUE(response.has("Upgrade: websocket"));
  EXPECT_TRUE(response.has("Connection: Upgrade, close"));
}

}  // namespace
}  // namespace waggle
