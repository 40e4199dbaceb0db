// SPDX-License-Identifier: Apache-2.0
// Clients of a tenant: swarms of their own, shares, and the ICE policy.
#include "tests/unit/server/session/talking_client.hpp"

namespace waggle::test {
namespace {

tenant_policy policy_of_acme() {
  return {.id = acme, .name = "acme"};
}

talking_client client_of_acme(tenant_policy const& policy = policy_of_acme(),
                              client_standing standing = {.tenant = acme}) {
  return talking_client{{}, 1, policy, std::move(standing)};
}

std::string description(std::string const& candidates = {}) {
  return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
         "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n" +
         candidates;
}

std::string offer_body(std::string const& sdp) {
  return json{{"type", "offer"}, {"sdp", sdp}}.dump();
}

constexpr auto host_line =
    "a=candidate:1 1 udp 2122260223 192.168.1.7 50000 typ host generation 0\r\n";
constexpr auto relay_line =
    "a=candidate:2 1 udp 41885439 203.0.113.9 50001 typ relay raddr 198.51.100.7 rport 50002\r\n";

std::vector<json> delivered(talking_client& client, std::string const& body,
                            std::uint32_t address_tag) {
  auto in_swarm = swarm(1);
  in_swarm.tenant = acme;
  return client.shard_says(offer_delivery{.swarm = in_swarm,
                                          .from = peer(2),
                                          .to = peer(1),
                                          .address_tag = address_tag,
                                          .offer_id = {"\"id\""},
                                          .body = {body}});
}

TEST(TrackerTenant, SpeaksOfTheSwarmsOfItsTenantOnly) {
  auto client = client_of_acme();
  client.announces({.more = {{"offers", offers_json(1)}}});
  client.says(json{{"action", "announce"},
                   {"info_hash", swarm_text(1)},
                   {"peer_id", peer_text(1)},
                   {"to_peer_id", peer_text(2)},
                   {"offer_id", "x"},
                   {"answer", json::object()}}
                  .dump());
  client.says(json{{"action", "scrape"}, {"info_hash", swarm_text(1)}}.dump());
  client.talk->on_close(conversation::ending::over);

  auto const all = std::exchange(client.shards.all, {});
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(std::get<announce_message>(all[0].what).swarm.tenant, acme);
  EXPECT_EQ(std::get<answer_message>(all[1].what).swarm.tenant, acme);
  EXPECT_EQ(all[2].swarms.at(0).tenant, acme);
  EXPECT_EQ(std::get<leave_message>(all[3].what).swarm.tenant, acme);
}

TEST(TrackerTenant, ScrapesAllSwarmsOfItsTenantOnly) {
  tracker_limits limits;
  limits.scrape_all = true;
  talking_client client{limits, 1, policy_of_acme(), {.tenant = acme}};

  client.says(json{{"action", "scrape"}}.dump());

  EXPECT_EQ(client.sent<scrape_message>().at(0).first.tenant, acme);
}

TEST(TrackerTenant, ScrapesNothingAtAllWithATokenThatNamesSwarms) {
  tracker_limits limits;
  limits.scrape_all = true;
  auto const token = std::make_shared<grant const>();
  talking_client client{limits, 1, policy_of_acme(), {.tenant = acme, .token = token}};

  auto const heard = client.says(json{{"action", "scrape"}}.dump());

  EXPECT_EQ(heard.at(0).at("failure reason"), reason(errc::scrape_all_off));
  EXPECT_TRUE(client.shards.all.empty());
}

TEST(TrackerTenant, IsPutOutWhenTheTenantIsGoneOrBanned) {
  auto client = client_of_acme();
  EXPECT_EQ(client.talk->on_rules(), std::nullopt);
  client.scope.bans = std::make_shared<ban_list const>(ban_list::parts{.tenants = {acme}});
  EXPECT_EQ(client.talk->on_rules(), websocket::close_code::banned);
  client.scope.bans = std::make_shared<ban_list const>();
  client.use({.name = ""});
  EXPECT_EQ(client.talk->on_rules(), websocket::close_code::tenant_gone);
}

TEST(TrackerTenant, LeavesASwarmThatIsNotServedAnyMore) {
  auto client = client_of_acme();
  client.announces();
  client.announces({.swarm = 2});
  client.shards.all.clear();

  auto policy = policy_of_acme();
  policy.access = access_policy{access_mode::open, {}, {hash(1)}};
  client.use(policy);

  EXPECT_EQ(client.talk->on_rules(), std::nullopt);
  auto const left = client.sent<leave_message>();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].first.swarm.hash(), hash(1));
  EXPECT_EQ(client.scope.counts.memberships_revoked, 1U);
}

TEST(TrackerTenant, RemembersAsManySwarmsAsTheTenantOrItsTokenSays) {
  auto policy = policy_of_acme();
  policy.limits.memberships_max = 2;
  auto const token = std::make_shared<grant const>(grant{.memberships_max = 1});
  auto plain = client_of_acme(policy);
  auto capped = client_of_acme(policy, {.tenant = acme, .token = token});
  for (int number = 1; number <= 3; ++number) {
    plain.announces({.swarm = number});
    capped.announces({.swarm = number});
  }

  auto const remembered = [](talking_client& of) {
    std::size_t count = 0;
    for (auto const& [message, sent] : of.sent<announce_message>()) count += message.remember;
    return count;
  };
  EXPECT_EQ(remembered(plain), 2U);
  EXPECT_EQ(remembered(capped), 1U);
}

TEST(TrackerTenant, RelaysAsManyOffersAsItsTokenSays) {
  auto const token = std::make_shared<grant const>(grant{.offers_max = 2});
  auto client = client_of_acme(policy_of_acme(), {.tenant = acme, .token = token});

  client.announces({.more = {{"offers", offers_json(5)}}});

  EXPECT_EQ(client.sent<announce_message>().at(0).second.offers.size(), 2U);
}

TEST(TrackerTenant, IsAnsweredButNotMatchedPastTheMessagesOfItsTenant) {
  auto policy = policy_of_acme();
  policy.limits.messages_per_second = 4;
  auto client = client_of_acme(policy);
  std::vector<std::size_t> offers;
  for (int i = 0; i < 4; ++i) client.announces({.more = {{"offers", offers_json(2)}}});
  for (auto const& [message, sent] : client.sent<announce_message>()) {
    offers.push_back(sent.offers.size());
  }
  EXPECT_EQ(offers, (std::vector<std::size_t>{2, 2, 0, 0})) << "two seconds' worth at once";
  EXPECT_GT(client.scope.judged.over_tenant_quota, 0U);

  client.now += 1s;
  client.announces({.more = {{"offers", offers_json(2)}}});

  EXPECT_EQ(client.sent<announce_message>().at(0).second.offers.size(), 2U);
}

TEST(TrackerIcePolicy, KeepsHostCandidatesBetweenPeersOfOneAddressOnly) {
  auto policy = policy_of_acme();
  policy.ice = sdp::ice_policy::no_host_cross_ip;
  auto client = client_of_acme(policy, {.tenant = acme, .address_tag = 5});
  auto const body = offer_body(description(std::string{host_line} + relay_line));

  auto const same = delivered(client, body, 5).at(0).at("offer").at("sdp").get<std::string>();
  auto const other = delivered(client, body, 6).at(0).at("offer").at("sdp").get<std::string>();

  EXPECT_NE(same.find("192.168.1.7"), std::string::npos);
  EXPECT_EQ(other.find("192.168.1.7"), std::string::npos);
  EXPECT_NE(other.find("203.0.113.9"), std::string::npos);
  EXPECT_EQ(client.scope.judged.descriptions_filtered, 1U);
}

TEST(TrackerIcePolicy, RelaysNothingHiddenWhereOnlyRelaysAreAllowed) {
  auto policy = policy_of_acme();
  policy.ice = sdp::ice_policy::relay_only;
  auto client = client_of_acme(policy);

  auto const plain =
      delivered(client, offer_body(description(std::string{host_line} + relay_line)), 0);
  auto const hidden = delivered(client, offer_body("AbC,1$encrypted=="), 0);

  auto const text = plain.at(0).at("offer").at("sdp").get<std::string>();
  EXPECT_EQ(text.find("192.168.1.7"), std::string::npos);
  EXPECT_EQ(text.find("198.51.100.7"), std::string::npos) << "behind the relay";
  EXPECT_NE(text.find("typ relay"), std::string::npos);
  EXPECT_TRUE(hidden.empty());
  EXPECT_EQ(client.scope.judged.descriptions_withheld, 1U);
}

TEST(TrackerIcePolicy, TellsTheShardTheTagOfTheSender) {
  auto client = client_of_acme(policy_of_acme(), {.tenant = acme, .address_tag = 77});

  client.announces();

  EXPECT_EQ(client.sent<announce_message>().at(0).first.address_tag, 77U);
}

}  // namespace
}  // namespace waggle::test
