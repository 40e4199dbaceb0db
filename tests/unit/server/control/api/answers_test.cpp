// SPDX-License-Identifier: Apache-2.0
// What the admin API tells, over HTTP, member by member.
#include "server/log.hpp"
#include "tests/unit/server/control/api/fixture.hpp"

namespace waggle::test {
namespace {

using std::chrono::milliseconds;
using storage::wall_time;

constexpr auto hash = "00112233445566778899aabbccddeeff00112233";

swarm_row busy_swarm() {
  return {.swarm = {{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99,
                     0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0x00, 0x11, 0x22, 0x33}},
          .counts = {.complete = 2, .incomplete = 5},
          .history =
              {.peak = 9, .joins = 30, .completed = 4, .offers_relayed = 50, .answers_relayed = 40},
          .age = milliseconds{60'000}};
}

struct ApiAnswers : api_over_http {};

TEST_F(ApiAnswers, OverviewHasTotalsStatesAndCounters) {
  view_.cores = {{.core = 0, .connections = 2, .peers = 3, .seeders = 1, .swarms = 1},
                 {.core = 1, .connections = 5, .connections_tls = 4, .peers = 6}};
  view_.cores[0].cpu_seconds = 0.5;
  view_.cores[0].counters.add(counter::announces, announce_event::started, 7);
  view_.cores[1].counters.add(counter::announces, announce_event::stopped, 2);
  view_.cores[1].counters.add(counter::deliveries_shed, label::shed::budget, 3);
  view_.state = {.ready = false, .detail = "draining, 3 s left", .draining = true};
  fake_.facts.state = {
      .problem = "disk full", .facts_written = 8, .facts_dropped = 1, .facts_waiting = 2};
  api_.storage_url = "sqlite:/tmp/x";
  open();

  auto const body = body_of("/overview");

  EXPECT_EQ(body.at("version"), "1.2.3");
  EXPECT_EQ(body.at("ready"), false);
  EXPECT_EQ(body.at("detail"), "draining, 3 s left");
  EXPECT_EQ(body.at("draining"), true);
  EXPECT_EQ(body.at("peers"), 9);
  EXPECT_EQ(body.at("seeders"), 1);
  EXPECT_EQ(body.at("swarms"), 1);
  EXPECT_EQ(body.at("connections"), 7);
  EXPECT_EQ(body.at("connections_tls"), 4);
  EXPECT_GT(body.at("memory_bytes"), 0);
  EXPECT_EQ(body.at("cores"), json::parse(R"([{"core":0,"connections":2,"cpu_seconds":0.5},
                                {"core":1,"connections":5,"cpu_seconds":0.0}])"));
  EXPECT_EQ(body.at("counters").at("announces"), 9);
  EXPECT_EQ(body.at("counters").at("deliveries_shed"), 3);
  EXPECT_EQ(body.at("counters").at("pings_sent"), 0);
  EXPECT_EQ(body.at("storage"), json::parse(R"({"url":"sqlite:/tmp/x","problem":"disk full",
    "facts_written":8,"facts_dropped":1,"facts_waiting":2})"));
}

TEST_F(ApiAnswers, CoresThatAreLateAre503) {
  view_.hold = true;
  fake_.silent = true;
  open({}, milliseconds{20});

  auto const swarm = std::string{"/swarms/"} + hash;
  for (auto const& target : std::vector<std::string>{"/overview", "/refusals", "/swarms", swarm,
                                                     "/connections", "/clients", "/recorder"}) {
    EXPECT_EQ(problem_of(get_api(target), 503), "the cores did not answer in time") << target;
  }
}

TEST_F(ApiAnswers, SwarmsArePaged) {
  fake_.swarms.assign(3, busy_swarm());
  open();

  auto const body = body_of("/swarms?limit=2&offset=1&order=relays&q=00AA");

  EXPECT_EQ(body.at("total"), 3);
  EXPECT_EQ(body.at("offset"), 1);
  EXPECT_EQ(body.at("limit"), 2);
  EXPECT_EQ(body.at("age_ms"), 250);
  ASSERT_EQ(body.at("items").size(), 2U);
  EXPECT_EQ(body.at("items")[0], json::parse(R"({"id":"00112233445566778899aabbccddeeff00112233",
    "info_hash":"00112233445566778899aabbccddeeff00112233","tenant":"","name":"","complete":2,"incomplete":5,"members":7,"peak":9,"joins":30,"completed":4,
    "offers_relayed":50,"answers_relayed":40,"age_ms":60000})"));
  EXPECT_EQ(fake_.asked_list.order, swarm_order::relays);
  EXPECT_TRUE(fake_.asked_list.search.finds({{0x00, 0xaa}}));
  EXPECT_FALSE(fake_.asked_list.search.finds({{0x00, 0xab}}));
  EXPECT_EQ(problem_of(get_api("/swarms?order=size"), 400),
            "order must be members, joins or relays");
  fake_.swarms[0].name = "my room";
  EXPECT_EQ(body_of("/swarms?q=my%20r").at("items")[0].at("name"), "my room");
  EXPECT_TRUE(fake_.asked_list.search.finds({{'m', 'y', ' ', 'r', 'x'}}));
  EXPECT_EQ(problem_of(get_api("/swarms?q=" + std::string(257, 'x')), 400).substr(0, 2), "q ");
  EXPECT_EQ(problem_of(get_api("/swarms?limit=501"), 400).substr(0, 6), "limit ");
}

TEST_F(ApiAnswers, OneSwarmHasItsMembersAndWhatIsStored) {
  auto const row = busy_swarm();
  fake_.detail = swarm_detail{.row = row,
                              .members = {{.peer = {{0x2D, 0x57}},
                                           .client = {"WebTorrent", "2.1.34"},
                                           .address = "192.0.2.0/24",
                                           .seeder = true,
                                           .age = milliseconds{5'000},
                                           .silent = milliseconds{70},
                                           .offers_received = 3,
                                           .offers_answered = 2}}};
  fake_.facts.swarms = {{.swarm = row.swarm,
                         .completed = 44,
                         .peak = 12,
                         .first_seen = wall_time{milliseconds{1'000}},
                         .last_seen = wall_time{milliseconds{2'500}}}};
  fake_.watching = {row.swarm};
  open();

  auto const body = body_of(std::string{"/swarms/"} + hash + "?limit=10&offset=3");

  EXPECT_EQ(fake_.asked_swarm, row.swarm);
  EXPECT_EQ(fake_.asked_page.offset, 3U);
  EXPECT_EQ(body.at("members"), 7);
  EXPECT_EQ(body.at("watched"), true);
  EXPECT_EQ(body.at("stored"), json::parse(R"({"completed":44,"peak":12,
    "first_seen_at":"1970-01-01T00:00:01.000Z","last_seen_at":"1970-01-01T00:00:02.500Z"})"));
  ASSERT_EQ(body.at("items").size(), 1U);
  EXPECT_EQ(body.at("items")[0],
            json::parse(R"({"peer_id":"2d57000000000000000000000000000000000000",
    "library":"WebTorrent","version":"2.1.34","address":"192.0.2.0/24","seeder":true,"counted":true,
    "age_ms":5000,"silent_ms":70,"offers_received":3,"offers_answered":2})"));
  EXPECT_EQ(body.at("total"), 7);
}

TEST_F(ApiAnswers, SwarmWithoutMembersIsWhatIsStoredOr404) {
  open();
  auto const target = std::string{"/swarms/"} + hash;

  EXPECT_EQ(get_api(target).status, 404U);
  fake_.facts.swarms = {{.swarm = busy_swarm().swarm, .completed = 1}};
  auto const stored = body_of(target);
  EXPECT_EQ(stored.at("info_hash"), hash);
  EXPECT_EQ(stored.at("members"), 0);
  EXPECT_EQ(stored.at("stored").at("completed"), 1);
  EXPECT_EQ(get_api("/swarms/12").status, 400U);
}

TEST_F(ApiAnswers, StoreThatIsSilentDoesNotHideTheMembers) {
  fake_.detail = swarm_detail{.row = busy_swarm(), .members = {}};
  fake_.facts.silent = true;
  open({}, milliseconds{20});

  EXPECT_EQ(body_of(std::string{"/swarms/"} + hash).at("stored"), nullptr);
  EXPECT_EQ(problem_of(get_api("/series"), 503), "the store did not answer in time");
  EXPECT_EQ(problem_of(get_api("/audit"), 503), "the store did not answer in time");
}

TEST_F(ApiAnswers, RecordersTellWhoDidWhat) {
  auto const swarm = busy_swarm().swarm;
  fake_.events = {{.ago = milliseconds{30},
                   .core = 1,
                   .what = "offer",
                   .swarm = swarm,
                   .peer = {{1}},
                   .other = peer_id{{2}},
                   .why = ""},
                  {.ago = milliseconds{10},
                   .core = 1,
                   .what = "unmatched",
                   .swarm = swarm,
                   .peer = {{1}},
                   .other = {},
                   .why = "alone"}};
  open();

  auto const body = body_of("/recorder?limit=7");
  EXPECT_EQ(fake_.asked_swarm, std::nullopt);
  EXPECT_EQ(fake_.asked_limit, 7U);
  ASSERT_EQ(body.at("items").size(), 2U);
  EXPECT_EQ(body.at("items")[0].at("other_peer_id"), "02" + std::string(38, '0'));
  EXPECT_EQ(body.at("items")[1].at("other_peer_id"), nullptr);
  EXPECT_EQ(body.at("items")[1].at("why"), "alone");
  EXPECT_EQ(body.at("items")[1].at("ago_ms"), 10);

  EXPECT_EQ(body_of(std::string{"/swarms/"} + hash + "/events"), body);
  EXPECT_EQ(fake_.asked_swarm, swarm);
  EXPECT_EQ(get_api("/recorder?limit=1001").status, 400U);
}

TEST_F(ApiAnswers, ConnectionsAndClientsArePaged) {
  fake_.connections = {{.at = {.slot = 3, .generation = 9, .core = 1},
                        .address = "2001:db8:1::/48",
                        .tls = true,
                        .dialect = "webtorrent",
                        .browser = "Firefox 128",
                        .client = {"p2p-media-loader", "2.2.1"},
                        .age = milliseconds{1},
                        .memberships = 2,
                        .queued_bytes = 77}};
  fake_.clients = {{.library = "Trystero",
                    .version = "",
                    .browser = "Chrome 131",
                    .dialect = "webtorrent",
                    .connections = 4}};
  open();

  EXPECT_EQ(body_of("/connections").at("items")[0], json::parse(R"({"id":"1-3-9",
    "address":"2001:db8:1::/48","tenant":"","token":null,"tls":true,"dialect":"webtorrent","browser":"Firefox 128",
    "library":"p2p-media-loader","version":"2.2.1","age_ms":1,"memberships":2,"queued_bytes":77})"));
  EXPECT_EQ(body_of("/clients").at("items")[0], json::parse(R"({"library":"Trystero","version":"",
    "browser":"Chrome 131","dialect":"webtorrent","connections":4})"));
  EXPECT_EQ(body_of("/clients?offset=1").at("items").size(), 0U);
}

TEST_F(ApiAnswers, RefusalsAreCountedByReason) {
  view_.cores = {{.core = 0}, {.core = 1}};
  for (auto& core : view_.cores) {
    core.counters.add(counter::handshakes_failed, label::handshake::timeout, 2);
    core.counters.add(counter::memberships_denied);
  }
  open();

  auto const items = body_of("/refusals").at("items");
  auto const has = [&items](char const* row) {
    return std::find(items.begin(), items.end(), json::parse(row)) != items.end();
  };
  EXPECT_TRUE(has(R"({"kind":"handshake","reason":"timeout","total":4})"));
  EXPECT_TRUE(has(R"({"kind":"denied","reason":"memberships_denied","total":2})"));
  EXPECT_TRUE(has(R"({"kind":"failure","reason":"not_json","total":0})"));
  EXPECT_TRUE(has(R"({"kind":"shed","reason":"budget","total":0})"));
  EXPECT_TRUE(has(R"({"kind":"closed","reason":"slow_reader","total":0})"));
}

TEST_F(ApiAnswers, SeriesAreAskedOfTheStore) {
  fake_.facts.points = {{.at = wall_time{milliseconds{60'000}}, .values = {{"peers", 1.5}}}};
  open();

  auto const body =
      body_of(std::string{"/series?names=peers,swarm/"} + hash +
              "/members&from=2026-11-22T00:00:00Z&until=2026-11-23T00:00:00Z&span=hour");

  EXPECT_EQ(body, json::parse(R"({"span":"hour",
    "points":[{"at":"1970-01-01T00:01:00.000Z","values":{"peers":1.5}}]})"));
  auto const& asked = fake_.facts.asked_series;
  EXPECT_EQ(asked.span, storage::resolution::hour);
  EXPECT_EQ(asked.names.size(), 2U);
  EXPECT_EQ(asked.until - asked.from, std::chrono::hours{24});
  body_of("/series");
  EXPECT_EQ(asked.until - asked.from, std::chrono::hours{24});
  for (auto const& wrong : std::vector<std::string>{
           "names=passwords", "names=", "names=swarm/12/members", "span=week", "from=yesterday",
           "from=2026-11-23T00:00:00Z&until=2026-11-22T00:00:00Z"}) {
    auto const detail = problem_of(get_api("/series?" + wrong), 400);
    EXPECT_TRUE(detail.starts_with(wrong.substr(0, wrong.find('=')))) << detail;
  }
}

TEST_F(ApiAnswers, AuditIsPagedFromTheNewest) {
  fake_.facts.audit = {{.id = 9,
                        .at = wall_time{milliseconds{5}},
                        .actor = "token",
                        .action = "ban.add",
                        .detail = "x",
                        .ok = false},
                       {.id = 8, .at = wall_time{}, .actor = "loopback", .action = "drain"}};
  open();

  auto const all = body_of("/audit");
  EXPECT_EQ(all.at("next"), nullptr);
  EXPECT_EQ(all.at("items")[0], json::parse(R"({"id":9,"at":"1970-01-01T00:00:00.005Z",
    "actor":"token","action":"ban.add","detail":"x","ok":false})"));
  EXPECT_EQ(body_of("/audit?limit=1&before=77").at("next"), 9);
  EXPECT_EQ(fake_.facts.asked_audit.before, 77U);
}

TEST_F(ApiAnswers, ConfigAndLevelsAreTheServers) {
  open();

  EXPECT_EQ(body_of("/config").at("admin").at("token"), "***");
  EXPECT_EQ(body_of("/log/levels"), json::parse(R"({"levels":{"net":"info","app":"warn"}})"));
}

TEST_F(ApiAnswers, LogIsWhatWasWrittenLast) {
  open();
  log::app()->warn("first of two \xff");
  log::control()->error("second\nof two");

  auto const items = body_of("/log?limit=2").at("items");

  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].at("area"), "app");
  EXPECT_EQ(items[0].at("level"), "warn");
  EXPECT_EQ(items[0].at("message"), "first of two \xEF\xBF\xBD");
  EXPECT_EQ(items[1].at("message"), "second\nof two");
}

TEST_F(ApiAnswers, DocumentIsServed) {
  open();

  EXPECT_EQ(body_of("/openapi.json").at("openapi"), "3.1.0");
}

}  // namespace
}  // namespace waggle::test
