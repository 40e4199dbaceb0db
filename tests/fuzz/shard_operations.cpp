// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the shard: the bytes are a plan of messages, settings and waits among so few
// sessions, peers and swarms of three tenants that they meet all the time. After each step the
// shard has to hold what a book of plain lists holds, and to have told nobody anything else.
#include "protocol/tenant_name.hpp"
#include "server/core/shard.hpp"
#include "tests/fuzz/input_bytes.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/fuzz/shard_book.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace waggle;
using fuzz::require;

constexpr std::uint32_t sessions = 7;
constexpr std::uint32_t peers = 4;
constexpr std::uint32_t hashes = 3;
constexpr std::array tenants{tenant_id::none, tenant_id_of("acme"), tenant_id_of("zoo")};
constexpr std::array<std::string_view, 3> texts{R"("a")", R"({"sdp":"b"})", R"({"sdp":"c"})"};
constexpr std::array<core_time, 8> waits{0ms, 50ms, 250ms, 1s, 9s, 60s, 151s, 500s};
constexpr std::array<core_time, 4> intervals{54s, 20s, 48h, -1s};

session_ref session(std::uint32_t number) {
  return {.slot = number, .generation = 1};
}
/// As in a server: a connection is one tenant's, whose swarms alone it can name.
tenant_id tenant_of(session_ref const& who) {
  return tenants[who.slot % tenants.size()];
}
swarm_id swarm_of(session_ref const& who, std::uint32_t number) {
  return {.value = {static_cast<std::uint8_t>(number)}, .tenant = tenant_of(who)};
}
peer_id peer(std::uint32_t number) {
  return {{'-', static_cast<std::uint8_t>(number)}};
}

swarm_limits swarm_limits_of(std::uint32_t choice) {
  swarm_limits some{.interval_max = 10min};
  if ((choice & 1U) != 0) some.members_max = 3;
  if ((choice & 2U) != 0) some.memberships_max = 9;
  if ((choice & 4U) != 0) some.same_peer_max = 1 + (choice & 1U);
  if ((choice & 8U) != 0) some.member_ttl = 10s;
  if ((choice & 16U) != 0) some.ttl_interval_percent = 100;
  return some;
}

shard_limits limits_of(fuzz::input_bytes& plan) {
  shard_limits some{.swarms = swarm_limits_of(plan.byte()),
                    .recorder_bytes = 8 * sizeof(flight_record)};
  auto const more = plan.byte();
  if ((more & 1U) != 0) some.routes = {.routes_max = 4, .routes_per_sender_max = 3};
  if ((more & 2U) != 0) some.routes.senders_per_key_max = 1;
  if ((more & 4U) != 0) some.routes.route_ttl = 5s;
  if ((more & 8U) != 0) some.scrape_all_max = 2;
  if ((more & 16U) != 0) some.expiry_steps_max = 40;
  if ((more & 32U) != 0) some.matching.exact_members_max = 2;
  if ((more & 64U) != 0) some.completions_max = 2;
  return some;
}

/// Two bits a tenant: not there, without limits, few swarms, few members.
std::shared_ptr<tenant_directory const> directory_of(std::uint32_t choice) {
  tenant_directory::policies all;
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    auto const kind = choice >> (2 * i) & 3U;
    if (kind == 0) continue;
    tenant_policy policy{.id = tenants[i]};
    if (kind == 2) policy.limits.swarms_max = 1;
    if (kind == 3) policy.limits.members_max = 2;
    all.push_back(std::make_shared<tenant_policy const>(policy));
  }
  return std::make_shared<tenant_directory const>(std::move(all));
}

/// An offer as it was relayed, and who gets its answer.
struct relay {
  route_key key;
  session_peer sender;
  bool operator==(relay const&) const = default;
};

class trial {
 public:
  explicit trial(fuzz::input_bytes plan)
      : plan_(plan),
        counted_(!plan_.chance(4)),
        limits_(limits_of(plan_)),
        subject_(limits_, {.first = 1, .second = 2}, plan_.byte(), counted_ ? &ledger_ : nullptr) {
    book_.limits = limits_.swarms;
    if (counted_) book_.ledger = &ledger_;
  }

  void run() {
    for (int left = 300; left > 0 && !plan_.empty(); --left) {
      step();
      check();
    }
    finish();
  }

 private:
  using entries = std::span<outbox::entry const>;

  void step() {
    switch (plan_.below(16)) {
      case 8:
      case 9:
        return answer();
      case 10:
        return leave();
      case 11:
        return confirm();
      case 12:
        return scrape();
      case 13:
        tick(waits[plan_.below(waits.size())]);
        return;
      case 14:
        return change_rules();
      case 15:
        return look();
      default:
        return announce();
    }
  }

  entries handle(shard_message const& message) {
    out_.clear();
    subject_.handle(message, now_, out_);
    for (auto const& [to, what] : out_.entries()) check_tenant(to, what);
    return out_.entries();
  }

  /// Whatever a client is told is of its own tenant.
  static void check_tenant(session_ref const& to, session_message const& what) {
    if (auto const* const result = std::get_if<scrape_result>(&what)) {
      for (auto const& each : result->entries) require(each.swarm.tenant == tenant_of(to));
      return;
    }
    std::visit(
        [&](auto const& said) {
          if constexpr (requires { said.swarm; }) require(said.swarm.tenant == tenant_of(to));
        },
        what);
  }

  void announce() {
    auto const from = session(plan_.below(sessions));
    auto const what = plan_.byte();
    auto const how = plan_.byte();
    std::array<tagged_offer, 3> offers;
    for (auto& each : offers) {
      each = {.tag = plan_.below(3), .offer_id = {texts[0]}, .body = {texts[1]}};
    }
    announce_message const message{.from = from,
                                   .swarm = swarm_of(from, what % hashes),
                                   .peer = peer(what / 4 % peers),
                                   .event = static_cast<announce_event>(what / 16 % 4),
                                   .state = static_cast<completeness>(how % 3),
                                   .remember = what / 64 != 3,
                                   .passive = how / 4 % 2 != 0,
                                   .address_tag = from.slot,
                                   .interval = intervals[how / 8 % 4],
                                   .offers = std::span{offers}.first(how / 32 % 4)};
    if (message.event == announce_event::stopped) {
      book_.remove({message.from, message.swarm, message.peer});
      auto const said = handle(message);
      require(said.size() == 1);
      return check_reply(message, said.front());
    }
    auto const [probes, completed] = book_.announce(message, now_);
    if (completed) ++completed_[message.swarm];
    auto said = handle(message);
    require(said.size() > probes.size());
    check_reply(message, said.front());
    check_probes(message, said.subspan(1, probes.size()), probes);
    check_offers(message, said.subspan(1 + probes.size()));
  }

  void check_reply(announce_message const& message, outbox::entry const& said) {
    auto const* const reply = std::get_if<reply_message>(&said.what);
    require(reply != nullptr && said.to == message.from && reply->swarm == message.swarm);
    require(reply->counts == book_.counts(message.swarm));
  }

  static void check_probes(announce_message const& message, entries said,
                           std::set<session_ref> expected) {
    for (auto const& [to, what] : said) {
      auto const* const probe = std::get_if<probe_message>(&what);
      require(probe != nullptr && expected.erase(to) == 1 && to != message.from);
      require(probe->swarm == message.swarm && probe->peer == message.peer);
    }
  }

  void check_offers(announce_message const& message, entries said) {
    auto const most = std::min(message.offers.size(), book_.receivers(message.swarm, message.peer));
    // A swarm that is looked at in samples may give fewer.
    require(limits_.matching.exact_members_max < sessions * peers ? said.size() <= most
                                                                  : said.size() == most);
    for (std::size_t i = 0; i < said.size(); ++i) {
      auto const* const offer = std::get_if<offer_delivery>(&said[i].what);
      require(offer != nullptr && offer->swarm == message.swarm && offer->from == message.peer);
      require(offer->to != message.peer && offer->address_tag == message.address_tag);
      require(offer->offer_id.json == texts[0] && offer->body.json == texts[1]);
      auto const* const receiver = book_.find({said[i].to, message.swarm, offer->to});
      require(receiver != nullptr && !receiver->contested);
      for (std::size_t k = 0; k < i; ++k) {
        require(said[k].to != said[i].to || std::get<offer_delivery>(said[k].what).to != offer->to);
      }
      relay const made{{message.swarm, {said[i].to, offer->to}, message.offers[i].tag},
                       {message.from, message.peer}};
      if (std::ranges::find(relayed_, made) == relayed_.end()) relayed_.push_back(made);
    }
  }

  void answer() {
    auto const from = session(plan_.below(sessions));
    auto const what = plan_.byte();
    auto const to = plan_.below(peers + 1);
    answer_message message{.from = from,
                           .swarm = swarm_of(from, what % hashes),
                           .peer = peer(what / 4 % peers),
                           .address_tag = from.slot,
                           .tag = what / 16 % 3U,
                           .offer_id = {texts[0]},
                           .body = {texts[2]}};
    if (to < peers) message.to = peer(to);
    route_key const key{message.swarm, {from, message.peer}, message.tag};
    auto const said = handle(message);
    for (std::size_t i = 0; i < said.size(); ++i) {
      auto const* const sent = std::get_if<answer_delivery>(&said[i].what);
      require(sent != nullptr && sent->swarm == message.swarm && sent->from == message.peer);
      require(sent->address_tag == message.address_tag && sent->body.json == texts[2]);
      require(std::ranges::any_of(relayed_, [&](relay const& each) {
        return each.key == key && each.sender.at == said[i].to &&
               (!message.to || *message.to == each.sender.peer);
      }));
      for (std::size_t k = 0; k < i; ++k) require(said[k].to != said[i].to);
    }
    // Used up, or gone before.
    std::erase_if(relayed_, [&](relay const& each) {
      return each.key == key && (!message.to || *message.to == each.sender.peer);
    });
  }

  void leave() {
    auto const from = session(plan_.below(sessions));
    if (plan_.chance(2)) return leave_all(from);  // its connection has ended
    auto const what = plan_.byte();
    leave({from, swarm_of(from, what % hashes), peer(what / 4 % peers)});
  }

  void leave(membership const& who) {
    auto const before = subject_.counts().memberships_left;
    auto const was_there = book_.remove(who);
    require(handle(leave_message{who.at, who.swarm, who.peer}).empty());
    require(subject_.counts().memberships_left - before == (was_there ? 1U : 0U));
  }

  void leave_all(session_ref const& from) {
    std::vector<membership> held;
    for (auto const& each : book_.entries()) {
      if (each.of.at == from) held.push_back(each.of);
    }
    for (auto const& each : held) leave(each);
  }

  void confirm() {
    auto const from = session(plan_.below(sessions));
    auto const what = plan_.byte();
    membership const who{from, swarm_of(from, what % hashes), peer(what / 4 % peers)};
    book_.confirm(who);
    require(handle(alive_message{who.at, who.swarm, who.peer}).empty());
  }

  void scrape() {
    auto const from = session(plan_.below(sessions));
    auto const what = plan_.byte();
    std::array<swarm_id, 3> asked;
    for (auto& each : asked) each = swarm_of(from, plan_.below(hashes + 1));
    scrape_message const message{.from = from,
                                 .request = what,
                                 .all = what % 4 == 0,
                                 .tenant = tenant_of(from),
                                 .swarms = std::span{asked}.first(what / 4 % 4)};
    auto const said = handle(message);
    require(said.size() == 1 && said.front().to == from);
    auto const* const result = std::get_if<scrape_result>(&said.front().what);
    require(result != nullptr && result->request == what);
    std::set<swarm_id> seen;
    for (std::size_t i = 0; i < result->entries.size(); ++i) {
      auto const& entry = result->entries[i];
      require(message.all ? seen.insert(entry.swarm).second : entry.swarm == asked[i]);
      require(entry.counts == book_.counts(entry.swarm));
      auto const completed = completed_[entry.swarm];
      require(limits_.completions_max < 100 ? entry.downloaded <= completed
                                            : entry.downloaded == completed);
    }
    auto const held = book_.swarms_of(message.tenant);
    require(result->entries.size() ==
            (message.all ? std::min(held, scrape_all_max_) : message.swarms.size()));
  }

  /// @return whether there is more to do at this time.
  bool tick(core_time wait) {
    now_ += wait;
    out_.clear();
    auto const more = subject_.tick(now_, out_);
    for (auto const& [to, what] : out_.entries()) {
      check_tenant(to, what);
      auto const* const gone = std::get_if<expiry_message>(&what);
      require(gone != nullptr);
      membership const who{to, gone->swarm, gone->peer};
      auto const* const known = book_.find(who);
      require(known != nullptr && fuzz::shard_book::over(known->deadline, now_));
      book_.remove(who);
    }
    require(more || std::ranges::none_of(book_.entries(), [&](auto const& each) {
              return fuzz::shard_book::over(each.deadline, now_);
            }));
    return more;
  }

  void change_rules() {
    auto const what = plan_.byte();
    if (what % 4 == 0) {
      auto const changed = limits_of(plan_);
      subject_.use(changed);
      book_.limits = changed.swarms;
      scrape_all_max_ = changed.scrape_all_max;
    } else if (what % 4 == 1 && counted_) {  // another core has a swarm more or less
      auto const whose = what / 4 % tenants.size();
      if (what / 16 % 2 == 0) {
        ++elsewhere_[whose];
        ++ledger_.of(tenants[whose]).swarms;
      } else if (elsewhere_[whose] != 0) {
        --elsewhere_[whose];
        --ledger_.of(tenants[whose]).swarms;
      }
    } else {
      auto const directory = what / 4 % 8 == 0 ? nullptr : directory_of(plan_.byte());
      subject_.use(directory);
      book_.tenants = directory;
    }
  }

  /// What operators and the store do with a shard.
  void look() {
    auto const what = plan_.byte();
    auto const which = swarm_of(session(what / 4 % sessions), what / 32 % hashes);
    if (what % 4 == 0) {
      subject_.recorder().watch(which, what / 128 != 0);
    } else if (what % 4 == 1) {
      auto const records = subject_.recorder().newest(which, 5);
      require(records.size() <= 5);
      for (auto const& each : records) require(each.swarm == which && each.at <= now_);
    } else if (what % 4 == 2) {
      subject_.add_completions(which, what);
      completed_[which] += what;
    } else {
      subject_.walk(now_);
      for (auto const& each : subject_.journal().news()) {
        require((told_[each.swarm] += each.completed) <= completed_[each.swarm]);
      }
      subject_.journal().clear();
      for (auto const& each : subject_.busiest()) require(each.members <= sessions * peers);
    }
  }

  void check() {
    auto const totals = subject_.totals();
    auto const held = book_.swarms();
    require(totals.swarms == held.size() && totals.memberships == book_.entries().size());
    require(totals.routes <= relayed_.size());
    swarm_counts sum;
    for (auto const& each : held) {
      check_swarm(each);
      sum.complete += book_.counts(each).complete;
      sum.incomplete += book_.counts(each).incomplete;
    }
    require(totals.seeders == sum.complete && totals.peers == sum.complete + sum.incomplete);

    std::set<swarm_id> visited;
    subject_.table().visit_while(
        [&](swarm const& each) { return visited.insert(each.id()).second; });
    require(visited == held);
    check_ledger();
  }

  /// Everybody who is in a swarm is found there once, and nobody else is.
  void check_swarm(swarm_id const& which) {
    auto const* const home = subject_.find(which);
    require(home != nullptr && home->counts() == book_.counts(which));
    std::uint32_t visited = 0;
    std::set<std::pair<session_ref, peer_id>> seen;
    subject_.table().visit_members(*home, 0, sessions * peers, [&](member const& each) {
      ++visited;
      require(seen.insert({each.at, each.peer}).second);
      auto const* const known = book_.find({each.at, which, each.peer});
      require(known != nullptr && known->contested != each.active());
      require(known->seeder == each.seeder && coarse_deadline(known->deadline) == each.deadline);
    });
    require(visited == home->memberships());
    require(visited == std::ranges::count(book_.entries(), which,
                                          [](auto const& each) { return each.of.swarm; }));
  }

  void check_ledger() {
    if (!counted_) return;
    for (std::size_t i = 0; i < tenants.size(); ++i) {
      require(ledger_.of(tenants[i]).swarms == book_.swarms_of(tenants[i]) + elsewhere_[i]);
    }
  }

  /// Some leave, the others fall silent, and nothing is left.
  void finish() {
    for (std::uint32_t i = 0; i < sessions; i += 2) leave_all(session(i));
    check();
    tick(26min);
    while (tick(0ms)) {
    }
    check();
    require(subject_.totals() == shard_totals{});
  }

  fuzz::input_bytes plan_;
  bool counted_;
  shard_limits limits_;
  fuzz::plain_ledger ledger_;
  shard subject_;
  fuzz::shard_book book_;
  outbox out_;
  core_time now_{1s};
  std::uint32_t scrape_all_max_ = limits_.scrape_all_max;
  std::array<std::uint32_t, tenants.size()> elsewhere_{};
  std::vector<relay> relayed_;  // all that may have a route still
  std::map<swarm_id, std::uint64_t> completed_;
  std::map<swarm_id, std::uint64_t> told_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  trial{fuzz::input_bytes{data, size}}.run();
  return 0;
}
