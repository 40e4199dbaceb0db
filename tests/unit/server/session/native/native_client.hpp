// SPDX-License-Identifier: Apache-2.0
// Native clients of one core and the shard behind them: what they say and hear, without sockets.
// Tests only; one thread.
#pragma once

#include "protocol/dialect.hpp"
#include "protocol/native/swarm_name.hpp"
#include "protocol/websocket/frame.hpp"
#include "server/core/shard.hpp"
#include "server/session/native/native_conversation.hpp"
#include "tests/support/seat_seal.hpp"
#include "tests/support/server_texts.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle::test {

using namespace std::chrono_literals;
using nlohmann::json;

class native_core final : public shard_port {
 public:
  struct client {
    std::unique_ptr<native_conversation> talk;
    std::vector<json> heard{};
    std::optional<websocket::close_code> closed{};
  };

  explicit native_core(tenant_policy const& policy = {})
      : rights{.where = {.seed = {.first = 11, .second = 22}, .cores = 1},
               .tenants = std::make_shared<tenant_directory const>(
                   tenant_directory::policies{std::make_shared<tenant_policy const>(policy)})} {}

  void send(std::uint16_t /*core*/, shard_message const& what) override {
    if (auto const* const claim = std::get_if<mesh::claim>(&what)) return seats.handle(*claim);
    shard.handle(what, now, said);
  }

  /// A new connection; returns its number.
  std::uint32_t connect(newcomer who = {}) {
    auto const number = ++connections;
    clients[number].talk = std::make_unique<native_conversation>(scope, at(number), std::move(who));
    return number;
  }

  /// What the client hears until all is quiet.
  std::vector<json> says_text(std::uint32_t which, std::string const& text,
                              websocket::opcode type = websocket::opcode::text) {
    std::vector<char> padded(text.size() + decode_padding_bytes);
    std::ranges::copy(text, padded.begin());
    std::string out;
    auto& client = clients.at(which);
    auto const heard = client.talk->on_message(type, {padded.data(), text.size()}, now, out);
    if (heard.close) client.closed = heard.close;
    take(which, out);
    settle();
    return heard_by(which);
  }
  std::vector<json> says(std::uint32_t which, json const& message) {
    return says_text(which, message.dump());
  }

  void settle() {
    // The list may grow while it is read, as in core_loop.
    for (std::size_t next = 0; next < said.entries().size(); ++next) {
      auto const entry = said.entries()[next];
      auto const found = clients.find(entry.to.slot);
      if (found == clients.end() || !found->second.talk) continue;
      std::string out;
      auto const wanted = found->second.talk->on_event(entry.what, now, out);
      take(found->first, out);
      if (wanted == conversation::request::close) {
        found->second.closed = websocket::close_code::taken_over;
        end(found->first, conversation::ending::over);
      }
    }
    said.clear();
  }

  void end(std::uint32_t which, conversation::ending how) {
    auto& client = clients.at(which);
    client.talk->on_close(how);
    client.talk.reset();
  }

  std::vector<json> heard_by(std::uint32_t which) {
    return std::exchange(clients.at(which).heard, {});
  }

  /// Says hello, and returns the welcome.
  json greet(std::uint32_t which, json message = json::object()) {
    message["t"] = "hello";
    auto const heard = says(which, message);
    EXPECT_FALSE(heard.empty());
    return heard.empty() ? json{} : heard.front();
  }
  /// A client that has joined "movie" under the handle 1.
  std::uint32_t member() {
    auto const number = connect();
    greet(number);
    says(number, json{{"t", "join"}, {"s", 1}, {"swarm", "movie"}});
    return number;
  }

  static session_ref at(std::uint32_t number) { return {.slot = number, .generation = 1}; }
  [[nodiscard]] swarm_counts count(std::string_view name) const {
    return shard.count(native::swarm_of(name)).value_or(swarm_counts{});
  }

  core_time now{1'000'000};
  std::uint32_t connections = 0;
  rights_scope rights;
  outbox said;
  waggle::shard shard{{}, rights.where.seed, 1};
  std::uint8_t next_secret = 1;
  seat_keeper seats{
      {.limits = {},
       .core = 0,
       .where = rights.where,
       .shards = *this,
       .said = said,
       .secrets =
           [this](std::span<std::uint8_t> bytes) { std::ranges::fill(bytes, next_secret++); },
       .seal = test::plain_seal}};
  native_scope scope{.rights = rights, .shards = *this, .said = said, .seats = seats};
  std::map<std::uint32_t, client> clients;

 private:
  void take(std::uint32_t which, std::string_view bytes) {
    for_each_text(bytes, [&](std::string_view text) {
      clients.at(which).heard.push_back(json::parse(text));
    });
  }
};

/// Of the kind `t`, in order.
inline std::vector<json> only_kind(std::vector<json> const& heard, std::string_view t) {
  std::vector<json> found;
  std::ranges::copy_if(heard, std::back_inserter(found),
                       [&](json const& each) { return each["t"] == t; });
  return found;
}

}  // namespace waggle::test
