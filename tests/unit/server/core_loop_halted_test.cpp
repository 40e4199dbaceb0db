// SPDX-License-Identifier: Apache-2.0
// A core that does not read its mail for a while: what the others send to it stays bounded, nothing
// that counts is lost, and nobody else notices.
#include "tests/support/deadline.hpp"
#include "tests/support/tracker_client.hpp"
#include "tests/unit/server/core_rig.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace waggle::test {
namespace {

using shard_announce = waggle::announce_message;  // beside the text of one

constexpr std::size_t bytes_max = 64 * 1024;

/// Two cores: clients live on `near`, and `far` can be halted. The tick is so long that nothing
/// relies on it.
class HaltedCore : public testing::Test {
 protected:
  static core_options options_of(std::uint16_t core) {
    core_options options;
    options.core = core;
    options.where = {.seed = {.first = 1, .second = 2}, .cores = 2};
    options.mailbox.relay_bytes_max = bytes_max;
    options.tracker.member_ttl = 0ms;  // an expiry is believed however fresh the announce is
    options.tick = 1h;
    return options;
  }

  core_options near_options() {
    auto options = options_of(0);
    options.clients.counts = &addresses_;
    options.clients.ledger = &ledger_;
    return options;
  }

  HaltedCore() {
    near.connect({&near, &far});
    far.connect({&near, &far});
    net::error_code error;
    auto sockets = net::listen_on({net::asio::ip::address_v4::loopback(), 0}, {}, 1, {}, error);
    if (error) throw std::runtime_error(error.message());
    at_ = {.scheme = "ws", .host = "127.0.0.1", .port = sockets.at.port()};
    near.listen(sockets.at.protocol(), sockets.take(0), {});
    running_near_.emplace(near);
    running_far_.emplace(far);
  }

  /// Bytes that `far` has not read.
  std::size_t waiting_bytes() { return far.post(std::make_unique<mail_batch>()); }

  /// A swarm on that core as clients write it.
  static std::string swarm_text_on(std::uint16_t core, std::uint8_t number = 0) {
    auto const id = swarm_on(core, options_of(0).where, number);
    return binary_string({reinterpret_cast<char const*>(id.value.data()), id.value.size()});
  }

  [[nodiscard]] tracker_client connect() const { return tracker_client{at_}; }

  /// Announces of strangers with offers until the way to `far` is closed.
  void congest() {
    std::string const body(1'000, 'x');
    std::vector<tagged_offer> const offers(4, {.tag = 1, .offer_id = {"\"o\""}, .body = {body}});
    near.ask([&](core_loop& core) {
      for (std::uint32_t number = 0; number < 100; ++number) {
        shard_announce message;
        message.from = {.slot = 1'000'000 + number, .generation = 1};
        message.swarm = swarm_on(1, options_of(0).where, /*number=*/200);
        message.peer.value[0] = static_cast<std::uint8_t>(number);
        message.offers = offers;
        static_cast<shard_port&>(core).send(1, message);
      }
    });
    ASSERT_TRUE(eventually([&] { return waiting_bytes() > bytes_max; }));
  }

  net::address_counts addresses_{{.first = 1, .second = 2}};
  net::client_ledger ledger_{{.first = 3, .second = 4}};
  core_loop near{near_options()};
  core_loop far{options_of(1)};
  std::optional<running> running_near_;
  std::optional<running> running_far_;
  endpoint at_;
};

/// Connections that come, join, announce, leave and go, without sockets; knows who is where.
class crowd {
 public:
  using joined = std::pair<session_ref, std::uint8_t>;  // the swarm by its number

  explicit crowd(std::uint64_t seed) : random_(seed) {}

  void act(shard_port& way, placement const& where) {
    if (members_.empty() || random_() % 100 < 45) return join(way, where);
    auto const who = pick();
    auto const [from, number] = *who;
    if (random_() % 100 < 20) return announce(way, where, *who, /*known=*/true);
    way.send(1, leave_message{from, swarm_on(1, where, number), peer_of(from)});
    members_.erase(who);
  }
  void join(shard_port& way, placement const& where) {
    joined const fresh{{.slot = next_, .generation = 1}, static_cast<std::uint8_t>(next_ % 50)};
    ++next_;
    members_.insert(fresh);
    announce(way, where, fresh, /*known=*/false);
  }

  [[nodiscard]] std::size_t members() const { return members_.size(); }
  [[nodiscard]] std::size_t swarms() const {
    std::set<std::uint8_t> numbers;
    for (auto const& [from, number] : members_) numbers.insert(number);
    return numbers.size();
  }
  /// Turns of a core that lie between what it does now.
  std::size_t actions = 0;

 private:
  static peer_id peer_of(session_ref from) {
    peer_id peer;
    for (std::size_t at = 0; at < 4; ++at) {
      peer.value[at] = static_cast<std::uint8_t>(from.slot >> (8 * at));
    }
    return peer;
  }
  std::set<joined>::iterator pick() {
    auto const found = members_.lower_bound(
        {{.slot = static_cast<std::uint32_t>(random_() % next_), .generation = 0}, 0});
    return found == members_.end() ? members_.begin() : found;
  }
  void announce(shard_port& way, placement const& where, joined const& who, bool known) {
    shard_announce message;
    message.from = who.first;
    message.swarm = swarm_on(1, where, who.second);
    message.peer = peer_of(who.first);
    message.known = known;
    message.interval = 60s;
    way.send(1, message);
    ++actions;
  }

  std::mt19937_64 random_;
  std::uint32_t next_ = 0;
  std::set<joined> members_;
};

TEST_F(HaltedCore, ManyJoinsAndLeavesTakeBoundedMemoryAndCountExactlyAfterwards) {
  constexpr std::size_t joined_before = 2'000;
  constexpr std::size_t messages = 100'000;
  auto const where = options_of(0).where;
  crowd all{7};
  near.ask([&](core_loop& core) {
    for (std::size_t i = 0; i < joined_before; ++i) all.join(core, where);
  });
  ASSERT_TRUE(eventually([&] { return snapshot_of(far).peers == joined_before; }));
  ASSERT_TRUE(eventually([&] { return snapshot_of(near).mailbox_pending == 0; }));
  halt stopped{far};

  std::size_t waiting_bytes_most = 0;
  std::size_t pending_most = 0;
  std::size_t pending_bytes_most = 0;
  std::size_t members_most = 0;
  for (std::size_t sent = 0; sent < messages; sent += 500) {
    near.ask([&](core_loop& core) {
      for (std::size_t i = 0; i < 500; ++i) all.act(core, where);
    });
    auto const facts = snapshot_of(near);
    waiting_bytes_most = std::max(waiting_bytes_most, waiting_bytes());
    pending_most = std::max(pending_most, std::size_t{facts.mailbox_pending});
    pending_bytes_most = std::max(pending_bytes_most, std::size_t{facts.mailbox_pending_bytes});
    members_most = std::max(members_most, all.members());
  }

  EXPECT_LE(waiting_bytes_most, 2 * bytes_max) << "the bound, and one turn of one sender";
  // Who is there, and who left that the far core knows or will know by what it has not read.
  EXPECT_LE(pending_most, members_most + joined_before + 2 * bytes_max / sizeof(letter));
  EXPECT_GT(pending_most, 1'000U);
  EXPECT_LE(pending_bytes_most, 140 * pending_most + 100'000);
  RecordProperty("waiting_bytes_most", std::to_string(waiting_bytes_most));
  RecordProperty("pending_most", std::to_string(pending_most));
  RecordProperty("pending_bytes_most", std::to_string(pending_bytes_most));
  stopped.end();
  EXPECT_TRUE(eventually([&] { return snapshot_of(near).mailbox_pending == 0; }));
  EXPECT_TRUE(eventually([&] { return snapshot_of(far).peers == all.members(); }))
      << snapshot_of(far).peers << " instead of " << all.members();
  EXPECT_EQ(snapshot_of(far).swarms, all.swarms());
  EXPECT_EQ(snapshot_of(near).counters.value(counter::requests_shed, label::request::announce), 0U);
  EXPECT_LT(snapshot_of(near).mailbox_pending_bytes, 100'000U) << "the memory was kept";
}

TEST_F(HaltedCore, RelaysAreShedAndCountedMeanwhile) {
  {
    halt const stopped{far};
    congest();
    EXPECT_LE(waiting_bytes(), 2 * bytes_max);
    EXPECT_GT(snapshot_of(near).counters.value(counter::deliveries_shed, label::shed::mailbox_full),
              0U);
  }

  EXPECT_TRUE(eventually([&] { return snapshot_of(far).peers == 100; })) << "nobody was lost";
}

TEST_F(HaltedCore, HoldsWhoTalksToItAndGoesOnWithThemAfterwards) {
  halt stopped{far};
  congest();
  auto asking = connect();
  auto const swarm = swarm_text_on(1);
  auto const peer = fresh_peer();

  asking.send(announce_message({.swarm = swarm, .peer = peer}));
  asking.send(announce_message({.swarm = swarm, .peer = peer, .event = "", .left = 0}));
  ASSERT_TRUE(eventually([&] { return snapshot_of(near).sessions_held == 1; }));
  auto const received = snapshot_of(near).counters.value(counter::messages_received);
  asking.send(announce_message({.swarm = swarm, .peer = fresh_peer()}));
  static_cast<void>(connect().scrape({swarm_text_on(0)}));  // turns in which it could be read
  EXPECT_LE(snapshot_of(near).counters.value(counter::messages_received), received + 1 + 1);
  EXPECT_EQ(snapshot_of(near).sessions_held, 1U);

  stopped.end();

  // One reply for what was merged or one each, depending on when the first was read; then the rest.
  auto const heard = asking.drain(swarm);
  EXPECT_GE(heard.size(), 2U);
  EXPECT_EQ(snapshot_of(near).sessions_held, 0U);
  EXPECT_EQ(asking.announce({.swarm = swarm, .peer = peer, .event = ""}).number("complete"), 1);
}

TEST_F(HaltedCore, NeighboursGoOnTalkingAmongThemselves) {
  halt const stopped{far};
  congest();
  auto const swarm = swarm_text_on(0);
  auto first = connect();
  auto second = connect();
  auto held = connect();
  held.send(announce_message({.swarm = swarm_text_on(1), .peer = fresh_peer()}));
  ASSERT_TRUE(eventually([&] { return snapshot_of(near).sessions_held != 0; }));
  auto const first_peer = fresh_peer();
  auto const second_peer = fresh_peer();
  first.announce({.swarm = swarm, .peer = first_peer});

  for (int round = 0; round < 20; ++round) {
    auto const reply = second.announce({.swarm = swarm,
                                        .peer = second_peer,
                                        .event = "",
                                        .offers = some_offers("r" + std::to_string(round), 1)});
    EXPECT_EQ(reply.number("incomplete"), 2);
    auto const offer = first.receive();
    ASSERT_TRUE(offer.is_offer()) << offer.text;
    first.send(answer_message({.swarm = swarm,
                               .peer = first_peer,
                               .to = second_peer,
                               .offer_id = offer.string("offer_id")}));
    EXPECT_TRUE(second.receive().is_answer());
  }
  EXPECT_EQ(snapshot_of(near).sessions_held, 1U);
}

TEST_F(HaltedCore, AScrapeOfItsSwarmsIsAnsweredWithoutThem) {
  halt const stopped{far};
  congest();
  auto client = connect();
  auto const here = swarm_text_on(0);
  client.announce({.swarm = here, .peer = fresh_peer()});

  auto const reply = client.scrape({here, swarm_text_on(1)});

  EXPECT_EQ(reply.fields["files"][here]["incomplete"], 1) << reply.text;
  EXPECT_EQ(reply.fields["files"][swarm_text_on(1)]["incomplete"], 0) << reply.text;
  EXPECT_EQ(snapshot_of(near).counters.value(counter::requests_shed, label::request::scrape), 1U);
}

TEST_F(HaltedCore, WhoEndsWhileHeldHasLeftAfterwards) {
  auto const swarm = swarm_text_on(1);
  auto staying = connect();
  staying.announce({.swarm = swarm, .peer = fresh_peer()});
  halt stopped{far};
  congest();
  {
    auto going = connect();
    going.send(announce_message({.swarm = swarm, .peer = fresh_peer()}));
    ASSERT_TRUE(eventually([&] { return snapshot_of(near).sessions_held == 1; }));
  }

  stopped.end();

  EXPECT_TRUE(eventually([&] { return snapshot_of(near).connections == 1; }));
  EXPECT_TRUE(eventually([&] { return snapshot_of(far).peers == 101; }));
  EXPECT_EQ(snapshot_of(near).sessions_held, 0U);
}

// The far core drops a membership for silence while the announce that renews it waits at the near
// one: the announce makes it anew, so that it has to be left when its connection ends.
TEST_F(HaltedCore, AnExpiryThatCrossesAWaitingAnnounceDoesNotMakeTheSessionForget) {
  auto const id = swarm_on(1, options_of(0).where);
  std::string const peer = "-WW0208-pppppppppppp";
  auto client = connect();
  client.announce({.swarm = swarm_text_on(1), .peer = peer});
  halt stopped{far};
  congest();
  client.send(announce_message({.swarm = swarm_text_on(1), .peer = peer, .event = ""}));
  ASSERT_TRUE(eventually([&] { return snapshot_of(near).sessions_held == 1; }));

  auto expired = std::make_unique<mail_batch>();
  peer_id its_peer;
  std::ranges::copy(peer, its_peer.value.begin());
  expired->add(session_ref{.slot = 0, .generation = 1}, expiry_message{id, its_peer});
  near.post(std::move(expired));
  static_cast<void>(snapshot_of(near));
  stopped.end();
  ASSERT_TRUE(eventually([&] { return snapshot_of(far).peers == 101; }));

  client.socket().send_close(1000);

  EXPECT_TRUE(eventually([&] { return snapshot_of(far).peers == 100; }));
}

// A client can make a shard say the same of another's session as often as it likes.
TEST_F(HaltedCore, ProbesOfItsSessionsWaitOnce) {
  auto const here = swarm_on(0, options_of(0).where);
  auto hello = std::make_unique<mail_batch>();
  session_ref const victim{.slot = 9, .generation = 9, .core = 1};
  hello->add(shard_announce{.from = victim, .swarm = here, .interval = 60s}, /*relays=*/false);
  near.post(std::move(hello));
  ASSERT_TRUE(eventually([&] { return snapshot_of(near).peers == 1; }));
  halt stopped{far};
  congest();
  auto const before = waiting_bytes();

  near.ask([&](core_loop& core) {
    auto& way = static_cast<shard_port&>(core);
    for (std::uint32_t again = 1; again <= 10'000; ++again) {
      session_ref const from{.slot = again, .generation = 1};
      way.send(0, shard_announce{.from = from, .swarm = here, .interval = 60s});
      way.send(0, leave_message{from, here, {}});
    }
  });

  EXPECT_TRUE(eventually(
      [&] { return snapshot_of(near).counters.value(counter::mailbox_coalesced) == 9'999U; }));
  EXPECT_EQ(waiting_bytes(), before);
  EXPECT_LE(snapshot_of(near).mailbox_pending, 100U + 1U);
}

}  // namespace
}  // namespace waggle::test
