// SPDX-License-Identifier: Apache-2.0
// Who gets ICE servers from /ice, and in which shape.
#include "server/session/ice_page.hpp"

#include "server/core/ban_list.hpp"
#include "server/core/tenant_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace waggle {
namespace {

using testing::HasSubstr;
using testing::Not;

class some_servers final : public ice_servers {
 public:
  [[nodiscard]] ice_offer offer_to(tenant_id /*tenant*/, std::string_view host) const override {
    return {.json = R"([{"urls":"stun:)" + std::string{host} + R"("}])", .ttl_s = 60};
  }
  [[nodiscard]] std::optional<turn_offer> turn_for(tenant_id /*tenant*/) const override {
    if (!has_turn) return std::nullopt;
    return turn_offer{
        .urls = {"turn:a", "turn:b"}, .username = "1:x", .credential = "secret", .ttl_s = 60};
  }
  bool has_turn = true;
};

struct rig {
  explicit rig(std::vector<std::string> origins = {"https://*.example.org"})
      : tenants(tenant_directory::policies{std::make_shared<tenant_policy const>(
            tenant_policy{.origins = origin_filter{std::move(origins)}})}) {}

  [[nodiscard]] std::optional<web_answer> ask(web_request const& request,
                                              bool within_rate = true) const {
    return answer_ice(request, {tenants, bans, nullptr}, servers, within_rate);
  }

  tenant_directory tenants;
  ban_list bans;
  some_servers servers;
};

web_request get(std::string_view target, std::string_view origin) {
  return {.method = "GET",
          .target = target,
          .host = "waggle.example.org:8443",
          .origin = origin,
          .if_none_match = {},
          .client = {}};
}

TEST(IcePage, IsAConfigurationForAnAllowedPage) {
  rig const some;

  auto const answer = some.ask(get("/ice", "https://www.example.org"));

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U);
  EXPECT_THAT(answer->text, HasSubstr("Access-Control-Allow-Origin: https://www.example.org\r\n"));
  EXPECT_THAT(answer->text, HasSubstr("Cache-Control: no-store\r\n"));
  EXPECT_THAT(answer->text,
              HasSubstr(R"({"iceServers":[{"urls":"stun:waggle.example.org"}],"ttl":60})"));
}

TEST(IcePage, IsWhatMatrixClientsAskFor) {
  rig const some;

  auto const answer = some.ask(get("/ice?format=matrix", "https://www.example.org"));

  ASSERT_TRUE(answer);
  EXPECT_THAT(
      answer->text,
      HasSubstr(R"({"username":"1:x","password":"secret","ttl":60,"uris":["turn:a","turn:b"]})"));
}

TEST(IcePage, IsNotForOthers) {
  rig const some;
  EXPECT_EQ(some.ask(get("/ice", "https://evil.example"))->status, 403U);
  EXPECT_EQ(some.ask(get("/ice", ""))->status, 403U);
  // Where every page may connect, none has been allowed by name.
  rig const open{{}};
  auto const answer = open.ask(get("/ice", "https://www.example.org"));
  EXPECT_EQ(answer->status, 403U);
  EXPECT_THAT(answer->text, Not(HasSubstr("secret")));
}

TEST(IcePage, IsNotThereWithoutASecret) {
  rig some;
  some.servers.has_turn = false;

  EXPECT_FALSE(some.ask(get("/ice", "https://www.example.org")));
}

TEST(IcePage, IsHeldToARate) {
  rig const some;

  EXPECT_EQ(some.ask(get("/ice", "https://www.example.org"), /*within_rate=*/false)->status, 429U);
}

TEST(IcePage, AnswersAPreflight) {
  rig const some;
  auto request = get("/ice", "https://www.example.org");
  request.method = "OPTIONS";

  auto const answer = some.ask(request);

  EXPECT_EQ(answer->status, 204U);
  EXPECT_THAT(answer->text, HasSubstr("Access-Control-Allow-Methods: GET\r\n"));
  EXPECT_TRUE(answer->text.ends_with("\r\n\r\n"));
}

TEST(IcePage, HeadHasNoBody) {
  rig const some;
  auto request = get("/ice", "https://www.example.org");
  request.method = "HEAD";

  EXPECT_TRUE(some.ask(request)->text.ends_with("\r\n\r\n"));
}

TEST(IcePage, HasAPathForEachTenant) {
  EXPECT_TRUE(is_ice_path("/ice"));
  EXPECT_TRUE(is_ice_path("/t/acme/ice"));
  EXPECT_FALSE(is_ice_path("/"));
  EXPECT_FALSE(is_ice_path("/iced"));
}

TEST(WebRequest, HostIsWithoutItsPort) {
  EXPECT_EQ(host_of("example.org"), "example.org");
  EXPECT_EQ(host_of("example.org:8000"), "example.org");
  EXPECT_EQ(host_of("[::1]:8000"), "[::1]");
  EXPECT_EQ(host_of("[::1]"), "[::1]");
  EXPECT_EQ(host_of(""), "");
}

}  // namespace
}  // namespace waggle
