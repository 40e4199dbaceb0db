// SPDX-License-Identifier: Apache-2.0
// The configuration is changed while connections are open and relay: what it says takes effect on
// them, nothing is lost, and a configuration that cannot be used changes nothing.
#include "tests/integration/admin_client.hpp"
#include "tests/integration/busy_crowd.hpp"
#include "tests/integration/tracker.hpp"

#include <signal.h>

namespace waggle::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr std::size_t pairs = 50;

/// A server that reads its configuration from a file.
class configured_server {
 public:
  configured_server(tracker_options options, json const& first) {
    write(first);
    options.arguments.insert(options.arguments.end(), {"--config", path()});
    server_.emplace(options);
  }

  [[nodiscard]] std::string path() const { return folder_.path("waggle.json"); }
  void write(json const& content) const { folder_.write("waggle.json", content.dump(1)); }

  /// Asks for a reload, and waits until every core has heard of it.
  void reload() {
    auto const before = told();
    server_->process().signal(SIGHUP);
    ASSERT_TRUE(eventually([&] { return told() == before + 1; }));
    static_cast<void>(server_->stats());  // asked of every core behind what it was told
  }
  void reload(json const& content) {
    write(content);
    reload();
  }
  [[nodiscard]] double reloads() const { return server_->metric("waggle_config_reloads_total"); }
  [[nodiscard]] double refused() const {
    return server_->metric("waggle_config_reloads_refused_total");
  }
  [[nodiscard]] bool pending() const {
    return server_->metric("waggle_config_reload_pending") == 1;
  }
  [[nodiscard]] json readiness() {
    auto const answer = http_get(server_->process().internal(), "/readyz");
    EXPECT_EQ(answer.status, 200);
    return json::parse(answer.body);
  }
  tracker* operator->() { return &*server_; }

 private:
  [[nodiscard]] double told() const { return reloads() + refused(); }

  temporary_folder folder_;
  std::optional<tracker> server_;
};

class Reload : public CoresTest {
 protected:
  [[nodiscard]] static configured_server serving(json const& first = json::object(),
                                                 std::vector<std::string> arguments = {}) {
    auto options = cores();
    options.arguments = std::move(arguments);
    return {options, first};
  }
};

/// Everything that the crowd sent came back, and nobody was closed.
void expect_nothing_lost(configured_server& server, busy_crowd& crowd) {
  EXPECT_TRUE(crowd.relays_on());
  EXPECT_EQ(server->metric("waggle_connections_closed_total"), 0);
  EXPECT_EQ(server->metric("waggle_deliveries_shed_total"), 0);
  crowd.stop();
  EXPECT_EQ(crowd.failure(), "");
  EXPECT_EQ(server->metric("waggle_answers_relayed_total"),
            static_cast<double>(crowd.rounds() * pairs));
}

TEST_P(Reload, UnderLoadTheNewSettingsHoldForOpenConnections) {
  auto server = serving();
  busy_crowd crowd{server->plain(), pairs};
  tracker_client announcer{server->plain()};
  tracker_client listener{server->plain()};
  auto const swarm = fresh_swarm();
  auto const denied = fresh_swarm();
  auto const peer = fresh_peer();
  for (auto const& each : {swarm, denied}) {
    listener.announce({.swarm = each, .peer = fresh_peer()});
    EXPECT_LE(announcer.announce({.swarm = each, .peer = peer}).number("interval"), 60);
  }
  ASSERT_EQ(server->peers_of(denied), 2);
  ASSERT_TRUE(crowd.relays_on());
  EXPECT_THAT(server->process().log(), Not(HasSubstr(" debug ")));

  server.reload({{"webtorrent", {{"interval_min", "200s"}, {"interval_max", "210s"}}},
                 {"access", {{"mode", "deny"}, {"info_hashes", {hex_of(denied)}}}},
                 {"log", {{"net", "debug"}}}});

  auto const told = announcer.announce({.swarm = swarm, .peer = peer}).number("interval");
  EXPECT_GE(told, 200);
  EXPECT_LE(told, 210);
  EXPECT_TRUE(announcer.announce({.swarm = denied, .peer = peer}).has("warning message"));
  EXPECT_TRUE(eventually([&] { return server->peers_of(denied) == 0; })) << "all have left";
  tracker_client newcomer{server->plain()};
  EXPECT_TRUE(
      eventually([&] { return server->process().log().find(" debug net ") != std::string::npos; }));

  server.reload({{"webtorrent", {{"offers_max", 2}}}});

  announcer.announce({.swarm = swarm, .peer = peer, .offers = some_offers("few", 5)});
  EXPECT_THAT(offers_among(listener.drain(swarm)), SizeIs(1));  // one other peer, one offer
  EXPECT_FALSE(announcer.announce({.swarm = denied, .peer = peer}).has("warning message"));
  EXPECT_LE(announcer.announce({.swarm = swarm, .peer = peer}).number("interval"), 60);
  EXPECT_EQ(server.reloads(), 2);
  EXPECT_THAT(server->process().log(),
              AllOf(HasSubstr("setting changed key=webtorrent.offers_max before=20 after=2"),
                    HasSubstr("configuration reloaded changed=webtorrent.offers_max,")));
  EXPECT_FALSE(server.pending());
  expect_nothing_lost(server, crowd);
}

TEST_P(Reload, OffersMaxHoldsForAnOpenConnection) {
  auto server = serving();
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  std::vector<tracker_client> receivers;
  for (int i = 0; i < 6; ++i) {
    receivers.emplace_back(server->plain());
    receivers.back().announce({.swarm = swarm, .peer = fresh_peer()});
  }
  tracker_client announcer{server->plain()};
  auto const received_of = [&](std::string const& prefix) {
    announcer.announce({.swarm = swarm, .peer = peer, .offers = some_offers(prefix, 5)});
    std::size_t count = 0;
    for (auto& one : receivers) count += offers_among(one.drain(swarm)).size();
    return count;
  };
  ASSERT_EQ(received_of("a"), 5U);

  server.reload({{"webtorrent", {{"offers_max", 2}}}});

  EXPECT_EQ(received_of("b"), 2U);
}

TEST_P(Reload, UnderLoadAWrongFileChangesNothingAndSaysWhy) {
  auto server = serving();
  busy_crowd crowd{server->plain(), pairs};
  tracker_client client{server->plain()};
  auto const interval = [&] {
    return client.announce({.swarm = fresh_swarm(), .peer = fresh_peer()}).number("interval");
  };
  auto const before = interval();
  json const good{{"webtorrent", {{"interval_min", "200s"}, {"interval_max", "200s"}}}};
  auto unknown = good;
  unknown["webtorrent"]["ofers_max"] = 3;
  auto beyond = good;
  beyond["webtorrent"]["offers_max"] = 1000;
  auto together = good;
  together["webtorrent"]["interval_max"] = "100s";

  auto times = 0;
  for (auto const& [wrong, why] :
       {std::pair{unknown, "webtorrent.ofers_max"}, std::pair{beyond, "webtorrent.offers_max"},
        std::pair{together, "webtorrent.interval_max"}, std::pair{json(7), "expected an object"}}) {
    server.reload(wrong);

    EXPECT_EQ(server.refused(), ++times);
    EXPECT_TRUE(server.pending());
    auto const ready = server.readiness();
    EXPECT_EQ(ready.at("ready"), true);
    EXPECT_THAT(ready.at("detail").get<std::string>(),
                AllOf(StartsWith("serving; configuration not reloaded: "), HasSubstr(why)));
    EXPECT_EQ(interval(), before);
  }
  EXPECT_EQ(server.reloads(), 0);
  EXPECT_THAT(server->process().log(),
              HasSubstr(" error control configuration not reloaded, the old one stays why="));

  server.reload(good);
  EXPECT_FALSE(server.pending());
  EXPECT_EQ(server.readiness().at("detail"), "serving");
  EXPECT_EQ(interval(), 200);
  expect_nothing_lost(server, crowd);
}

TEST_P(Reload, UnderLoadASettingThatNeedsARestartRefusesTheWholeByItsName) {
  auto server = serving();
  busy_crowd crowd{server->plain(), pairs};
  tracker_client client{server->plain()};

  server.reload({{"mailbox", {{"relay_bytes_max", "1MiB"}}},
                 {"tls", {{"cert", "other.pem"}}},
                 {"webtorrent", {{"interval_min", "200s"}, {"interval_max", "200s"}}}});

  EXPECT_EQ(server.refused(), 1);
  EXPECT_TRUE(server.pending());
  EXPECT_THAT(server.readiness().at("detail").get<std::string>(),
              AllOf(HasSubstr("restart"), HasSubstr("mailbox.relay_bytes_max"),
                    HasSubstr("tls.cert"), Not(HasSubstr("interval"))));
  EXPECT_LE(client.announce({.swarm = fresh_swarm(), .peer = fresh_peer()}).number("interval"), 60);
  expect_nothing_lost(server, crowd);
}

TEST_P(Reload, TwentyInARowUnderLoadLoseNothing) {
  auto server = serving();
  busy_crowd crowd{server->plain(), pairs};
  tracker_client client{server->plain()};
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();

  for (int i = 0; i < 20; ++i) {
    auto const interval = std::to_string(100 + i) + "s";
    auto const even = i % 2 == 0;
    json hashes = json::array();
    for (int n = 0; n < 200 * (i + 1); ++n) {
      auto const digits = std::to_string(n);
      hashes.push_back(std::string(40 - digits.size(), 'f') + digits);
    }
    server.reload({{"webtorrent",
                    {{"interval_min", interval},
                     {"interval_max", interval},
                     {"offers_max", even ? 5 : 50},
                     {"offer_id_bytes_max", even ? 64 : 512}}},
                   {"swarm", {{"routes_max", even ? 1'000 : 100'000}}},
                   {"session", {{"message_bytes_max", even ? "32KiB" : "1MiB"}}},
                   {"access", {{"mode", "deny"}, {"info_hashes", hashes}}},
                   {"log", {{"format", even ? "json" : "text"}}}});

    EXPECT_EQ(client.announce({.swarm = swarm, .peer = peer}).number("interval"), 100 + i);
  }

  EXPECT_EQ(server.reloads(), 20);
  expect_nothing_lost(server, crowd);
}

TEST_P(Reload, ABurstOfSignalsEndsWithWhatTheFileSaysLast) {
  auto server = serving();
  tracker_client client{server->plain()};
  for (int i = 0; i < 20; ++i) {
    server.write({{"webtorrent", {{"interval_other", std::to_string(100 + i) + "s"}}}});
    server->process().signal(SIGHUP);
  }

  auto const peer = fresh_dashless_peer();
  EXPECT_TRUE(eventually([&] {
    return client.announce({.swarm = fresh_swarm(), .peer = peer}).number("interval") == 119;
  }));
}

TEST_P(Reload, ReloadsTheCertificateAlsoWhereTheConfigurationIsRefused) {
  certificate const pair;
  auto server = serving(json::object(), {"--listen-tls", "127.0.0.1:0", "--tls-cert",
                                         pair.certificate_file(), "--tls-key", pair.key_file()});

  server.reload(json(7));

  EXPECT_TRUE(eventually([&] { return server->metric("waggle_tls_reloads_total") == 1; }));
  EXPECT_THAT(server->process().log(),
              AllOf(HasSubstr("configuration not reloaded"), HasSubstr("certificate reloaded")));
}

TEST_P(Reload, PingsOpenConnectionsInTheNewRhythm) {
  auto server = serving({{"session", {{"ping_after", "2s"}, {"dead_after", "60s"}}}});
  std::vector<ws_client> clients;
  clients.push_back(ws_client::connect(server->plain()));

  server.reload({{"session", {{"ping_after", "100ms"}, {"dead_after", "60s"}}}});

  ASSERT_TRUE(pump_until(clients, [&] { return clients[0].pings_seen() >= 1; }));
  auto const since = std::chrono::steady_clock::now();
  ASSERT_TRUE(pump_until(clients, [&] { return clients[0].pings_seen() >= 9; }));
  EXPECT_LT(std::chrono::steady_clock::now() - since, 8 * 2s);
}

TEST_P(Reload, TheLongestMessageIsAnotherForOpenConnections) {
  auto server = serving();
  tracker_client client{server->plain()};
  auto const long_announce =
      announce_message({.swarm = fresh_swarm(),
                        .peer = fresh_peer(),
                        .offers = {{"id", "{\"sdp\":\"" + std::string(4'000, 'x') + "\"}"}}});
  client.send(long_announce);
  ASSERT_TRUE(client.receive().is_reply());

  server.reload({{"session", {{"message_bytes_max", "2KiB"}}}});
  client.send(long_announce);

  EXPECT_EQ(client.socket().await_end().code, 1009);
}

TEST_P(Reload, ProxiesAreBelievedOnceTheyAreTrusted) {
  auto server = serving();
  auto const through_proxy = [&] {
    return ws_client::connect(
        from(server->plain(), "127.0.0.9"),
        {.headers = {{"X-Forwarded-For", "203.0.113.7"}, {"Forwarded", "for=203.0.113.8"}}});
  };
  auto const first = through_proxy();
  EXPECT_EQ(server->connections_of("127.0.0.9"), 1);

  server.reload({{"network", {{"trusted_proxies", {"127.0.0.8/29"}}}}});
  auto const second = through_proxy();
  EXPECT_EQ(server->connections_of("203.0.113.7"), 1);

  server.reload(
      {{"network", {{"trusted_proxies", {"127.0.0.8/29"}}, {"forwarded_header", "forwarded"}}}});
  auto const third = through_proxy();
  EXPECT_EQ(server->connections_of("203.0.113.8"), 1);
  EXPECT_EQ(server->connections_of("127.0.0.9"), 1) << "it stays counted as what it came as";
}

TEST_P(Reload, NewConnectionsHaveTheNewTimeAndRoomForTheirRequest) {
  auto server = serving();
  std::string const padding(4'000, 'p');
  auto const connect = [&] {
    return ws_client::connect(server->plain(), {.headers = {{"X-Padding", padding}}});
  };
  auto const let_in = connect();

  server.reload({{"network", {{"head_bytes_max", "2KiB"}, {"setup_deadline", "100ms"}}}});

  EXPECT_THROW(connect(), std::runtime_error);
  auto idle = stream::connect(server->plain());
  EXPECT_EQ(read_response(idle).status, 0) << "closed without a word";
  EXPECT_TRUE(eventually([&] {
    auto const failed = server->stats().at("counters").at("waggle_handshakes_failed_total");
    return failed.at("timeout") == 1 && failed.at("head_too_large") == 1;
  }));
}

TEST_P(Reload, TheLogTakesAnotherFormAndLevel) {
  auto server = serving();

  server.reload({{"log", {{"format", "json"}, {"level", "warn"}}}});
  server.reload({{"log", {{"format", "json"}, {"level", "warn"}, {"control", "info"}}}});

  auto const log = server->process().log();
  EXPECT_THAT(log, Not(HasSubstr("key=log.format"))) << "at level info, which is off by then";
  EXPECT_THAT(log,
              HasSubstr(R"("msg":"setting changed key=log.control before=\"\" after=\"info\"")"));
}

TEST_P(Reload, TheFilesOfTheCertificateAreLookedAtInTheNewPeriod) {
  temporary_folder folder;
  certificate const first{{.serial = 1}};
  certificate const second{{.serial = 2}};
  auto const install = [&](certificate const& pair) {
    folder.write("key.pem", pair.key_pem());
    return folder.write("chain.pem", pair.certificate_pem());
  };
  auto const chain = install(first);
  auto server = serving(
      {{"tls", {{"check_interval", "1h"}}}},
      {"--listen-tls", "127.0.0.1:0", "--tls-cert", chain, "--tls-key", folder.path("key.pem")});
  server.reload({{"tls", {{"check_interval", "100ms"}}}});
  ASSERT_TRUE(eventually([&] { return server->metric("waggle_tls_reloads_total") == 1; }));

  install(second);

  EXPECT_TRUE(eventually([&] { return server->metric("waggle_tls_reloads_total") == 2; }));
}

TEST_P(Reload, TheEndTakesTheTimeThatWasSaidLast) {
  for (auto const by_api : {false, true}) {
    SCOPED_TRACE(by_api ? "by the admin API" : "by SIGTERM");
    temporary_folder folder;
    auto const file = folder.write("waggle.json", R"({"network": {"drain_seconds": 3600}})");
    server_process server{{waggle_binary(), "serve", "--config", file, "--listen", "127.0.0.1:0",
                           "--internal", "127.0.0.1:0", "--cores", std::to_string(GetParam())}};
    tracker_client client{server.plain()};
    folder.write("waggle.json", R"({"network": {"drain_seconds": 0}})");

    server.signal(SIGHUP);
    ASSERT_TRUE(eventually([&] {
      auto const metrics = http_get(server.internal(), "/metrics").body;
      return metric_sum(metrics, "waggle_config_reloads_total") == 1;
    }));
    if (by_api) {
      EXPECT_EQ(admin_client{server.internal()}.post("drain", json::object()).status, 202);
    } else {
      server.signal(SIGTERM);
    }

    EXPECT_EQ(client.socket().await_end().code, 1001);
    EXPECT_EQ(server.wait(patience), 0);
  }
}

WAGGLE_ON_ONE_AND_TWO_CORES(Reload);

}  // namespace
}  // namespace waggle::test
