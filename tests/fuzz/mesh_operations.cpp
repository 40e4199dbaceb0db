// SPDX-License-Identifier: Apache-2.0
// Any sequence of native conversations on one core, over messages that nobody would send in that
// order: joins, links, lost connections, claims, restarts. After each step the graph is whole and
// nobody has heard of a swarm that is not its own.
#include "protocol/dialect.hpp"
#include "protocol/native/swarm_name.hpp"
#include "protocol/websocket/frame.hpp"
#include "server/core/shard.hpp"
#include "server/session/native/native_conversation.hpp"
#include "tests/fuzz/input_bytes.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/support/seat_seal.hpp"
#include "tests/support/server_texts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

namespace waggle {
namespace {

using fuzz::require;
using nlohmann::json;

constexpr std::array<char const*, 3> names{"one", "two", "three"};
constexpr std::array<char const*, 2> ids{"AAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBB"};

struct client {
  std::unique_ptr<native_conversation> talk;
  session_ref self;
  std::string id;
  std::string resume;
  std::vector<std::uint64_t> links;  // the last ones that it heard of
};

class trial final : private shard_port {
 public:
  explicit trial(fuzz::input_bytes plan)
      : plan_(plan),
        rights_{.where = {.seed = {.first = 11, .second = 22}, .cores = 1},
                .tenants = std::make_shared<tenant_directory const>()} {
    scope_.limits.memberships_max = 3;
  }

  void run() {
    for (int steps = 0; steps < 300 && !plan_.empty(); ++steps) {
      step();
      settle();
      check();
    }
    for (auto& each : clients_) {
      if (each.talk) close(each, conversation::ending::over);
    }
    now_ += std::chrono::hours{1};
    while (seats_.parked() != 0) {
      seats_.tick(now_);
      settle();
    }
    check();
    require(shard_.mesh().totals() == mesh::mesh_totals{});
    require(shard_.totals().memberships == 0);
  }

 private:
  void send(std::uint16_t /*core*/, shard_message const& what) override {
    if (auto const* const claim = std::get_if<mesh::claim>(&what)) return seats_.handle(*claim);
    shard_.handle(what, now_, said_);
  }

  void step() {
    auto const choice = plan_.byte();
    auto& who = clients_[choice % clients_.size()];
    auto const more = plan_.byte();
    if (!who.talk) return open(who, more);
    switch (choice / clients_.size() % 16) {
      case 0:
        return close(who,
                     (more & 1U) != 0 ? conversation::ending::lost : conversation::ending::over);
      case 1: {
        now_ += core_time{more * 200};
        seats_.tick(now_);
        static_cast<void>(shard_.tick(now_, said_));
        return;
      }
      case 2:
        return says(who, {{"t", "leave"}, {"s", more % 4}});
      case 3:
        return says(who, {{"t", "more"}, {"s", more % 4}, {"n", more / 4 % 9}});
      case 4:
        return says(who,
                    {{"t", "state"}, {"s", more % 4}, {"want", more % 25}, {"have", more % 101}});
      case 5:
      case 6:
        return says(who,
                    {{"t", "link"}, {"s", more % 4}, {"c", link(who, more)}, {"ok", more > 127}});
      case 7:
        return says(who, {{"t", "drop"}, {"s", more % 4}, {"c", link(who, more)}});
      case 8:
        return says(
            who, {{"t", "offer"}, {"s", more % 4}, {"c", link(who, more)}, {"d", json::object()}});
      case 9:
        return says(who,
                    {{"t", "ice"}, {"s", more % 4}, {"c", link(who, more)}, {"d", json::array()}});
      case 10:
        return says(who, {{"t", "drop"}, {"s", more % 4}, {"peer", ids[more % 2]}});
      case 11: {
        rights_.tenants = std::make_shared<tenant_directory const>(
            tenant_directory::policies{std::make_shared<tenant_policy const>(tenant_policy{
                .access = access_policy{access_mode::deny, {native::hash_of(names[more % 3])}}})});
        for (auto& each : clients_) {
          if (each.talk) static_cast<void>(each.talk->on_rules());
        }
        return;
      }
      default: {
        json join{
            {"t", "join"}, {"s", more % 4}, {"swarm", names[more / 4 % 3]}, {"want", more / 16}};
        if ((more & 1U) != 0) join["links"] = json::array({ids[0], ids[1]});
        return says(who, join);
      }
    }
  }

  void open(client& who, std::uint8_t more) {
    who = {.self = {.slot = static_cast<std::uint32_t>(&who - clients_.data()),
                    .generation = ++generation_},
           .resume = std::move(who.resume)};
    who.talk = std::make_unique<native_conversation>(scope_, who.self, newcomer{});
    json hello{{"t", "hello"}};
    if ((more & 1U) != 0) hello["id"] = ids[more / 2 % 2];
    // Somebody's seat, perhaps one that is in use or was never this client's.
    if ((more & 8U) != 0) hello["resume"] = clients_[more / 16 % clients_.size()].resume;
    says(who, hello);
  }

  void close(client& who, conversation::ending how) {
    auto const talk = std::move(who.talk);
    talk->on_close(how);
  }

  static std::uint64_t link(client const& who, std::uint8_t more) {
    return who.links.empty() ? more : who.links[more / 4 % who.links.size()];
  }

  void says(client& who, json const& message) {
    auto const text = message.dump();
    std::vector<char> padded(text.size() + decode_padding_bytes);
    std::ranges::copy(text, padded.begin());
    std::string out;
    static_cast<void>(
        who.talk->on_message(websocket::opcode::text, {padded.data(), text.size()}, now_, out));
    hears(who, out);
    settle();  // what was said shows bytes of this message
  }

  void settle() {
    for (std::size_t next = 0; next < said_.entries().size(); ++next) {
      auto const entry = said_.entries()[next];
      auto& to = clients_.at(entry.to.slot);
      if (!to.talk || to.self != entry.to) {
        // As core_loop::give_back does.
        if (auto const* const seat = std::get_if<mesh::seat>(&entry.what)) {
          for (auto const& [swarm, handle] : seat->memberships) {
            send(0, mesh::leave{seat->was, swarm, seat->peer, true});
          }
        }
        continue;
      }
      std::string out;
      auto const wanted = to.talk->on_event(entry.what, now_, out);
      hears(to, out);
      if (wanted == conversation::request::close) close(to, conversation::ending::over);
    }
    said_.clear();
  }

  void hears(client& who, std::string_view bytes) {
    test::for_each_text(bytes, [&](std::string_view text) {
      auto const heard = json::parse(text);
      auto const t = heard["t"].get<std::string>();
      if (t == "welcome") {
        who.id = heard["id"];
        who.resume = heard["resume"];
      } else if (t == "match") {
        require(heard["peer"] != who.id);
        who.links.push_back(heard["c"]);
        if (who.links.size() > 8) who.links.erase(who.links.begin());
      }
    });
  }

  void check() {
    std::uint32_t nodes = 0;
    std::uint32_t ends = 0;
    for (auto const* name : names) {
      auto const swarm = native::swarm_of(name);
      shard_.mesh().visit_nodes(swarm, [&](mesh::node const& each) {
        ++nodes;
        require(each.links <= 24 && each.expected <= 24);
        std::uint32_t seen = 0;
        shard_.mesh().visit_links(
            swarm, [&](mesh::node const& one, mesh::link const& between, mesh::node const& other) {
              if (&one != &each) return;
              ++seen;
              require(&one != &other && between.is != mesh::link::state::none);
              require(other.member != no_slot);
            });
        require(seen == each.links);
        ends += seen;
      });
    }
    auto const& totals = shard_.mesh().totals();
    require(totals.peers == nodes);
    require(2 * (totals.open + totals.pending) == ends);
    require(shard_.totals().memberships == nodes);
  }

  fuzz::input_bytes plan_;
  rights_scope rights_;
  outbox said_;
  shard shard_{{.recorder_bytes = 0}, rights_.where.seed, 1};
  std::uint8_t secret_ = 0;
  seat_keeper seats_{
      {.limits = {.memberships_max = 4},
       .core = 0,
       .where = rights_.where,
       .shards = *this,
       .said = said_,
       .secrets = [this](std::span<std::uint8_t> bytes) { std::ranges::fill(bytes, ++secret_); },
       .seal = test::plain_seal}};
  native_scope scope_{.rights = rights_, .shards = *this, .said = said_, .seats = seats_};
  std::array<client, 6> clients_;
  std::uint32_t generation_ = 0;
  core_time now_{1000};
};

}  // namespace
}  // namespace waggle

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  waggle::trial{waggle::fuzz::input_bytes{data, size}}.run();
  return 0;
}
