// SPDX-License-Identifier: Apache-2.0
// Tokens that are forged, old, shared or of somebody else, at the handshake and in announces.
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"
#include "tests/hostile/tokens.hpp"

namespace waggle::test {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

class HostileToken : public testing::Test {
 protected:
  /// Tenants a and b, each with a secret of its own; who names none is not served.
  static tracker_options with_tokens(std::vector<std::string> settings = {}) {
    settings.insert(settings.end(), {"tenants.a.access.mode=token", "tenants.b.access.mode=token",
                                     "tenants.a.tokens.secrets=k:" + std::string{secret_of_a},
                                     "tenants.b.tokens.secrets=k:" + std::string{secret_of_b},
                                     "tenants.a.tokens.leeway=0s"});
    return besieged(std::move(settings));
  }
  static token_claims named(std::string const& id, std::chrono::seconds lifetime = 10min) {
    auto claims = claims_for("a", lifetime);
    claims.id = id;
    return claims;
  }
  static ws_options good() { return showing(signed_by(secret_of_a, claims_for("a")), "/t/a/"); }
  static int status(tracker const& server, std::string const& token,
                    std::string const& path = "/t/a/") {
    return handshake(server.plain(), showing(token, path)).status;
  }
};

// Defence: the signature is verified, and a key is used for its own algorithm only.
TEST_F(HostileToken, ThatIsForgedIsRefused) {
  tracker server{with_tokens()};
  honest_swarm const beside{server.plain(), good()};
  auto claims = claims_for("a");
  auto const ours = signed_by(secret_of_a, claims);
  claims.expires += 1h;
  auto const longer = signed_by("the secret of nobody here which is long enough", claims);

  EXPECT_EQ(status(server, unsecured(ours)), 401) << "alg: none";
  EXPECT_EQ(status(server, unsecured(ours) + "AA"), 401) << "alg: none, and a signature";
  EXPECT_EQ(status(server, longer), 401) << "the key of somebody else";
  EXPECT_EQ(status(server, with_payload_of(ours, longer)), 401) << "the signature of another one";
  EXPECT_EQ(status(server, ours.substr(0, ours.size() - 4)), 401) << "cut";
  EXPECT_EQ(status(server, "x.y.z"), 401);
  EXPECT_EQ(refused(server, "token_invalid"), 6);
}

// Defence: the mode `token` lets nobody in without one.
TEST_F(HostileToken, ThatIsMissingIsAskedFor) {
  tracker server{with_tokens()};
  honest_swarm const beside{server.plain(), good()};

  auto const answer = handshake(server.plain(), {.path = "/t/a/"});

  EXPECT_EQ(answer.status, 401);
  EXPECT_NE(answer.header("www-authenticate"), "");
  EXPECT_EQ(status(server, ""), 401);
  EXPECT_EQ(refused(server, "token_missing"), 2);
}

// Defence: tokens.connections_max for a token with a jti; client_ledger::enter.
TEST_F(HostileToken, ThatIsReplayedHoldsAsManyConnectionsAsItMay) {
  tracker server{with_tokens({"tenants.a.tokens.connections_max=3"})};
  honest_swarm const beside{server.plain(), good()};
  auto const shared = showing(signed_by(secret_of_a, named("shared")), "/t/a/");
  std::vector<ws_client> crowd;
  for (int i = 0; i < 3; ++i) crowd.push_back(ws_client::connect(server.plain(), shared));

  auto const late = handshake(server.plain(), shared);

  EXPECT_EQ(late.status, 429);
  EXPECT_NE(late.header("retry-after"), "");
  EXPECT_EQ(refused(server, "token_connections"), 1);
  EXPECT_EQ(status(server, signed_by(secret_of_a, named("shared", 20min))), 429)
      << "the same jti, minted anew";
  EXPECT_EQ(status(server, signed_by(secret_of_a, named("other"))), 101);
  crowd.clear();
  EXPECT_TRUE(eventually([&] { return handshake(server.plain(), shared).status == 101; }));
}

// Defence: cap.connections, which may be less than tokens.connections_max.
TEST_F(HostileToken, ThatCapsItsConnectionsIsHeldToIt) {
  tracker server{with_tokens()};
  honest_swarm const beside{server.plain(), good()};
  auto claims = named("capped");
  claims.caps.connections = 1;
  auto const capped = showing(signed_by(secret_of_a, claims), "/t/a/");
  auto const first = ws_client::connect(server.plain(), capped);

  EXPECT_EQ(handshake(server.plain(), capped).status, 429);
}

// Defence: cap.swarms bounds the memberships of a connection, cap.offers what is relayed for it.
TEST_F(HostileToken, ThatCapsSwarmsAndOffersIsHeldToIt) {
  tracker server{with_tokens()};
  honest_swarm const beside{server.plain(), good()};
  auto claims = claims_for("a");
  claims.caps.swarms = 2;
  claims.caps.offers = 1;
  tracker_client capped{server.plain(), showing(signed_by(secret_of_a, claims), "/t/a/")};
  tracker_client other{server.plain(), good()};
  std::vector<std::string> const swarms{fresh_swarm(), fresh_swarm(), fresh_swarm()};
  other.announce({.swarm = swarms[0], .peer = fresh_peer()});
  other.announce({.swarm = swarms[0], .peer = fresh_peer()});

  for (auto const& swarm : swarms) {
    capped.announce({.swarm = swarm, .peer = fresh_peer(), .offers = some_offers("c", 5)});
  }

  EXPECT_EQ(offers_among(other.drain(swarms[0])).size(), 1U);
  EXPECT_EQ(other.scrape({swarms[2]}).fields.at("files").begin()->at("incomplete"), 0);
  EXPECT_EQ(other.scrape({swarms[1]}).fields.at("files").begin()->at("incomplete"), 1);
}

// Defence: `exp` and `nbf`.
TEST_F(HostileToken, ThatHasExpiredOrIsNotYetValidIsRefused) {
  tracker server{with_tokens()};
  honest_swarm const beside{server.plain(), good()};
  auto early = claims_for("a");
  early.not_before = early.expires - 1min;

  EXPECT_EQ(status(server, signed_by(secret_of_a, claims_for("a", -1s))), 401);
  EXPECT_EQ(status(server, signed_by(secret_of_a, early)), 401);
  EXPECT_EQ(refused(server, "token_expired"), 2);
}

// Defence: tokens.reconnect_grace has an end, and forgives neither the key nor a ban.
TEST_F(HostileToken, ThatHasExpiredReconnectsWithinTheGraceAlone) {
  tracker server{with_tokens({"tenants.a.tokens.reconnect_grace=1h"})};
  honest_swarm const beside{server.plain(),
                            showing(signed_by(secret_of_a, claims_for("a", -10min)), "/t/a/")};

  EXPECT_EQ(status(server, signed_by(secret_of_a, claims_for("a", -2h))), 401);
  EXPECT_EQ(status(server, signed_by(secret_of_b, claims_for("a", -10min))), 401);
  ban(server, "token", "a/revoked");
  EXPECT_TRUE(eventually(
      [&] { return status(server, signed_by(secret_of_a, named("revoked", -10min))) == 403; }));
}

// Defence: the kill switch of a token; tracker_conversation::on_rules.
TEST_F(HostileToken, ThatIsRevokedIsClosedAtOnceAndStaysOut) {
  tracker server{with_tokens()};
  honest_swarm const beside{server.plain(), good()};
  auto const stolen = showing(signed_by(secret_of_a, named("stolen")), "/t/a/");
  tracker_client thief{server.plain(), stolen};
  auto const swarm = fresh_swarm();
  thief.announce({.swarm = swarm, .peer = fresh_peer()});

  {
    at_once const within;
    ban(server, "token", "a/stolen");
    EXPECT_EQ(thief.socket().await_end().code, 4403);
  }

  EXPECT_EQ(handshake(server.plain(), stolen).status, 403);
  EXPECT_EQ(status(server, signed_by(secret_of_a, named("stolen", 1h))), 403) << "minted anew";
}

// Defence: each tenant has keys of its own, and `tid` must be the tenant of the path.
TEST_F(HostileToken, OfAnotherTenantIsRefused) {
  tracker server{with_tokens()};
  honest_swarm const beside{server.plain(), good()};
  auto const of_b = signed_by(secret_of_b, claims_for("b"));

  EXPECT_EQ(status(server, of_b), 401) << "the key is not known to a";
  EXPECT_EQ(status(server, signed_by(secret_of_a, claims_for("b"))), 403) << "a key of a, for b";
  EXPECT_EQ(status(server, signed_by(secret_of_a, claims_for("b")), "/"), 401)
      << "by its token of b, where the key is not known";
  EXPECT_EQ(status(server, signed_by(secret_of_b, claims_for("c")), "/"), 403) << "no such tenant";
  EXPECT_EQ(status(server, of_b, "/"), 101) << "by its token";
}

// Defence: the claim `swm`; tenant_policy::serves.
TEST_F(HostileToken, OfAnotherSwarmIsServedNothing) {
  tracker server{with_tokens()};
  honest_swarm const beside{server.plain(), good()};
  auto const wanted = fresh_swarm();
  auto const own = fresh_swarm();
  tracker_client member{server.plain(), good()};
  member.announce({.swarm = wanted, .peer = fresh_peer()});
  auto claims = claims_for("a");
  claims.swarms = std::vector<std::string>{hex_of(own)};
  tracker_client thief{server.plain(), showing(signed_by(secret_of_a, claims), "/t/a/")};

  auto const reply =
      thief.announce({.swarm = wanted, .peer = fresh_peer(), .offers = some_offers("t", 3)});

  EXPECT_EQ(reply.number("incomplete"), 0);
  EXPECT_THAT(member.drain(wanted), IsEmpty());
  EXPECT_EQ(thief.scrape({wanted}).fields.at("files").begin()->at("incomplete"), 0);
  EXPECT_EQ(thief.announce({.swarm = own, .peer = fresh_peer()}).number("incomplete"), 1);
}

// Defence: a connection without a token is served nothing until an announce shows a good one.
TEST_F(HostileToken, InAnnouncesLetsInToItsOwnSwarmsAlone) {
  tracker server{with_tokens({"tenants.a.tokens.in_announce=true"})};
  honest_swarm const beside{server.plain(), good()};
  auto const swarm = fresh_swarm();
  auto const other = fresh_swarm();
  auto claims = named("late");
  claims.swarms = std::vector<std::string>{hex_of(swarm)};
  auto const token = signed_by(secret_of_a, claims);
  tracker_client client{server.plain(), {.path = "/t/a/"}};
  auto const joined = [&](std::string const& where, std::string const& with) {
    client.send(with_token(announce_message({.swarm = where, .peer = fresh_peer()}), with));
    return client.receive().number("incomplete");
  };

  EXPECT_EQ(client.announce({.swarm = swarm, .peer = fresh_peer()}).number("incomplete"), 0);
  EXPECT_EQ(joined(swarm, unsecured(token)), 0);
  EXPECT_EQ(joined(swarm, signed_by(secret_of_b, claims)), 0);
  EXPECT_EQ(joined(swarm, token), 1);
  EXPECT_EQ(joined(other, token), 0);

  at_once const within;
  ban(server, "token", "a/late");
  EXPECT_TRUE(eventually([&] { return counted(server, "waggle_memberships_revoked_total") == 1; }));
}

// Defence: how many tokens a connection may have verified and remembered is bounded.
TEST_F(HostileToken, FloodOfTokensInAnnouncesIsNotVerifiedForEver) {
  tracker server{
      with_tokens({"tenants.a.tokens.in_announce=true", "session.message_burst=100000"})};
  honest_swarm beside{server.plain(), good()};
  tracker_client client{server.plain(), {.path = "/t/a/"}};
  auto const valid = signed_by(secret_of_a, claims_for("a"));
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  for (int i = 0; i < 1'100; ++i) {
    client.send(
        with_token(announce_message({.swarm = swarm, .peer = peer}), "x.y." + std::to_string(i)));
    ASSERT_EQ(client.receive().number("incomplete"), 0);
  }

  client.send(with_token(announce_message({.swarm = swarm, .peer = peer}), valid));

  EXPECT_EQ(client.receive().number("incomplete"), 0) << "it has had its tries";
  EXPECT_TRUE(beside.relays_on());
}

}  // namespace
}  // namespace waggle::test
