// SPDX-License-Identifier: Apache-2.0
// Pages of other origins, and clients that forge an Origin, with and without a token.
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"
#include "tests/hostile/tokens.hpp"

#include <utility>

namespace waggle::test {
namespace {

ws_options of_page(std::string const& origin, std::string const& path = "/t/a/") {
  return {.path = path, .headers = {{"Origin", origin}}};
}

tracker_options with_origins() {
  return besieged({"tenants.a.access.origins=https://example.org,https://*.example.org"});
}

// Defence: access.origins is asked before anything else of the tenant.
TEST(HostileOrigin, OfAForeignPageIsRefusedWithoutAToken) {
  tracker server{with_origins()};
  honest_swarm const beside{server.plain(), of_page("https://tv.example.org")};
  int count = 0;

  for (auto const* const origin :
       {"https://evil.example", "http://example.org", "https://example.org.evil.example",
        "https://evilexample.org", "https://example.org:8443", "null", "*", "https://"}) {
    EXPECT_EQ(handshake(server.plain(), of_page(origin)).status, 403) << origin;
    EXPECT_EQ(refused(server, "origin"), ++count) << origin;
  }
}

// Defence: who sends no Origin is let in only where access.origins says `none`.
TEST(HostileOrigin, ThatIsAbsentIsRefusedWhereOnlyPagesAreMeant) {
  tracker server{with_origins()};
  honest_swarm const beside{server.plain(), of_page("https://example.org")};

  EXPECT_EQ(handshake(server.plain(), {.path = "/t/a/"}).status, 403);
  EXPECT_EQ(handshake(server.plain(), of_page("")).status, 403);
  EXPECT_EQ(refused(server, "origin"), 2);
}

// Defence: two fields are one list, which is no origin of a page.
TEST(HostileOrigin, ThatIsSentTwiceIsNoneOfThem) {
  tracker server{with_origins()};
  honest_swarm const beside{server.plain(), of_page("https://example.org")};
  ws_options twice{
      .path = "/t/a/",
      .headers = {{"Origin", "https://evil.example"}, {"Origin", "https://example.org"}}};

  EXPECT_NE(handshake(server.plain(), twice).status, 101);
  std::swap(twice.headers[0], twice.headers[1]);
  EXPECT_NE(handshake(server.plain(), twice).status, 101);
}

// Defence: the claim `org` of the token; judge_token in server/session/admission.cpp.
TEST(HostileOrigin, OfAPageThatTheTokenIsNotForIsRefused) {
  tracker server{besieged(
      {"tenants.a.access.mode=token", "tenants.a.tokens.secrets=k:" + std::string{secret_of_a}})};
  auto claims = claims_for("a");
  claims.origin_globs = std::vector<std::string>{"https://*.example.org"};
  auto const path = "/t/a/?token=" + signed_by(secret_of_a, claims);
  honest_swarm const beside{server.plain(), of_page("https://tv.example.org", path)};

  EXPECT_EQ(handshake(server.plain(), of_page("https://evil.example", path)).status, 403);
  EXPECT_EQ(handshake(server.plain(), {.path = path}).status, 403) << "absent";
  EXPECT_EQ(refused(server, "token_foreign"), 2);
}

// Defence: a forged Origin proves nothing; the mode `token` asks for a token all the same.
TEST(HostileOrigin, ForgedByNoBrowserStillNeedsAToken) {
  auto options = with_origins();
  options.settings.emplace_back("tenants.a.access.mode=token");
  options.settings.emplace_back("tenants.a.tokens.secrets=k:" + std::string{secret_of_a});
  tracker server{options};
  auto const path = "/t/a/?token=" + signed_by(secret_of_a, claims_for("a"));
  honest_swarm const beside{server.plain(), of_page("https://example.org", path)};

  EXPECT_EQ(handshake(server.plain(), of_page("https://example.org")).status, 401);
  EXPECT_EQ(refused(server, "token_missing"), 1);
}

}  // namespace
}  // namespace waggle::test
