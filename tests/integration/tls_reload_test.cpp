// SPDX-License-Identifier: Apache-2.0
// The certificate is replaced while hundreds of connections relay offers and answers: nothing is
// lost, new handshakes show the new one, tickets from before resume, a wrong pair changes nothing.
#include "tests/integration/busy_crowd.hpp"
#include "tests/integration/tracker.hpp"

#include <signal.h>

#include <filesystem>
#include <map>

namespace waggle::test {
namespace {

namespace files = std::filesystem;

constexpr int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

/// Certificates by serial; each expires at another time.
certificate const& numbered(long serial) {
  static std::map<long, certificate> made;
  return made
      .try_emplace(serial, certificate_options{.serial = serial,
                                               .rsa = serial % 5 == 0,
                                               .valid_for = serial * std::chrono::hours{1000}})
      .first->second;
}

class TlsReload : public CoresTest {
 protected:
  void SetUp() override {
    write_folder("first", 1);
    link("first");
  }

  [[nodiscard]] tracker_options with_tls(std::string const& check_interval) const {
    auto options = cores({"tls.check_interval=" + check_interval});
    options.arguments = {"--listen-tls",    "127.0.0.1:0", "--tls-cert",
                         live("chain.pem"), "--tls-key",   live("key.pem")};
    return options;
  }
  /// The server reads through a link to a folder.
  [[nodiscard]] std::string live(std::string const& file) const {
    return folder_.path("live/" + file);
  }
  void write_folder(std::string const& name, long serial) const {
    files::create_directory(folder_.path(name));
    folder_.write(name + "/chain.pem", numbered(serial).certificate_pem());
    folder_.write(name + "/key.pem", numbered(serial).key_pem());
  }
  void link(std::string const& folder) const {
    files::create_symlink(folder, folder_.path("next"));
    files::rename(folder_.path("next"), folder_.path("live"));
  }
  void rename_over(long chain_serial, long key_serial) const {
    folder_.write("new-chain", numbered(chain_serial).certificate_pem());
    folder_.write("new-key", numbered(key_serial).key_pem());
    files::rename(folder_.path("new-key"), live("key.pem"));
    files::rename(folder_.path("new-chain"), live("chain.pem"));
  }
  void write_chain(long serial) const {
    folder_.write("live/chain.pem", numbered(serial).certificate_pem());
  }
  void write_key(long serial) const { folder_.write("live/key.pem", numbered(serial).key_pem()); }

 private:
  temporary_folder folder_;
};

bool is_served(ws_client& client) {
  client.send_text(announce_message({.swarm = fresh_swarm(), .peer = fresh_peer()}));
  return json::parse(client.receive_text()).contains("interval");
}

/// Whether the next connections, on whatever core, of both versions are shown this certificate.
/// A handshake that fails throws.
bool shows(tracker& server, long serial) {
  for (int i = 0; i < 4; ++i) {
    for (int const version : versions) {
      auto client = ws_client::connect(server.process().tls(),
                                       {.tls = {.version_min = version, .version_max = version}});
      if (client.transport().serial() != serial) return false;
    }
  }
  return true;
}

using tickets = std::map<int, std::shared_ptr<SSL_SESSION>>;  // by version

tickets collected_from(tracker& server) {
  tickets got;
  for (int const version : versions) {
    auto client = ws_client::connect(server.process().tls(),
                                     {.tls = {.version_min = version, .version_max = version}});
    EXPECT_TRUE(is_served(client));  // TLS 1.3 sends tickets behind the handshake
    got[version] = client.transport().session();
  }
  return got;
}

void expect_resumed(tracker& server, tickets const& with) {
  for (auto const& [version, session] : with) {
    for (int i = 0; i < 4; ++i) {
      auto client = ws_client::connect(
          server.process().tls(),
          {.tls = {.version_min = version, .version_max = version, .session = session}});
      EXPECT_TRUE(client.transport().resumed()) << "version " << version;
      EXPECT_TRUE(is_served(client));
    }
  }
}

json readiness_of(tracker& server) {
  auto const answer = http_get(server.process().internal(), "/readyz");
  EXPECT_EQ(answer.status, 200);
  return json::parse(answer.body);
}

void expect_expiry(tracker& server, long serial) {
  auto const told = server.metric("waggle_tls_certificate_not_after_timestamp_seconds");
  auto const in = std::chrono::system_clock::now() + serial * std::chrono::hours{1000};
  auto const expected = std::chrono::duration<double>(in.time_since_epoch()).count();
  EXPECT_NEAR(told, expected, 1800);
}

bool is_pending(tracker& server) {
  return server.metric("waggle_tls_certificate_pending") == 1;
}

TEST_P(TlsReload, UnderLoadNothingIsLost) {
  tracker server{with_tls("100ms")};
  auto const old_tickets = collected_from(server);
  EXPECT_TRUE(shows(server, 1));
  expect_expiry(server, 1);
  busy_crowd crowd{server.process().tls(), 100};
  ASSERT_TRUE(crowd.relays_on());

  auto const expect_changed_to = [&](long serial) {
    EXPECT_TRUE(eventually([&] { return shows(server, serial); })) << serial;
    EXPECT_TRUE(eventually([&] { return !is_pending(server); }));
    expect_expiry(server, serial);
    expect_resumed(server, old_tickets);
    EXPECT_TRUE(crowd.relays_on());
  };
  {
    SCOPED_TRACE("files renamed over");
    rename_over(2, 2);
    expect_changed_to(2);
  }
  {
    SCOPED_TRACE("a link of the folder swapped");
    write_folder("third", 3);
    link("third");
    expect_changed_to(3);
  }
  {
    SCOPED_TRACE("certificate first, then key");
    write_chain(4);
    EXPECT_TRUE(eventually([&] { return is_pending(server); }));
    EXPECT_TRUE(shows(server, 3));
    EXPECT_TRUE(crowd.relays_on());
    write_key(4);
    expect_changed_to(4);
  }
  {
    SCOPED_TRACE("another type of key, and a signal");
    rename_over(5, 5);
    server.process().signal(SIGHUP);
    expect_changed_to(5);
  }
  crowd.stop();
  EXPECT_EQ(crowd.failure(), "");
  auto const relayed = server.metric("waggle_answers_relayed_total");
  EXPECT_EQ(relayed, static_cast<double>(crowd.rounds()) * 100);
  EXPECT_EQ(server.metric("waggle_handshakes_failed_total"), 0);
  EXPECT_GE(server.metric("waggle_tls_reloads_total"), 4);
  RecordProperty("rounds", static_cast<int>(crowd.rounds()));
}

TEST_P(TlsReload, UnderLoadAWrongPairChangesNothing) {
  tracker server{with_tls("100ms")};
  auto const old_tickets = collected_from(server);
  busy_crowd crowd{server.process().tls(), 100};
  EXPECT_EQ(readiness_of(server).at("detail"), "serving");
  EXPECT_FALSE(is_pending(server));

  for (long const wrong_key : {2L, 5L}) {  // another key, and one of another type
    rename_over(1, wrong_key);
    ASSERT_TRUE(eventually([&] { return is_pending(server); }));

    auto const ready = readiness_of(server);
    EXPECT_EQ(ready.at("ready"), true);
    EXPECT_THAT(
        ready.at("detail").get<std::string>(),
        testing::AllOf(testing::StartsWith("serving; certificate not reloaded: "),
                       testing::HasSubstr(live("key.pem")), testing::HasSubstr("mismatch")));
    EXPECT_TRUE(shows(server, 1));
    expect_expiry(server, 1);
    expect_resumed(server, old_tickets);
    EXPECT_TRUE(crowd.relays_on());

    rename_over(1, 1);
    EXPECT_TRUE(eventually([&] { return !is_pending(server); }));
    EXPECT_EQ(readiness_of(server).at("detail"), "serving");
  }

  crowd.stop();
  EXPECT_EQ(crowd.failure(), "");
  EXPECT_GE(server.metric("waggle_tls_reloads_refused_total"), 2);
  EXPECT_EQ(server.metric("waggle_handshakes_failed_total"), 0);
  EXPECT_THAT(server.process().log(), testing::HasSubstr("certificate not reloaded, the old one"));
}

TEST_P(TlsReload, HappensAtOnceOnSighup) {
  tracker server{with_tls("1h")};
  auto const reloads = [&] { return server.metric("waggle_tls_reloads_total"); };

  server.process().signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return reloads() == 1; }));
  EXPECT_TRUE(shows(server, 1));

  rename_over(2, 2);
  EXPECT_TRUE(shows(server, 1));
  server.process().signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return shows(server, 2); }));
  EXPECT_EQ(reloads(), 2);
  EXPECT_THAT(server.process().log(), testing::HasSubstr("certificate reloaded serial=02"));

  rename_over(3, 4);
  server.process().signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return is_pending(server); }));
  EXPECT_TRUE(shows(server, 2));
  EXPECT_EQ(reloads(), 2);
  EXPECT_EQ(server.metric("waggle_tls_reloads_refused_total"), 1);
  EXPECT_THAT(server.process().log(), testing::HasSubstr("cause=request"));
}

TEST_P(TlsReload, HasNothingToDoWithoutTls) {
  tracker server{cores()};
  tracker_client client{server.plain()};

  server.process().signal(SIGHUP);

  EXPECT_TRUE(eventually([&] {
    return server.process().log().find("no certificate to reload") != std::string::npos;
  }));
  client.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});
  EXPECT_EQ(server.metric("waggle_tls_certificate_not_after_timestamp_seconds"), 0);
  EXPECT_EQ(server.metric("waggle_tls_reloads_total"), 0);
  EXPECT_FALSE(is_pending(server));
}

WAGGLE_ON_ONE_AND_TWO_CORES(TlsReload);

}  // namespace
}  // namespace waggle::test
