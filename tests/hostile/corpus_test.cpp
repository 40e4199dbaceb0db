// SPDX-License-Identifier: Apache-2.0
// What the fuzzers of the parsers begin with (tests/fuzz/corpus), thrown at a live server: what a
// parser takes alone must not trouble the server that has it either.
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"
#include "tests/hostile/tokens.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace waggle::test {
namespace {

std::vector<std::string> corpus(std::string const& target) {
  std::vector<std::string> all;
  for (auto const& seed :
       std::filesystem::directory_iterator{std::string{WAGGLE_CORPUS_DIR "/"} + target}) {
    std::ifstream from{seed.path(), std::ios::binary};
    all.emplace_back(std::istreambuf_iterator<char>{from}, std::istreambuf_iterator<char>{});
  }
  EXPECT_GT(all.size(), 5U) << target;
  return all;
}

std::string percent_encoded(std::string const& bytes) {
  std::string text;
  for (char const byte : bytes) {
    std::array<char, 4> escape{};
    std::snprintf(escape.data(), escape.size(), "%%%02x", static_cast<unsigned char>(byte));
    text += escape.data();
  }
  return text;
}

/// Of client after client, each for as long as the server bears it.
class thrower {
 public:
  explicit thrower(tracker& server, ws_options options = {})
      : server_(server), options_(std::move(options)) {}

  /// Sends the bytes, and waits until the server has taken them in: a pong, or the end.
  void throw_at(std::string const& bytes) {
    if (!client_ || client_->tcp_closed()) client_.emplace(connect());
    client_->send_bytes(bytes);
    client_->send({.op = opcode::ping, .payload = "done"});
    while (auto const got = client_->receive()) {
      if (got->kind == opcode::pong && got->payload == "done") return;
      if (got->kind == opcode::close) break;
    }
    client_.reset();
  }

 private:
  [[nodiscard]] ws_client connect() const { return ws_client::connect(server_.plain(), options_); }

  tracker& server_;
  ws_options options_;
  std::optional<ws_client> client_;
};

// Defence: the reader of messages; protocol/json, protocol/webtorrent.
TEST(HostileCorpus, OfMessagesIsSurvived) {
  tracker server{besieged()};
  honest_swarm beside{server.plain()};
  thrower attacker{server};

  for (auto const& seed : corpus("webtorrent_decode")) {
    attacker.throw_at(encode({.payload = seed}));
    attacker.throw_at(encode({.op = opcode::binary, .payload = seed}));
  }

  EXPECT_TRUE(beside.relays_on());
}

// Defence: the parser of request heads; server/net/http_head.
TEST(HostileCorpus, OfRequestHeadsIsSurvived) {
  tracker server{besieged()};
  honest_swarm beside{server.plain()};

  for (auto const& seed : corpus("http_upgrade")) {
    for (auto const& bytes : {seed, seed + "\r\n\r\n"}) {
      auto attacker = stream::connect(server.plain());
      attacker.send(bytes);
      attacker.shut_down();
      EXPECT_TRUE(attacker.closes()) << bytes;
    }
  }

  EXPECT_TRUE(eventually([&] { return server.stats().at("connections") == 2; }));
  EXPECT_TRUE(beside.relays_on());
}

// Defence: nothing of a token is believed before its signature; server/auth.
TEST(HostileCorpus, OfTokensLetsNobodyIn) {
  tracker server{besieged({"tenants.a.access.mode=token", "tenants.a.tokens.in_announce=true",
                           "tenants.a.tokens.secrets=k:" + std::string{secret_of_a}})};
  honest_swarm beside{server.plain(), showing(signed_by(secret_of_a, claims_for("a")), "/t/a/")};
  auto const swarm = fresh_swarm();
  tracker_client in_announce{server.plain(), {.path = "/t/a/"}};

  for (auto const& seed : corpus("token")) {
    for (auto const& text : {seed, seed.substr(seed.empty() ? 0U : 1U)}) {
      if (text.empty()) continue;
      auto const answer = handshake(server.plain(), showing(percent_encoded(text), "/t/a/"));
      EXPECT_THAT(answer.status, testing::AnyOf(401, 403, 431)) << text;
      auto announce = announce_message({.swarm = swarm, .peer = fresh_peer()});
      announce.insert(1, "\"token\":" + json(binary_string(text)).dump() + ",");
      in_announce.send(announce);
      EXPECT_EQ(in_announce.receive().number("incomplete"), 0) << text;
    }
  }

  EXPECT_EQ(server.peers_of(swarm), 0);
  EXPECT_TRUE(beside.relays_on());
}

// Defence: the reader of frames; protocol/websocket.
TEST(HostileCorpus, OfFramesIsSurvived) {
  tracker server{besieged({"session.message_deadline=300ms"})};
  honest_swarm beside{server.plain()};
  for (auto const& seed : corpus("frame_codec")) {
    for (auto const& bytes : {seed, seed.substr(seed.empty() ? 0U : 1U)}) {
      auto attacker = ws_client::connect(server.plain());
      attacker.send_bytes(bytes);
      attacker.transport().shut_down();
      EXPECT_TRUE(attacker.transport().closes());
    }
  }

  EXPECT_TRUE(beside.relays_on());
}

// Defence: the reader of PROXY headers; protocol/proxy_header.
TEST(HostileCorpus, OfProxyHeadersIsSurvived) {
  tracker server{besieged_by_many()};
  honest_swarm beside{server.plain()};
  for (auto const& seed : corpus("proxy_header")) {
    for (auto const& bytes : {seed, seed.substr(seed.empty() ? 0U : 1U)}) {
      auto attacker = stream::connect(server.process().proxy());
      attacker.send(bytes);
      attacker.shut_down();
      EXPECT_TRUE(attacker.closes());
    }
  }

  EXPECT_TRUE(beside.relays_on());
}

// Defence: the filter of session descriptions; protocol/sdp.
TEST(HostileCorpus, OfSessionDescriptionsIsSurvived) {
  tracker server{
      besieged({"tenants.a.access.ice_policy=relay_only", "tenants.b.access.mode=open"})};
  honest_swarm beside{server.plain(), {.path = "/t/b/"}};
  auto const swarm = fresh_swarm();
  tracker_client victim{server.plain(), {.path = "/t/a/"}};
  tracker_client attacker{server.plain(), {.path = "/t/a/"}};
  victim.announce({.swarm = swarm, .peer = fresh_peer()});
  auto const peer = fresh_peer();

  for (auto const& seed : corpus("sdp_filter")) {
    for (auto const& text : {seed, seed.substr(seed.empty() ? 0U : 1U)}) {
      auto const body = json{{"type", "offer"}, {"sdp", binary_string(text)}}.dump();
      attacker.announce({.swarm = swarm,
                         .peer = peer,
                         .event = "",
                         .numwant = 1,
                         .offers = {{.id = "a", .body = body}}});
    }
  }

  for (auto const& heard : victim.drain(swarm)) {
    EXPECT_EQ(heard.text.find("typ host"), std::string::npos) << heard.text;
    EXPECT_EQ(heard.text.find("typ srflx"), std::string::npos) << heard.text;
  }
  EXPECT_TRUE(beside.relays_on());
}

}  // namespace
}  // namespace waggle::test
