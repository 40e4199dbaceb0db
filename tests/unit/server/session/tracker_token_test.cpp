// SPDX-License-Identifier: Apache-2.0
// What tokens let a client into, those of the handshake and those of announces.
#include "tests/unit/server/session/talking_client.hpp"

#include <map>

namespace waggle::test {
namespace {

/// Counts how often it is asked.
class counting_gate final : public token_gate {
 public:
  [[nodiscard]] token_verdict check(std::string_view token, tenant_id /*tenant*/) const override {
    ++asked;
    auto const found = good.find(std::string{token});
    return found == good.end() ? token_verdict{} : token_verdict{.granted = found->second};
  }
  [[nodiscard]] std::string claimed_tenant(std::string_view /*token*/) const override { return {}; }

  std::map<std::string, std::shared_ptr<grant const>> good;
  mutable int asked = 0;
};

std::shared_ptr<grant const> grant_for(std::vector<std::string> const& swarms,
                                       std::uint8_t id = 1) {
  return std::make_shared<grant const>(
      grant{.token = token_id{{id}}, .tenant = acme, .swarms = swarm_scope{swarms}});
}

tenant_policy strict(token_rule rule) {
  return {.id = acme, .name = "acme", .access = access_policy{access_mode::token}, .tokens = rule};
}

struct token_client : talking_client {
  explicit token_client(std::shared_ptr<grant const> shown,
                        token_rule rule = token_rule::at_connect)
      : talking_client({}, 1, strict(rule), {.tenant = acme, .token = std::move(shown)}) {
    scope.tokens = &gate;
  }

  bool is_served(announce_text const& what) {
    announces(what);
    return !sent<announce_message>().empty();
  }

  counting_gate gate;
};

announce_text with_token(int number, std::string const& token) {
  return {.swarm = number, .more = {{"token", token}}};
}

TEST(TrackerToken, LetsIntoTheSwarmsItNamesOnly) {
  token_client client{grant_for({swarm_text(1)})};

  EXPECT_TRUE(client.is_served({.swarm = 1}));
  EXPECT_FALSE(client.is_served({.swarm = 2}));
  EXPECT_EQ(client.scope.counts.denied, 1U);
}

TEST(TrackerToken, WithoutOneNothingIsServedInModeToken) {
  token_client client{nullptr, token_rule::in_announce};

  EXPECT_FALSE(client.is_served({.swarm = 1}));
}

TEST(TrackerToken, OfAnAnnounceLetsIntoItsSwarm) {
  token_client client{nullptr, token_rule::in_announce};
  client.gate.good["a"] = grant_for({swarm_text(1)}, 1);
  client.gate.good["b"] = grant_for({swarm_text(2)}, 2);

  EXPECT_TRUE(client.is_served(with_token(1, "a")));
  EXPECT_FALSE(client.is_served(with_token(2, "a")));
  EXPECT_TRUE(client.is_served(with_token(2, "b")));
  EXPECT_TRUE(client.is_served({.swarm = 1})) << "it has been shown";
}

TEST(TrackerToken, OfAnAnnounceIsVerifiedOnce) {
  token_client client{nullptr, token_rule::in_announce};
  client.gate.good["a"] = grant_for({swarm_text(1)});
  for (int i = 0; i < 5; ++i) {
    client.announces(with_token(1, "a"));
    client.announces(with_token(1, "bad"));
  }

  EXPECT_EQ(client.gate.asked, 2);
}

TEST(TrackerToken, AsksNoMoreThanIsBoundedForATokenAfterTheOther) {
  token_client client{nullptr, token_rule::in_announce};
  client.scope.shown.checks_max = 10;
  for (int i = 0; i < 50; ++i) client.announces(with_token(1, "bad" + std::to_string(i)));

  EXPECT_EQ(client.gate.asked, 10);
}

TEST(TrackerToken, IsNotLookedAtWhereTheTenantHasNoKeys) {
  token_client client{nullptr, token_rule::ignored};

  client.announces(with_token(1, "a"));

  EXPECT_EQ(client.gate.asked, 0);
}

TEST(TrackerToken, ThatIsRevokedClosesTheConnectionItOpened) {
  token_client client{grant_for({"*"}, 9)};
  client.scope.bans = std::make_shared<ban_list const>(ban_list::parts{.tokens = {token_id{{9}}}});

  EXPECT_EQ(client.talk->on_rules(), websocket::close_code::banned);
}

TEST(TrackerToken, OfAnAnnounceThatIsRevokedEndsItsMembershipsOnly) {
  token_client client{nullptr, token_rule::in_announce};
  client.gate.good["a"] = grant_for({swarm_text(1)}, 1);
  client.gate.good["b"] = grant_for({swarm_text(2)}, 2);
  client.announces(with_token(1, "a"));
  client.announces(with_token(2, "b"));
  client.shards.all.clear();

  client.scope.bans = std::make_shared<ban_list const>(ban_list::parts{.tokens = {token_id{{1}}}});

  EXPECT_EQ(client.talk->on_rules(), std::nullopt);
  auto const left = client.sent<leave_message>();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].first.swarm.hash(), hash(1));
  EXPECT_FALSE(client.is_served(with_token(1, "a"))) << "for good";
}

TEST(TrackerToken, OfAnAnnounceIsForThePagesItNames) {
  auto const of_page = [] {
    auto made = *grant_for({"*"});
    made.origins = origin_filter{{"https://acme.example"}};
    return std::make_shared<grant const>(made);
  };
  for (auto const* const origin : {"https://acme.example", "https://other.example", ""}) {
    token_client client{nullptr, token_rule::in_announce};
    client.talk = std::make_unique<tracker_conversation>(
        client.scope, client.self, newcomer{.standing = client.its_standing, .origin = origin});
    client.gate.good["a"] = of_page();

    EXPECT_EQ(client.is_served(with_token(1, "a")), origin == std::string{"https://acme.example"});
  }
}

TEST(TrackerToken, OfAnAnnounceCapsSwarmsAndOffers) {
  auto capped = *grant_for({"*"});
  capped.memberships_max = 2;
  capped.offers_max = 1;
  token_client client{nullptr, token_rule::in_announce};
  client.gate.good["a"] = std::make_shared<grant const>(capped);
  for (int i = 1; i <= 4; ++i) {
    auto what = with_token(i, "a");
    what.more["offers"] = offers_json(3);
    client.announces(what);
  }

  auto const sent = client.sent<announce_message>();
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_TRUE(sent[1].first.remember);
  EXPECT_FALSE(sent[2].first.remember);
  EXPECT_EQ(sent[3].second.offers.size(), 1U);
}

/// Has two places for each token.
struct two_seats final : token_seats {
  struct place final : token_seat {
    explicit place(int& its_count) : count(its_count) { ++count; }
    place(place const&) = delete;
    place& operator=(place const&) = delete;
    ~place() override { --count; }
    int& count;
  };
  std::unique_ptr<token_seat> take(grant const& with) override {
    auto& count = taken[with.token.value[0]];
    return count < 2 ? std::make_unique<place>(count) : nullptr;
  }
  std::map<int, int> taken;
};

TEST(TrackerToken, OfAnAnnounceIsForAsManyConnectionsAsItMayHave) {
  two_seats seats;
  std::vector<std::unique_ptr<token_client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<token_client>(nullptr, token_rule::in_announce));
    clients.back()->scope.seats = &seats;
    for (auto const* const text : {"a", "b", "c"})
      clients.back()->gate.good[text] = grant_for({"*"});
  }
  // Of one name, and anew with every announce.
  for (auto const* const text : {"a", "b", "c"}) {
    EXPECT_TRUE(clients[0]->is_served(with_token(1, text)));
    EXPECT_TRUE(clients[1]->is_served(with_token(1, text)));
    EXPECT_FALSE(clients[2]->is_served(with_token(1, text)));
  }
  EXPECT_EQ(seats.taken[1], 2);

  clients.erase(clients.begin());

  EXPECT_EQ(seats.taken[1], 1);
  EXPECT_TRUE(clients[1]->is_served(with_token(1, "a"))) << "there is a place now";
  auto const bans = std::make_shared<ban_list const>(ban_list::parts{.tokens = {token_id{{1}}}});
  clients[0]->scope.bans = bans;
  EXPECT_EQ(clients[0]->talk->on_rules(), std::nullopt);
  EXPECT_EQ(seats.taken[1], 1) << "who is banned has none";
}

TEST(TrackerToken, OfTheHandshakeHasItsPlaceAlready) {
  two_seats seats;
  token_client client{grant_for({"*"}, 1)};
  client.scope.seats = &seats;
  client.gate.good["a"] = grant_for({"*"}, 1);

  EXPECT_TRUE(client.is_served(with_token(1, "a")));
  EXPECT_EQ(seats.taken[1], 0);
}

TEST(TrackerToken, NamesContentByTheBookOfTheTenant) {
  auto policy = strict(token_rule::at_connect);
  auto title = content::title{.name = "live/one"};
  title.swarms.push_back({.swarm = swarm(1)});
  policy.content = std::make_shared<content_book const>(std::span{&title, 1});
  token_client client{grant_for({"live/*"})};
  client.use(policy);

  EXPECT_TRUE(client.is_served({.swarm = 1}));
  EXPECT_FALSE(client.is_served({.swarm = 2}));
}

}  // namespace
}  // namespace waggle::test
