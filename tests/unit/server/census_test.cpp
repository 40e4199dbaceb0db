// SPDX-License-Identifier: Apache-2.0
// Lists of what two cores have, and one swarm whose members are on both. The clients are real, each
// connected to the core that the test chooses.
#include "server/census.hpp"

#include "server/core_census.hpp"
#include "tests/unit/server/two_cores.hpp"

#include <array>
#include <future>
#include <map>
#include <optional>
#include <string>

namespace waggle::test {
namespace {

std::string const two_peer = "-WW0201-two000000000";

class Census : public two_cores {
 protected:
  list_page<swarm_row> swarms(swarm_list_request const& wanted = {}) {
    return await<list_page<swarm_row>>([&](auto done) { subject_->list_swarms(wanted, done); });
  }
  list_page<connection_row> connections(page_request const& wanted = {}) {
    return await<list_page<connection_row>>(
        [&](auto done) { subject_->list_connections(wanted, done); });
  }
  std::optional<swarm_detail> find(std::string const& swarm, page_request const& page = {}) {
    return await<std::optional<swarm_detail>>(
        [&](auto done) { subject_->find_swarm(id_of(swarm), page, done); });
  }
  void begin_anew() { subject_.emplace(control_, cores_); }

  std::optional<census> subject_{std::in_place, control_, cores_};
};

TEST_F(Census, ListsTheSwarmsOfAllCores) {
  auto& client = connect(0);
  std::map<std::string, std::size_t> members;
  for (std::size_t number = 1; number <= 8; ++number) {  // on both cores, all but surely
    auto const swarm = fresh_swarm();
    members[hex_of(swarm)] = number;
    for (std::size_t at = 0; at < number; ++at) {
      client.announce({.swarm = swarm, .peer = fresh_peer(), .left = at == 0 ? 0 : 1});
    }
  }

  auto const page = swarms({.page = {.offset = 0, .limit = 3}});

  EXPECT_EQ(page.total, 8U);
  ASSERT_EQ(page.rows.size(), 3U);
  for (std::size_t at = 0; at < 3; ++at) {
    EXPECT_EQ(page.rows[at].counts.complete, 1U);
    EXPECT_EQ(page.rows[at].counts.incomplete, 7U - at);
    EXPECT_EQ(page.rows[at].history.joins, 8U - at);
    EXPECT_LT(page.rows[at].age, patience);
  }
  auto const wanted = members.begin()->first;
  auto const found = swarms({.search = *swarm_search::parse(wanted)});  // fresh ones begin alike
  ASSERT_EQ(found.rows.size(), 1U);
  EXPECT_EQ(found.rows[0].history.joins, members.begin()->second);
  EXPECT_EQ(swarms({.search = *swarm_search::parse("no such name")}).total, 0U);
  EXPECT_EQ(swarms({.page = {.offset = SIZE_MAX - 10, .limit = 50}}).rows.size(), 0U);
}

TEST_F(Census, FindsSwarmsByTheNameThatTheirIdIs) {
  auto& client = connect(0);
  std::string const readable = "my-room-of-friends/1";
  for (auto const& swarm : {readable, std::string(20, '\x01')}) {
    client.announce({.swarm = swarm, .peer = fresh_peer()});
  }

  auto const found = swarms({.search = *swarm_search::parse("my-room")});

  ASSERT_EQ(found.rows.size(), 1U);
  EXPECT_EQ(found.rows[0].name, readable);
  EXPECT_EQ(swarms({.search = *swarm_search::parse("0101")}).rows.at(0).name, "");
  auto const one = find(readable);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->row.name, readable);
}

TEST_F(Census, ServesTheSameRowsToAllWhoAskInTheNextSeconds) {
  auto& client = connect(0);
  client.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});
  EXPECT_EQ(swarms().total, 1U);
  client.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});

  std::size_t total = 0;
  subject_->list_swarms({}, [&](auto const& page) { total = page.total; });

  EXPECT_EQ(total, 1U) << "at once, from what was there";
  begin_anew();
  EXPECT_EQ(swarms().total, 2U);
}

TEST_F(Census, WalksAsManySlicesAsATableNeeds) {
  constexpr std::uint32_t more = 2 * swarm_slots_a_turn;
  std::promise<void> joined;
  cores_[1]->ask([&](core_loop& core) {
    for (std::uint32_t number = 0; number < more + 1; ++number) {
      waggle::announce_message message;
      message.from = {.slot = number, .generation = 1};
      for (std::size_t at = 0; at < 4; ++at) {
        message.swarm.value[at] = static_cast<std::uint8_t>(number >> (8 * at));
      }
      message.interval = std::chrono::seconds{60};
      static_cast<shard_port&>(core).send(1, message);
    }
    joined.set_value();
  });
  joined.get_future().wait();

  EXPECT_EQ(swarms().total, more + 1);
}

TEST_F(Census, ListsConnectionsWithWhatTheirClientsLetSlip) {
  connect(0).announce({.swarm = fresh_swarm(), .peer = "-PM0203-abcdefghijkl"});
  connect(1, "Mozilla/5.0 Gecko/20100101 Firefox/128.0");

  auto const page = connections();

  EXPECT_EQ(page.total, 2U);
  ASSERT_EQ(page.rows.size(), 2U);
  auto const& first = page.rows[0];
  EXPECT_EQ(first.at.core, 0);
  EXPECT_NE(first.at.generation, 0U);
  EXPECT_EQ(first.address, "127.0.0.0/24");
  EXPECT_FALSE(first.tls);
  EXPECT_EQ(first.dialect, "webtorrent");
  EXPECT_EQ(first.browser, "Chrome 131");
  EXPECT_EQ(first.client, (client_name{"p2p-media-loader", "2.3"}));
  EXPECT_EQ(first.memberships, 1U);
  EXPECT_LT(first.age, patience);
  EXPECT_EQ(page.rows[1].at.core, 1);
  EXPECT_EQ(page.rows[1].browser, "Firefox 128");
  EXPECT_EQ(page.rows[1].client, client_name{});
  EXPECT_EQ(connections({.offset = 1, .limit = 1}).rows.size(), 1U);
}

TEST_F(Census, GroupsClients) {
  for (std::uint16_t const core : std::array<std::uint16_t, 3>{0, 1, 1}) {
    connect(core).announce({.swarm = fresh_swarm(), .peer = two_peer});
  }
  connect(0, "Firefox/128").announce({.swarm = fresh_swarm(), .peer = two_peer});

  auto const page =
      await<list_page<client_group>>([&](auto done) { subject_->list_clients({}, done); });

  ASSERT_EQ(page.rows.size(), 2U);
  EXPECT_EQ(page.rows[0].connections, 3U);
  EXPECT_EQ(page.rows[0].library, "WebTorrent");
  EXPECT_EQ(page.rows[0].version, "2.1");
  EXPECT_EQ(page.rows[0].browser, "Chrome 131");
  EXPECT_EQ(page.rows[0].dialect, "webtorrent");
  EXPECT_EQ(page.rows[1].connections, 1U);
}

TEST_F(Census, FindsASwarmWithMembersOnBothCores) {
  auto const swarm = fresh_swarm();
  auto& one = connect(0);
  auto& two = connect(1);
  one.announce({.swarm = swarm, .peer = "-WW0201-one000000000", .left = 0});
  two.announce({.swarm = swarm, .peer = two_peer, .offers = some_offers("o", 1)});
  auto const offer = one.receive();
  ASSERT_TRUE(offer.is_offer());
  one.send(test::answer_message({.swarm = swarm,
                                 .peer = "-WW0201-one000000000",
                                 .to = two_peer,
                                 .offer_id = offer.string("offer_id")}));
  ASSERT_TRUE(two.receive().is_answer());

  auto const found = find(swarm);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->row.swarm, id_of(swarm));
  EXPECT_EQ(found->row.counts, (swarm_counts{.complete = 1, .incomplete = 1}));
  EXPECT_EQ(found->row.history.answers_relayed, 1U);
  ASSERT_EQ(found->members.size(), 2U);
  auto const& first = found->members[0];
  EXPECT_EQ(first.client.library, "WebTorrent");
  EXPECT_EQ(first.address, "127.0.0.0/24");
  EXPECT_TRUE(first.seeder);
  EXPECT_TRUE(first.counted);
  EXPECT_EQ(first.offers_received, 1U);
  EXPECT_EQ(first.offers_answered, 1U);
  EXPECT_LT(first.age, patience);
  EXPECT_LE(first.silent, first.age);
  EXPECT_FALSE(found->members[1].seeder);
  EXPECT_EQ(found->members[1].address, "127.0.0.0/24");
  EXPECT_EQ(found->members[1].offers_received, 0U);

  auto const second_page = find(swarm, {.offset = 1, .limit = 1});
  ASSERT_TRUE(second_page);
  ASSERT_EQ(second_page->members.size(), 1U);
  EXPECT_EQ(second_page->members[0].peer, found->members[1].peer);
}

TEST_F(Census, FindsNoSwarmWhereNobodyIs) {
  EXPECT_FALSE(find(fresh_swarm()));
}

TEST_F(Census, ThatHasEndedAnswersNobody) {
  bool answered = false;
  subject_->list_swarms({}, [&](auto const&) { answered = true; });
  subject_->find_swarm({}, {}, [&](auto const&) { answered = true; });
  subject_.reset();
  for (auto const& core : cores_) static_cast<void>(snapshot_of(*core));  // they have walked
  control_.run();

  EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace waggle::test
