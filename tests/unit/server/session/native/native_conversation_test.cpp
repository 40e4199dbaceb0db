// SPDX-License-Identifier: Apache-2.0
// What a native client hears for what it says (docs/protocol/native.md).
#include "protocol/tenant_name.hpp"
#include "tests/unit/server/session/native/native_client.hpp"

namespace waggle::test {
namespace {

using ending = conversation::ending;

int code_of(std::vector<json> const& heard) {
  auto const errors = only_kind(heard, "err");
  return errors.size() == 1 ? errors.front()["code"].get<int>() : 0;
}
json join(int handle, std::string const& swarm, json more = json::object()) {
  more["t"] = "join";
  more["s"] = handle;
  more["swarm"] = swarm;
  return more;
}

TEST(NativeConversation, WelcomeSaysWhoTheClientIs) {
  native_core core;
  auto const one = core.connect();

  auto const welcome = core.greet(one);

  EXPECT_EQ(welcome["t"], "welcome");
  EXPECT_EQ(welcome["id"].get<std::string>().size(), native::peer_name_bytes);
  EXPECT_EQ(welcome["grace"], 30);
  EXPECT_EQ(welcome["ice"], json::array());
  EXPECT_EQ(welcome["policy"], (json{{"p2p", true}, {"want", 8}, {"report", 30}}));
  EXPECT_FALSE(welcome.contains("resumed"));
  EXPECT_NE(core.greet(core.connect())["id"], welcome["id"]);
}

TEST(NativeConversation, ProposedIdIsTaken) {
  native_core core;

  EXPECT_EQ(core.greet(core.connect(), {{"id", "AAAAbbbb1111-_zz"}})["id"], "AAAAbbbb1111-_zz");
}

TEST(NativeConversation, HelloComesFirstAndOnce) {
  native_core core;
  auto const one = core.connect();

  EXPECT_EQ(code_of(core.says(one, join(1, "movie"))), 101);
  EXPECT_TRUE(core.says(one, json{{"t", "from the future"}}).empty());
  core.greet(one);
  EXPECT_EQ(code_of(core.says(one, json{{"t", "hello"}})), 105);
}

TEST(NativeConversation, BinaryMessageEndsTheConnection) {
  native_core core;
  auto const one = core.connect();

  core.says_text(one, "{}", websocket::opcode::binary);

  EXPECT_EQ(core.clients[one].closed, websocket::close_code::unsupported_data);
}

TEST(NativeConversation, TwoMembersAreMatchedAndTalk) {
  native_core core;
  auto const one = core.member();
  auto const two = core.connect();
  core.greet(two);

  auto const heard = core.says(two, join(9, "movie"));

  EXPECT_EQ(only_kind(heard, "joined"), (std::vector<json>{{{"t", "joined"}, {"s", 9}, {"n", 2}}}));
  auto const mine = only_kind(heard, "match");
  auto const others = only_kind(core.heard_by(one), "match");
  ASSERT_EQ(mine.size(), 1U);
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(mine[0]["s"], 9);
  EXPECT_EQ(others[0]["s"], 1);
  EXPECT_EQ(mine[0]["c"], others[0]["c"]);
  EXPECT_NE(mine[0]["init"], others[0]["init"]);
  EXPECT_EQ(mine[0]["lan"], true);  // both have the address tag 0

  bool const i_offer = mine[0]["init"].get<bool>();
  auto const [first, first_handle] = i_offer ? std::pair{two, 9} : std::pair{one, 1};
  auto const second = i_offer ? one : two;
  core.says(first,
            json{{"t", "offer"}, {"s", first_handle}, {"c", mine[0]["c"]}, {"d", {{"u", "x"}}}});
  EXPECT_EQ(
      core.heard_by(second),
      (std::vector<json>{
          {{"t", "offer"}, {"s", i_offer ? 1 : 9}, {"c", mine[0]["c"]}, {"d", {{"u", "x"}}}}}));
}

TEST(NativeConversation, HandlesAreTheClientsOwn) {
  native_core core;
  auto const one = core.member();

  EXPECT_EQ(code_of(core.says(one, join(1, "other"))), 106);  // the handle is in use
  EXPECT_EQ(code_of(core.says(one, join(2, "movie"))), 106);  // the swarm is
  EXPECT_EQ(code_of(core.says(one, json{{"t", "leave"}, {"s", 5}})), 111);
  EXPECT_EQ(
      code_of(core.says(one, json{{"t", "offer"}, {"s", 5}, {"c", 1}, {"d", json::object()}})),
      111);
  core.says(one, json{{"t", "leave"}, {"s", 1}});
  EXPECT_EQ(core.count("movie").incomplete, 0U);
  EXPECT_EQ(only_kind(core.says(one, join(1, "other")), "joined").size(), 1U);
}

TEST(NativeConversation, SwarmsOfAConnectionAreBounded) {
  native_core core;
  core.scope.limits.memberships_max = 3;
  auto const one = core.connect();
  core.greet(one);
  for (int each = 0; each < 3; ++each) core.says(one, join(each, std::to_string(each)));

  EXPECT_EQ(code_of(core.says(one, join(3, "3"))), 107);
}

TEST(NativeConversation, BadMessageIsRefusedAndNothingIsLost) {
  native_core core;
  auto const one = core.member();

  EXPECT_EQ(code_of(core.says_text(one, "{")), 105);
  auto const heard = core.says(one, json{{"t", "join"}, {"s", 7}});
  EXPECT_EQ(code_of(heard), 105);
  EXPECT_EQ(heard[0]["s"], 7);
  EXPECT_EQ(core.count("movie").incomplete, 1U);
  EXPECT_FALSE(core.clients[one].closed);
}

TEST(NativeConversation, UnknownLinkIsRefusedWithItsNumber) {
  native_core core;
  auto const one = core.member();

  auto const heard =
      core.says(one, json{{"t", "offer"}, {"s", 1}, {"c", 77}, {"d", json::object()}});

  EXPECT_EQ(code_of(heard), 114);
  EXPECT_EQ(heard[0]["c"], 77);
  EXPECT_EQ(heard[0]["s"], 1);
}

TEST(NativeConversation, PeerIdOfSomebodyElseIsRefusedInItsSwarm) {
  native_core core;
  auto const one = core.connect();
  core.greet(one, {{"id", "AAAAbbbb1111-_zz"}});
  core.says(one, join(1, "movie"));
  auto const two = core.connect();
  core.greet(two, {{"id", "AAAAbbbb1111-_zz"}});

  EXPECT_EQ(code_of(core.says(two, join(1, "movie"))), 112);
  EXPECT_EQ(only_kind(core.says(two, join(1, "other")), "joined").size(), 1U);
}

TEST(NativeConversation, LostConnectionIsResumed) {
  native_core core;
  auto const one = core.member();
  core.says(one, json{{"t", "leave"}, {"s", 1}});
  auto const two = core.connect();
  auto const welcome = core.greet(two);
  core.says(two, join(4, "movie"));
  core.says(one, join(1, "movie"));
  core.heard_by(one);
  core.end(two, ending::lost);
  core.settle();
  EXPECT_EQ(core.count("movie").incomplete, 2U);

  auto const three = core.connect();
  auto const heard = core.says(three, json{{"t", "hello"}, {"resume", welcome["resume"]}});

  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0]["resumed"], true);
  EXPECT_EQ(heard[0]["id"], welcome["id"]);
  EXPECT_NE(heard[0]["resume"], welcome["resume"]);
  EXPECT_EQ(heard[1]["t"], "joined");
  EXPECT_EQ(heard[1]["s"], 4);
  EXPECT_EQ(heard[1]["links"].size(), 1U);
  EXPECT_TRUE(core.heard_by(one).empty());  // the neighbour never knew
  // A seat is taken once.
  auto const four = core.connect();
  EXPECT_FALSE(core.greet(four, {{"resume", welcome["resume"]}}).contains("resumed"));
}

TEST(NativeConversation, SeatEndsWithItsGrace) {
  native_core core;
  auto const one = core.connect();
  auto const welcome = core.greet(one);
  core.says(one, join(1, "movie"));
  auto const two = core.member();
  core.seats.tick(core.now);
  core.end(one, ending::lost);
  core.heard_by(two);

  core.seats.tick(core.now + 29s);
  core.settle();
  EXPECT_EQ(core.count("movie").incomplete, 2U);
  core.seats.tick(core.now + 30s);
  core.settle();

  EXPECT_EQ(core.count("movie").incomplete, 1U);
  EXPECT_EQ(only_kind(core.heard_by(two), "gone").size(), 1U);
  EXPECT_EQ(core.seats.parked(), 0U);
  EXPECT_FALSE(core.greet(core.connect(), {{"resume", welcome["resume"]}}).contains("resumed"));
}

TEST(NativeConversation, ClosedConnectionLeavesAtOnce) {
  native_core core;
  auto const one = core.member();
  auto const two = core.member();
  core.heard_by(one);

  core.end(two, ending::over);
  core.settle();

  EXPECT_EQ(core.count("movie").incomplete, 1U);
  EXPECT_EQ(only_kind(core.heard_by(one), "gone").size(), 1U);
  EXPECT_EQ(core.seats.parked(), 0U);
}

TEST(NativeConversation, ConnectionThatHangsIsTakenOver) {
  native_core core;
  auto const one = core.connect();
  auto const welcome = core.greet(one);
  core.says(one, join(1, "movie"));

  auto const two = core.connect();
  auto const heard = core.says(two, json{{"t", "hello"}, {"resume", welcome["resume"]}});

  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0]["resumed"], true);
  EXPECT_EQ(core.clients[one].closed, websocket::close_code::taken_over);
  EXPECT_EQ(core.count("movie").incomplete, 1U);
}

TEST(NativeConversation, SeatOfAnotherTenantIsNotToBeHad) {
  native_core core{{.id = tenant_id_of("a"), .name = "a"}};
  auto const one = core.connect({.standing = {.tenant = tenant_id_of("a")}});
  auto const welcome = core.greet(one);
  core.says(one, join(1, "movie"));
  core.end(one, ending::lost);

  auto const two = core.connect();

  EXPECT_FALSE(core.greet(two, {{"resume", welcome["resume"]}}).contains("resumed"));
  EXPECT_EQ(core.seats.parked(), 1U);
}

TEST(NativeConversation, KeysThatNobodyHasAreNoError) {
  native_core core;
  for (auto const* key :
       {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "__AAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    EXPECT_EQ(core.greet(core.connect(), {{"resume", key}})["t"], "welcome") << key;
  }
}

TEST(NativeConversation, SeatsAreBounded) {
  native_core core;
  core.seats.use({.memberships_max = 1});
  auto const one = core.member();
  auto const two = core.member();

  core.end(one, ending::lost);
  core.end(two, ending::lost);
  core.settle();

  EXPECT_EQ(core.seats.parked(), 1U);
  EXPECT_EQ(core.count("movie").incomplete, 1U);
}

TEST(NativeConversation, SwarmThatIsNotServedIsForbidden) {
  native_core core{{.access = access_policy{access_mode::deny, {native::hash_of("secret")}}}};
  auto const one = core.member();

  EXPECT_EQ(code_of(core.says(one, join(2, "secret"))), 103);
}

TEST(NativeConversation, SwarmThatIsServedNoLongerIsLeft) {
  native_core core;
  auto const one = core.member();
  core.rights.tenants = std::make_shared<tenant_directory const>(
      tenant_directory::policies{std::make_shared<tenant_policy const>(
          tenant_policy{.access = access_policy{access_mode::deny, {native::hash_of("movie")}}})});

  EXPECT_FALSE(core.clients[one].talk->on_rules());
  core.settle();

  EXPECT_EQ(code_of(core.heard_by(one)), 103);
  EXPECT_EQ(core.count("movie").incomplete, 0U);
}

TEST(NativeConversation, ChangedPolicyIsTold) {
  native_core core;
  auto const one = core.member();
  auto changed = core.scope.limits;
  changed.policy.p2p = false;
  core.scope.use(changed);

  EXPECT_FALSE(core.clients[one].talk->on_rules());
  core.settle();

  auto const told = only_kind(core.heard_by(one), "policy");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0]["policy"]["p2p"], false);
}

class rotating_servers final : public ice_servers {
 public:
  [[nodiscard]] ice_offer offer_to(tenant_id /*tenant*/, std::string_view /*host*/) const override {
    return {
        .json = R"([{"urls":"stun:example.org","username":")" + std::to_string(++asked) + R"("}])",
        .ttl_s = 100};
  }
  [[nodiscard]] std::optional<turn_offer> turn_for(tenant_id /*tenant*/) const override {
    return std::nullopt;
  }
  mutable int asked = 0;
};

TEST(NativeConversation, CredentialsAreRefreshedInTime) {
  native_core core;
  core.scope.ice = std::make_shared<rotating_servers const>();
  auto const one = core.connect();
  EXPECT_EQ(core.greet(one)["ice"][0]["username"], "1");
  auto& talk = *core.clients[one].talk;
  EXPECT_EQ(talk.next_deadline(), core.now + 80s);

  core.now += 80s;
  EXPECT_FALSE(talk.on_tick(core.now));
  core.settle();

  auto const told = only_kind(core.heard_by(one), "servers");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0]["ice"][0]["username"], "2");
  EXPECT_EQ(told[0]["ttl"], 100);
  EXPECT_EQ(talk.next_deadline(), core.now + 80s);
}

TEST(NativeConversation, PolicyOfTheTenantTakesAddressesAway) {
  native_core core{{.ice = sdp::ice_policy::relay_only}};
  auto const one = core.connect();
  EXPECT_EQ(core.greet(one)["policy"]["relay"], true);
  core.says(one, join(1, "movie"));
  auto const two = core.connect();
  core.greet(two);
  auto const match = only_kind(core.says(two, join(1, "movie")), "match").front();
  core.heard_by(one);

  core.says(two,
            json{{"t", "ice"},
                 {"s", 1},
                 {"c", match["c"]},
                 {"d", {"1 1 udp 1 192.168.1.5 5 typ host", "1 1 udp 1 203.0.113.9 5 typ relay"}}});
  auto const heard = core.heard_by(one);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0]["d"].size(), 1U);
  core.says(two, json{{"t", "ice"}, {"s", 1}, {"c", match["c"]}, {"d", "encrypted"}});
  EXPECT_TRUE(core.heard_by(one).empty());
  EXPECT_EQ(core.rights.judged.descriptions_filtered, 1U);
  EXPECT_EQ(core.rights.judged.descriptions_withheld, 1U);
}

TEST(NativeConversation, FarewellSaysWhenToComeBack) {
  native_core core;
  auto const one = core.member();
  std::string out;

  core.clients[one].talk->on_farewell(20s, out);

  EXPECT_NE(out.find(R"({"t":"away","after":1,"spread":20})"), std::string::npos);
}

TEST(NativeConversation, ReportsAddUp) {
  native_core core;
  auto const one = core.member();
  core.says(one, json{{"t", "report"}, {"p2p", 100}, {"cdn", 50}});
  core.says(one, json{{"t", "report"}, {"p2p", 1}, {"up", 7}});

  EXPECT_EQ(core.scope.counts.p2p_bytes, 101U);
  EXPECT_EQ(core.scope.counts.cdn_bytes, 50U);
  EXPECT_EQ(core.scope.counts.up_bytes, 7U);
}

TEST(NativeConversation, FactsForOperators) {
  native_core core;
  auto const one = core.member();

  auto const facts = core.clients[one].talk->facts();

  EXPECT_EQ(facts.dialect, "waggle.v1");
  EXPECT_EQ(facts.memberships, 1U);
  ASSERT_TRUE(facts.speaks_as);
  EXPECT_TRUE(core.clients[one].talk->facts_of(native::swarm_of("movie"), *facts.speaks_as));
  EXPECT_FALSE(core.clients[one].talk->facts_of(native::swarm_of("other"), *facts.speaks_as));
}

}  // namespace
}  // namespace waggle::test
