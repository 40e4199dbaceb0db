// SPDX-License-Identifier: Apache-2.0
// A connection that was just accepted, with its client and a host that takes it over. Tests only.
#pragma once

#include "server/core/ban_list.hpp"
#include "server/core/tenant_directory.hpp"
#include "server/net/connection.hpp"
#include "tests/unit/server/net/loopback.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace waggle::net::test {

using namespace std::chrono_literals;
using failed = label::handshake;
using waggle::test::eventually;

inline std::string const request =
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

class setup_host final : public connection_host {
 public:
  [[nodiscard]] setup_limits const& setup() const override { return limits; }
  [[nodiscard]] client_rules const& clients() const override { return rules; }
  [[nodiscard]] admission_rules admissions() const override {
    return {tenants, banned_addresses, tokens};
  }
  [[nodiscard]] core_counters& facts() override { return counters; }
  [[nodiscard]] tls_context current_tls() const override { return tls; }
  [[nodiscard]] bool healthy() const override { return well; }
  void open_session(std::unique_ptr<byte_stream> stream, std::span<char const> early,
                    admission with) override {
    ++opened;
    opened_stream = std::move(stream);
    opened_early.assign(early.begin(), early.end());
    opened_with = std::move(with);
  }

  setup_limits limits;
  core_counters counters;
  tls_context tls;
  bool well = true;
  int opened = 0;
  std::unique_ptr<byte_stream> opened_stream;
  std::string opened_early;
  ip_address comes_from;
  address_counts counts{{1, 2}};
  client_ledger ledger{{3, 4}};
  client_rules rules{.counts = &counts, .ledger = &ledger};
  tenant_directory tenants;
  token_gate const* tokens = nullptr;
  ban_list banned_addresses;
  admission opened_with;
};

/// A connection that was just accepted, with its client.
class accepted {
 public:
  explicit accepted(entrance how = {}, setup_limits const& limits = {},
                    std::function<void(setup_host&)> const& prepare = {}) {
    auto const kind = how.kind;
    host.limits = limits;
    if (kind == transport::tls) host.tls = server_tls();
    loopback ends{context};
    if (kind == transport::tls) {
      auto made = std::make_unique<tls_far_end>(ends.client);
      tls = made.get();
      client = std::move(made);
    } else {
      client = std::make_unique<far_end>(ends.client);
    }
    if (prepare) prepare(host);
    start_connection(host, context, ends.server.release(),
                     {.through = how, .client = {host.comes_from}});
  }

  /// Runs both sides until `done` holds.
  template <class Done>
  bool until(Done&& done) {
    return eventually([&] {
      context.restart();
      context.poll();
      heard += client->read();
      return done();
    });
  }
  bool until_heard(std::string_view text) {
    return until([&] { return heard.find(text) != std::string::npos; });
  }
  /// Runs until the connection's set-up is over: nothing is left to run.
  bool until_over() {
    return until([&] { return context.stopped(); });
  }
  [[nodiscard]] std::uint64_t count(failed why) const {
    return host.counters.value(counter::handshakes_failed, why);
  }
  [[nodiscard]] std::uint64_t count(label::http answer) const {
    return host.counters.value(counter::http_requests, answer);
  }

  asio::io_context context{1};
  setup_host host;
  std::unique_ptr<far_end> client;
  tls_far_end* tls = nullptr;
  std::string heard;
};

}  // namespace waggle::net::test
