// SPDX-License-Identifier: Apache-2.0
// Which newcomers are let in, refused or only counted, by the quotas of their address and of the
// process.
#include "server/net/admission_desk.hpp"
#include "tests/unit/server/net/accepted.hpp"

#include <atomic>
#include <optional>
#include <vector>

namespace waggle::net::test {
namespace {

ip_address address(std::string_view text) {
  return parse_ip_address(text).value();
}

/// What all connections of a server share.
struct server_side {
  address_counts counts{{1, 2}};
  address_rates rates{{1, 2}};
  std::atomic<bool> memory_full{false};
  proxy_trust trust{};
  admission_limits quota{
      .address = {.connections_max = 0, .connections_per_second = 0, .failures_per_minute = 0},
      .address_enforce = true};

  void serve(setup_host& host, std::string_view client) {
    host.comes_from = address(client);
    host.rules = {.trust = trust,
                  .counts = &counts,
                  .ledger = &host.ledger,
                  .quota = quota,
                  .rates = &rates,
                  .memory_full = &memory_full};
  }
};

/// One connection from its accept to the answer.
struct visit {
  explicit visit(server_side& to, std::string_view client, std::string const& says = request,
                 entrance how = {})
      : at(how, {}, [&](setup_host& host) { to.serve(host, client); }) {
    at.client->write(says);
    EXPECT_TRUE(at.until(
        [&] { return at.heard.find("\r\n\r\n") != std::string::npos || at.client->saw_end; }));
  }

  [[nodiscard]] std::string status() const {
    return at.heard.size() < 12 ? at.heard : at.heard.substr(9, 3);
  }
  [[nodiscard]] bool says(std::string_view text) const {
    return at.heard.find(text) != std::string::npos;
  }
  [[nodiscard]] std::uint64_t refused(admission_reason why) const {
    return at.host.counters.value(counter::admissions_refused, why);
  }
  [[nodiscard]] std::uint64_t counted(admission_reason why) const {
    return at.host.counters.value(counter::admissions_over_quota, why);
  }

  accepted at;
};

constexpr auto customer = "203.0.113.7";

TEST(Admission, RefusesConnectionsPastTheMostOfAnAddress) {
  server_side server;
  server.quota.address.connections_max = 2;
  visit const first{server, customer};
  visit const second{server, customer};

  visit third{server, customer};

  EXPECT_EQ(second.status(), "101");
  EXPECT_EQ(third.status(), "429");
  EXPECT_TRUE(third.says("Retry-After: 60\r\n"));
  EXPECT_TRUE(third.says("too many connections from this address\n"));
  EXPECT_EQ(third.refused(admission_reason::address_connections), 1U);
  EXPECT_EQ(third.at.count(label::http::too_many), 1U);
  EXPECT_EQ(server.counts.count(address(customer)), 2U) << "it does not count itself";
  EXPECT_EQ((visit{server, "203.0.113.8"}.status()), "101");
  third.at.client->leave();
  EXPECT_TRUE(third.at.until_over());
}

TEST(Admission, OfAnAddressIsOnlyCountedUnlessEnforced) {
  server_side server;
  server.quota.address_enforce = false;
  server.quota.address.connections_max = 1;
  visit const first{server, customer};

  visit const second{server, customer};

  EXPECT_EQ(second.status(), "101");
  EXPECT_EQ(second.counted(admission_reason::address_connections), 1U);
  EXPECT_EQ(second.refused(admission_reason::address_connections), 0U);
}

TEST(Admission, RefusesNewcomersThatComeTooFast) {
  server_side server;
  server.quota.address.connections_per_second = 1;
  for (int i = 0; i < 4; ++i) EXPECT_EQ((visit{server, customer}.status()), "101");

  visit const late{server, customer};

  EXPECT_EQ(late.status(), "429");
  EXPECT_TRUE(late.says("Retry-After: 10\r\n"));
  EXPECT_EQ(late.refused(admission_reason::address_rate), 1U) << "once, not at each step";
}

TEST(Admission, RefusesNewcomersWhoseHandshakesKeptFailing) {
  server_side server;
  server.quota.address.failures_per_minute = 2;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ((visit{server, customer, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"}.status()), "426");
  }

  visit const next{server, customer};

  EXPECT_EQ(next.status(), "429");
  EXPECT_EQ(next.refused(admission_reason::address_failures), 1U);
}

TEST(Admission, ClosesOverTlsBeforeTheHandshakeCostsAnything) {
  server_side server;
  server.quota.address.connections_per_second = 1;
  for (int i = 0; i < 4; ++i) EXPECT_EQ((visit{server, customer}.status()), "101");

  accepted late{{transport::tls}, {}, [&](setup_host& host) { server.serve(host, customer); }};

  EXPECT_TRUE(late.until([&] {
    static_cast<void>(late.tls->handshake());
    return late.client->saw_end || late.client->saw_reset;
  }));
  EXPECT_EQ(late.host.counters.value(counter::admissions_refused, admission_reason::address_rate),
            1U);
  EXPECT_EQ(late.count(failed::tls), 0U);
}

TEST(Admission, OfLocalAddressesIsFreeUnlessTheirProxiesAreTrusted) {
  server_side server;
  server.quota.address = {
      .connections_max = 1, .connections_per_second = 1, .failures_per_minute = 1};
  for (auto const* const local : {"10.1.2.3", "172.31.0.1", "192.168.0.1", "127.0.0.9",
                                  "169.254.1.1", "::1", "fd00::1", "fe80::1"}) {
    std::vector<std::unique_ptr<visit>> all;
    for (int i = 0; i < 8; ++i) all.push_back(std::make_unique<visit>(server, local));
    EXPECT_EQ(all.back()->status(), "101") << local;
  }

  server.trust.proxies = {*parse_ip_network("127.0.0.0/8")};
  visit const first{server, "127.0.0.9"};
  visit const second{server, "127.0.0.9"};
  EXPECT_EQ(first.status(), "101");
  EXPECT_EQ(second.status(), "429");
}

TEST(Admission, CountsTheClientThatAProxyNames) {
  server_side server;
  server.quota.address.connections_per_second = 1;
  server.trust.proxies = {*parse_ip_network("198.51.100.1")};
  auto const named = [](std::string const& client) {
    return request.substr(0, request.size() - 2) + "X-Forwarded-For: " + client + "\r\n\r\n";
  };
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ((visit{server, "198.51.100.1", named(customer)}.status()), "101");
  }

  EXPECT_EQ((visit{server, "198.51.100.1", named(customer)}.status()), "429");
  EXPECT_EQ((visit{server, "198.51.100.1", named("203.0.113.8")}.status()), "101");
}

TEST(Admission, RefusesWithAnotherStatusWhenTheProcessIsFull) {
  server_side server;
  server.quota.address_enforce = false;
  server.quota.connections_max = 2;
  visit const first{server, "203.0.113.1"};
  visit const second{server, "10.0.0.2"};

  visit const third{server, "203.0.113.3"};

  EXPECT_EQ(second.status(), "101");
  EXPECT_EQ(third.status(), "503");
  EXPECT_TRUE(third.says("Retry-After: 30\r\n"));
  EXPECT_EQ(third.refused(admission_reason::connections), 1U);
  EXPECT_EQ(third.at.count(label::http::unavailable), 1U);
}

TEST(Admission, RefusesWhileMemoryIsUsedUp) {
  server_side server;
  server.memory_full = true;
  visit const refused{server, customer};
  server.memory_full = false;

  EXPECT_EQ(refused.status(), "503");
  EXPECT_EQ(refused.refused(admission_reason::memory), 1U);
  EXPECT_EQ((visit{server, customer}.status()), "101");
}

TEST(Admission, InADryRunRefusesNobody) {
  server_side server;
  server.quota.dry_run = true;
  server.quota.address.connections_max = 1;
  server.quota.connections_max = 1;
  server.memory_full = true;
  visit const first{server, customer};

  visit const second{server, customer};

  EXPECT_EQ(second.status(), "101");
  for (auto const why : {admission_reason::address_connections, admission_reason::connections,
                         admission_reason::memory}) {
    EXPECT_EQ(second.counted(why), 1U) << static_cast<int>(why);
    EXPECT_EQ(second.refused(why), 0U);
  }
}

TEST(Admission, AnswersForItsHealthInAnyCase) {
  server_side server;
  server.memory_full = true;
  server.quota.address.connections_per_second = 1;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ((visit{server, customer, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"}.status()),
              "200");
  }
}

}  // namespace
}  // namespace waggle::net::test
