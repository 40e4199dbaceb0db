// SPDX-License-Identifier: Apache-2.0
// Fuzz target of tracker conversations: the bytes are a plan of what clients of two tenants say,
// some of it garbled, and of bans, policies and limits that change meanwhile. The shards are real,
// so that what a conversation forgets to undo is found in them.
#include "protocol/dialects.hpp"
#include "protocol/tenant_name.hpp"
#include "protocol/websocket/frame.hpp"
#include "server/core/shard.hpp"
#include "server/session/tracker_conversation.hpp"
#include "tests/fuzz/input_bytes.hpp"
#include "tests/fuzz/other_json.hpp"
#include "tests/fuzz/require.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace waggle;
using fuzz::require;

constexpr std::array tenants{tenant_id_of("acme"), tenant_id_of("zoo")};
constexpr std::array<std::string_view, 3> hashes{"swarm-one,-twenty-by", "swarm-two,-twenty-by",
                                                 "swarm-three,-20-byte"};
constexpr std::array<std::string_view, 4> tokens{"all", "one", "two", "bad"};
constexpr std::string_view description =
    R"(v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n)"
    R"(m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n)"
    R"(a=candidate:1 1 udp 2 192.168.1.5 5000 typ host\r\n)"
    R"(a=candidate:2 1 udp 1 203.0.113.1 5001 typ relay raddr 0.0.0.0 rport 0\r\n)";
constexpr std::uint32_t token_checks_max = 3;

template <class Id>
Id id_of(std::string_view text) {
  Id id;
  std::copy_n(text.begin(), Id::bytes, id.value.begin());
  return id;
}

std::string peer_text(std::uint32_t number) {
  auto const digits = std::to_string(number);
  std::string const prefix = number % 4 == 3 ? "trystero" : "-WW0208-";
  return prefix + std::string(12 - digits.size(), 'p') + digits;
}

/// Knows the good tokens; all of them are good for both tenants.
class listed_gate final : public token_gate {
 public:
  [[nodiscard]] token_verdict check(std::string_view token, tenant_id tenant) const override {
    require(shown != nullptr && asked++ == 0);  // of one message
    shown->emplace_back(token);
    return {.granted = granted(token, tenant)};
  }
  [[nodiscard]] std::string claimed_tenant(std::string_view /*token*/) const override { return {}; }

  [[nodiscard]] static std::shared_ptr<grant const> granted(std::string_view token,
                                                            tenant_id tenant) {
    auto const which = static_cast<std::size_t>(std::ranges::find(tokens, token) - tokens.begin());
    if (which >= 3) return nullptr;
    grant made{.token = token_id{{static_cast<std::uint8_t>(which)}}, .tenant = tenant};
    if (which != 0) {
      std::array const named{std::string{hashes[which - 1]}};
      made.swarms = swarm_scope{named};
      made.memberships_max = 2;
      made.offers_max = 1;
    }
    return std::make_shared<grant const>(std::move(made));
  }

  mutable std::uint32_t asked = 0;
  std::vector<std::string>* shown = nullptr;  // by the client that speaks
};

/// A tenant that differs by each bit.
std::shared_ptr<tenant_policy const> policy_of(std::size_t tenant, std::uint32_t choice) {
  tenant_policy policy{.id = tenants[tenant], .name = tenant == 0 ? "acme" : "zoo"};
  policy.tokens = static_cast<token_rule>(choice % 4);
  policy.ice = static_cast<sdp::ice_policy>(choice / 4 % 3);
  if ((choice & 16U) != 0) {
    policy.access = access_policy{access_mode::deny, {id_of<info_hash>(hashes[2])}};
  }
  if ((choice & 32U) != 0) policy.refusal.mode = refusal_mode::failure;
  if ((choice & 64U) != 0) policy.limits.memberships_max = 2;
  if ((choice & 128U) != 0) policy.limits.messages_per_second = 4;
  return std::make_shared<tenant_policy const>(std::move(policy));
}

tracker_limits limits_of(std::uint32_t choice) {
  tracker_limits some;
  if ((choice & 1U) != 0) some.memberships_max = 3;
  if ((choice & 2U) != 0) some.scrapes_max = 0;
  if ((choice & 4U) != 0) some.scrape_all = true;
  if ((choice & 8U) != 0) some.interval_max = 56s;
  return some;
}

struct client {
  std::unique_ptr<tracker_conversation> talk;  // null: it is not connected
  session_ref self;
  client_standing standing;
  std::vector<std::string> shown;                    // tokens of announces that were looked at
  std::set<std::pair<swarm_id, peer_id>> announced;  // all that it may still be
};

class trial final : private shard_port {
 public:
  explicit trial(fuzz::input_bytes plan)
      : plan_(plan),
        scope_{{.where = {.seed = {.first = 11, .second = 22}, .cores = 2},
                .tenants = directory(),
                .shown = {.tokens_max = 2, .checks_max = token_checks_max}},
               speech(),
               *this,
               limits_of(plan_.byte()),
               random_source{7}} {
    scope_.tokens = &gate_;
    for (std::uint16_t core = 0; core < 2; ++core) {
      shards_.push_back(
          std::make_unique<shard>(shard_limits{.recorder_bytes = 0}, scope_.where.seed, core));
    }
    for (auto& each : clients_) open(each);
  }

  void run() {
    for (int left = 200; left > 0 && !plan_.empty(); --left) {
      step();
      check();
    }
    for (auto& each : clients_) close(each);
    for (auto const& each : shards_) require(each->totals().memberships == 0);
  }

 private:
  // One instance for all inputs, as on a core: nothing of a message may reach the next.
  static dialect* speech() {
    static auto const made = make_webtorrent({});
    return made.get();
  }

  std::shared_ptr<tenant_directory const> directory() {
    tenant_directory::policies all;
    for (std::size_t i = 0; i < tenants.size(); ++i) {
      if (!plan_.chance(16)) all.push_back(policy_of(i, plan_.byte()));
    }
    return std::make_shared<tenant_directory const>(std::move(all));
  }

  void step() {
    auto& who = clients_[plan_.below(clients_.size())];
    switch (plan_.below(16)) {
      case 7:
        return announce_many(who);
      case 8:
      case 9:
        return say(who, garbled(answer_text()));
      case 10:
        return say(who, garbled(scrape_text()));
      case 11:
        return say(who, std::string{plan_.text(plan_.byte())});
      case 12:
        return change_bans();
      case 13:
        return change_policies();
      case 14:
        return pass_time(who);
      case 15:
        return who.talk ? close(who) : open(who);
      default:
        return say(who, garbled(announce_text(plan_.below(4))));
    }
  }

  // --- what clients say ---------------------------------------------------------------------

  std::string announce_text(std::uint32_t peer) {
    auto const what = plan_.byte();
    auto const more = plan_.byte();
    std::string text{R"({"action":"announce","info_hash":")"};
    text.append(hashes[what % 3]).append(R"(","peer_id":")").append(peer_text(peer));
    constexpr std::array<std::string_view, 4> events{"started", "stopped", "completed", ""};
    text.append(R"(","event":")").append(events[what / 4 % 4]).append("\"");
    if (what / 16 % 4 != 0) text.append(R"(,"left":)").append(std::to_string(what / 16 % 4 - 1));
    if (what / 64 != 0) text.append(R"(,"numwant":)").append(std::to_string(what / 64));
    if (more % 8 > 3) text.append(R"(,"token":")").append(tokens[more % 4]).append("\"");
    text.append(R"(,"offers":[)");
    for (std::uint32_t i = 0; i < more / 8 % 4; ++i) {
      text.append(i == 0 ? "" : ",").append(R"({"offer_id":"o)").append(std::to_string(i));
      text.append(R"(","offer":{"type":"offer","sdp":")").append(description).append(R"("}})");
    }
    return text + "]}";
  }

  std::string answer_text() {
    auto const what = plan_.byte();
    std::string text{R"({"action":"announce","info_hash":")"};
    text.append(hashes[what % 3]).append(R"(","peer_id":")").append(peer_text(what / 4 % 4));
    text.append(R"(","to_peer_id":")").append(peer_text(what / 16 % 4));
    text.append(R"(","offer_id":"o)").append(std::to_string(what / 64));
    return text.append(R"(","answer":{"type":"answer","sdp":")").append(description) + R"("}})";
  }

  std::string scrape_text() {
    auto const what = plan_.byte();
    if (what % 4 == 0) return R"({"action":"scrape"})";
    std::string text{R"({"action":"scrape","info_hash":[)"};
    for (std::uint32_t i = 0; i < what % 4; ++i) {
      text.append(i == 0 ? "\"" : ",\"").append(hashes[(what / 4 + i) % 3]).append("\"");
    }
    return text + "]}";
  }

  std::string garbled(std::string text) {
    for (auto left = plan_.chance(4) ? plan_.below(5) : 0U; left > 0; --left) {
      auto const far = plan_.byte() * std::size_t{8};
      auto const at = (far + plan_.below(8)) % text.size();
      text[at] = static_cast<char>(plan_.byte());
    }
    return text;
  }

  void announce_many(client& who) {
    auto const count = plan_.byte() / 2U;
    auto const plan = plan_;
    for (std::uint32_t i = 0; i < count; ++i) {
      plan_ = plan;  // all alike but for the peer
      say(who, announce_text(i));
    }
  }

  void say(client& who, std::string const& text) {
    if (!who.talk) return;
    // Its own block with the promised padding and nothing behind.
    auto const block = std::make_unique<char[]>(text.size() + decode_padding_bytes);
    std::ranges::copy(text, block.get());
    auto const before = who.talk->facts().memberships;
    gate_.asked = 0;
    gate_.shown = &who.shown;

    std::string out;
    auto const [cost, close] =
        who.talk->on_message(websocket::opcode::text, {block.get(), text.size()}, now_, out);

    require(cost >= 1 && cost <= 21 && !close);
    gate_.shown = nullptr;
    require(who.shown.size() <= token_checks_max);
    require(who.talk->facts().memberships <= std::max(before, memberships_max(who)));
    hear(who, out);
    deliver();
  }

  // --- what they hear -----------------------------------------------------------------------

  void deliver() {
    for (auto& from : outs_) {
      for (auto const& [to, what] : from.entries()) {
        auto* const who = find(to);
        if (who == nullptr) continue;  // answers find who has gone
        std::string out;
        static_cast<void>(who->talk->on_event(what, now_, out));
        hear(*who, out);
      }
      from.clear();
    }
  }

  void hear(client const& who, std::string_view bytes) const {
    while (!bytes.empty()) {
      auto const [state, head, why] =
          websocket::decode_head(bytes, websocket::frame_sender::server);
      require(state == websocket::head_state::complete && head.fin);
      require(head.type == websocket::opcode::text);
      require(head.head_bytes + head.payload_bytes <= bytes.size());
      check_text(who, bytes.substr(head.head_bytes, head.payload_bytes));
      bytes.remove_prefix(head.head_bytes + head.payload_bytes);
    }
  }

  void check_text(client const& who, std::string_view text) const {
    require(fuzz::is_json(text));
    auto const read = nlohmann::json::parse(fuzz::without_surrogates(text), nullptr,
                                            /*allow_exceptions=*/false);
    if (read.is_discarded()) return;  // a number that is nothing for this parser
    require(read.is_object() && (read.at("action") == "announce" || read.at("action") == "scrape"));
    if (read.contains("files")) check_files(who, read.at("files"));
    auto const* const rules = scope_.tenants->find(who.standing.tenant);
    if (rules == nullptr || rules->ice != sdp::ice_policy::relay_only) return;
    for (auto const* const what : {"offer", "answer"}) {
      if (!read.contains(what)) continue;
      auto const& sdp = read.at(what).at("sdp").get_ref<std::string const&>();
      require(sdp.find("typ host") == std::string::npos);
    }
  }

  /// Nothing is said of swarms that are not for this client.
  void check_files(client const& who, nlohmann::json const& files) const {
    for (auto const name : hashes) {
      auto const found = files.find(std::string{name});
      if (found == files.end() || may_be_served(who, id_of<info_hash>(name))) continue;
      require(found->at("complete") == 0 && found->at("incomplete") == 0);
    }
  }

  // --- what reaches the shards --------------------------------------------------------------

  void send(std::uint16_t core, shard_message const& what) override {
    std::visit([&](auto const& said) { check_sent(core, said); }, what);
    shards_.at(core)->handle(what, now_, outs_.at(core));
  }

  void check_sent(std::uint16_t core, scrape_message const& said) {
    auto const* const who = find(said.from);
    require(who != nullptr && said.tenant == who->standing.tenant);
    for (auto const& each : said.swarms) {
      require(each.tenant == said.tenant && scope_.where.core_of(each) == core);
      require(may_be_served(*who, each.hash()));
    }
  }

  template <class Message>
  void check_sent(std::uint16_t core, Message const& said) {
    // Nobody here speaks the native protocol, which fuzz_mesh_operations does.
    constexpr bool of_a_tracker =
        std::is_same_v<Message, announce_message> || std::is_same_v<Message, answer_message> ||
        std::is_same_v<Message, leave_message> || std::is_same_v<Message, alive_message>;
    if constexpr (of_a_tracker) {
      check_tracker_sent(core, said);
    } else {
      require(false);
    }
  }
  template <class Message>
  void check_tracker_sent(std::uint16_t core, Message const& said) {
    auto* const who = find(said.from);
    require(who != nullptr && said.swarm.tenant == who->standing.tenant);
    require(scope_.where.core_of(said.swarm) == core);
    if constexpr (std::is_same_v<Message, announce_message>) {
      require(may_be_served(*who, said.swarm.hash()) && !scope_.bans->bans(said.peer));
      if (who->standing.token) require(said.offers.size() <= who->standing.token->offers_max);
      who->announced.emplace(said.swarm, said.peer);
    } else if constexpr (std::is_same_v<Message, answer_message>) {
      require(!scope_.bans->bans(said.swarm.hash()) && !scope_.bans->bans(said.peer));
    }
  }

  // --- what changes -------------------------------------------------------------------------

  void change_bans() {
    auto const what = plan_.byte();
    ban_list::parts parts;
    if ((what & 1U) != 0) parts.hashes.push_back(id_of<info_hash>(hashes[what / 64 % 3]));
    if ((what & 2U) != 0) {
      auto const peer = id_of<peer_id>(peer_text(what / 64)).value;
      parts.peer_prefixes.emplace_back(peer.begin(), peer.begin() + (what % 8 > 3 ? 20 : 8));
    }
    if ((what & 24U) == 24) parts.tenants.push_back(tenants[what / 64 % 2]);
    if ((what & 32U) != 0) parts.tokens.push_back(token_id{{static_cast<std::uint8_t>(what / 64)}});
    scope_.bans = std::make_shared<ban_list const>(parts);
    tell_of_rules();
  }

  void change_policies() {
    if (plan_.chance(2)) return scope_.use(limits_of(plan_.byte()));
    scope_.tenants = directory();
    tell_of_rules();
  }

  void tell_of_rules() {
    for (auto& who : clients_) {
      if (!who.talk) continue;
      auto const ended = who.talk->on_rules();
      auto const& [tenant, tag, token] = who.standing;
      auto const must_end = scope_.tenants->find(tenant) == nullptr || scope_.bans->bans(tenant) ||
                            (token && scope_.bans->bans(token->token));
      require(ended.has_value() == must_end);
      if (ended) {
        close(who);
        continue;
      }
      for (auto const& [swarm, peer] : who.announced) {
        if (!who.talk->facts_of(swarm, peer)) continue;
        require(!scope_.bans->bans(peer) && may_be_served(who, swarm.hash()));
      }
    }
    deliver();
  }

  void pass_time(client& who) {
    constexpr std::array<core_time, 4> waits{100ms, 5s, 80s, 301s};
    now_ += waits[plan_.below(waits.size())];
    for (std::size_t core = 0; core < shards_.size(); ++core) {
      while (shards_[core]->tick(now_, outs_[core])) {
      }
    }
    deliver();
    if (who.talk && plan_.chance(2)) who.talk->on_life(now_);
    for (auto& each : clients_) {
      if (each.talk && each.talk->on_tick(now_)) close(each);
    }
  }

  /// As admission would let it in.
  void open(client& who) {
    auto const slot = static_cast<std::uint32_t>(&who - clients_.data());
    auto const tenant = tenants[slot % tenants.size()];
    auto const* const rules = scope_.tenants->find(tenant);
    auto token = listed_gate::granted(tokens[plan_.below(tokens.size())], tenant);
    if (rules == nullptr || scope_.bans->bans(tenant)) return;
    if (rules->tokens == token_rule::ignored) token = nullptr;
    if (token == nullptr && rules->tokens == token_rule::at_connect) return;
    if (token && scope_.bans->bans(token->token)) return;
    who = {.self = {.slot = slot, .generation = who.self.generation + 1},
           .standing = {.tenant = tenant, .address_tag = 1 + slot / 3, .token = std::move(token)}};
    who.talk = std::make_unique<tracker_conversation>(scope_, who.self,
                                                      newcomer{.standing = who.standing});
  }

  void close(client& who) {
    if (who.talk) who.talk->on_close(conversation::ending::over);
    who.talk.reset();
  }

  // --- what must hold -----------------------------------------------------------------------

  /// Whom a shard knows is connected, and will leave it.
  void check() {
    for (auto& who : clients_) {
      if (!who.talk) continue;
      std::erase_if(who.announced,
                    [&](auto const& each) { return !who.talk->facts_of(each.first, each.second); });
      auto const facts = who.talk->facts();
      require(facts.memberships == who.announced.size() && facts.tenant == who.standing.tenant);
    }
    for (auto const& each : shards_) {
      each->table().visit_while([&](swarm const& home) {
        each->table().visit_members(home, 0, SIZE_MAX / 2, [&](member const& there) {
          auto* const who = find(there.at);
          require(who != nullptr && who->announced.contains({home.id(), there.peer}));
        });
        return true;
      });
    }
  }

  [[nodiscard]] client* find(session_ref const& which) {
    auto& there = clients_.at(which.slot);
    return there.talk && there.self == which ? &there : nullptr;
  }

  [[nodiscard]] std::uint32_t memberships_max(client const& who) const {
    auto most = scope_.limits.memberships_max;
    auto const* const rules = scope_.tenants->find(who.standing.tenant);
    if (rules != nullptr) most = std::min(most, rules->limits.memberships_max);
    return who.standing.token ? std::min(most, who.standing.token->memberships_max) : most;
  }

  /// Not whether it is: of the tokens that came in announces some may have been forgotten.
  [[nodiscard]] bool may_be_served(client const& who, info_hash const& hash) const {
    auto const* const rules = scope_.tenants->find(who.standing.tenant);
    if (rules == nullptr || scope_.bans->bans(hash) || !rules->access.allows(hash)) return false;
    bool const needs_one =
        rules->tokens == token_rule::at_connect || rules->tokens == token_rule::in_announce;
    if (!who.standing.token && !needs_one) return true;
    if (who.standing.token && who.standing.token->swarms.covers(hash, {})) return true;
    return std::ranges::any_of(who.shown, [&](std::string const& each) {
      auto const shown = listed_gate::granted(each, who.standing.tenant);
      return shown && !scope_.bans->bans(shown->token) && shown->swarms.covers(hash, {});
    });
  }

  fuzz::input_bytes plan_;
  listed_gate gate_;
  tracker_scope scope_;
  std::vector<std::unique_ptr<shard>> shards_;  // of two cores
  std::array<outbox, 2> outs_;
  std::array<client, 5> clients_;
  core_time now_{1s};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  trial{fuzz::input_bytes{data, size}}.run();
  return 0;
}
