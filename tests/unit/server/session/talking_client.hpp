// SPDX-License-Identifier: Apache-2.0
// A tracker conversation with a client on one side and, on the other, shards that only write down
// what they were sent. Tests only; one thread.
#pragma once

#include "protocol/dialects.hpp"
#include "protocol/tenant_name.hpp"
#include "protocol/websocket/frame.hpp"
#include "server/session/tracker_conversation.hpp"
#include "tests/support/server_texts.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle::test {

using namespace std::chrono_literals;
using nlohmann::json;

/// Twenty characters that end with `number`.
inline std::string swarm_text(int number) {
  auto const digits = std::to_string(number);
  return std::string(20 - digits.size(), 's') + digits;
}
inline std::string peer_text(int number, std::string const& prefix = "-WW0208-") {
  auto const digits = std::to_string(number);
  return prefix + std::string(20 - prefix.size() - digits.size(), 'p') + digits;
}

template <class Id>
Id id_of(std::string_view text) {
  Id id;
  std::copy_n(text.begin(), Id::bytes, id.value.begin());
  return id;
}
inline swarm_id swarm(int number) {
  return id_of<swarm_id>(swarm_text(number));
}
inline info_hash hash(int number) {
  return swarm(number).hash();
}
inline peer_id peer(int number) {
  return id_of<peer_id>(peer_text(number));
}
inline tenant_id const acme = tenant_id_of("acme");

/// A tenant that serves everything but these.
inline tenant_policy all_but(std::vector<info_hash> denied, refusal_rules refusal = {}) {
  return {.access = access_policy{access_mode::deny, std::move(denied)},
          .refusal = std::move(refusal)};
}

struct kept_offer {
  offer_tag tag;
  std::string offer_id;
  std::string body;
  bool operator==(kept_offer const&) const = default;
};

/// A message to a shard with what its views showed; the views themselves are gone.
struct sent_message {
  std::uint16_t core;
  shard_message what;
  std::vector<kept_offer> offers = {};
  std::vector<swarm_id> swarms = {};
};

class recording_shards final : public shard_port {
 public:
  void send(std::uint16_t core, shard_message const& what) override {
    sent_message kept{.core = core, .what = what};
    if (auto* const announced = std::get_if<announce_message>(&kept.what)) {
      for (auto const& made : announced->offers) {
        kept.offers.push_back(
            {made.tag, std::string{made.offer_id.json}, std::string{made.body.json}});
      }
      announced->offers = {};
    } else if (auto* const answered = std::get_if<answer_message>(&kept.what)) {
      kept.offers.push_back(
          {answered->tag, std::string{answered->offer_id.json}, std::string{answered->body.json}});
      answered->offer_id = answered->body = {};
    } else if (auto* const scraped = std::get_if<scrape_message>(&kept.what)) {
      kept.swarms.assign(scraped->swarms.begin(), scraped->swarms.end());
      scraped->swarms = {};
    }
    all.push_back(std::move(kept));
  }

  std::vector<sent_message> all;
};

/// The fields of an announce that the tests vary.
struct announce_text {
  int swarm = 1;
  std::string peer = peer_text(1);
  json more = json::object();  // further fields

  [[nodiscard]] std::string text() const {
    json message{{"action", "announce"}, {"info_hash", swarm_text(swarm)}, {"peer_id", peer}};
    message.update(more);
    return message.dump();
  }
};

inline json offers_json(int count) {
  auto offers = json::array();
  for (int i = 0; i < count; ++i) {
    offers.push_back({{"offer_id", "offer" + std::to_string(i)},
                      {"offer", {{"type", "offer"}, {"sdp", std::to_string(i)}}}});
  }
  return offers;
}

inline std::shared_ptr<tenant_directory const> directory_of(tenant_policy const& policy) {
  return std::make_shared<tenant_directory const>(
      tenant_directory::policies{std::make_shared<tenant_policy const>(policy)});
}

class talking_client {
 public:
  explicit talking_client(tracker_limits const& limits = {}, std::uint16_t cores = 1,
                          tenant_policy const& policy = {}, client_standing standing = {})
      : scope{{.where = {.seed = {.first = 11, .second = 22}, .cores = cores},
               .tenants = directory_of(policy)},
              speech.get(),
              shards,
              limits,
              random_source{7}},
        its_standing(std::move(standing)) {
    reconnect();
  }

  void reconnect() {
    talk = std::make_unique<tracker_conversation>(scope, self, newcomer{.standing = its_standing});
  }

  /// From now on the tenants are this one.
  void use(tenant_policy const& policy) { scope.tenants = directory_of(policy); }

  /// The client says something; returns what it hears at once.
  std::vector<json> says(std::string_view text) {
    std::vector<char> padded(text.size() + decode_padding_bytes);
    std::ranges::copy(text, padded.begin());
    std::string out;
    cost = talk->on_message(websocket::opcode::text, {padded.data(), text.size()}, now, out).cost;
    return texts_in(out);
  }
  std::vector<json> announces(announce_text const& what = {}) { return says(what.text()); }

  /// A shard says something; returns what the client hears of it.
  std::vector<json> shard_says(session_message const& what) {
    std::string out;
    request = talk->on_event(what, now, out);
    return texts_in(out);
  }

  /// Messages of one kind that went to the shards since the last call of sent().
  template <class Message>
  std::vector<std::pair<Message, sent_message>> sent() {
    std::vector<std::pair<Message, sent_message>> found;
    for (auto const& each : std::exchange(shards.all, {})) {
      if (auto const* const what = std::get_if<Message>(&each.what))
        found.emplace_back(*what, each);
    }
    return found;
  }

  std::unique_ptr<dialect> speech = make_webtorrent({});
  recording_shards shards;
  tracker_scope scope;
  session_ref self{.slot = 5, .generation = 2};
  client_standing its_standing;
  std::unique_ptr<tracker_conversation> talk;
  conversation::request request = conversation::request::nothing;  // of the last shard_says()
  core_time now{1'000'000};
  std::uint32_t cost = 0;  // of what the client said last

 private:
  static std::vector<json> texts_in(std::string_view bytes) {
    std::vector<json> all;
    for_each_text(bytes, [&](std::string_view text) { all.push_back(json::parse(text)); });
    return all;
  }
};

}  // namespace waggle::test
