// SPDX-License-Identifier: Apache-2.0
// A list of bans that comes to two cores in service: whom it finds inside, and who comes later.
#include "tests/support/deadline.hpp"
#include "tests/support/http.hpp"
#include "tests/support/stream.hpp"
#include "tests/support/tracker_client.hpp"
#include "tests/unit/server/core_rig.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace waggle::test {
namespace {

swarm_id id_of(std::string const& swarm) {
  swarm_id id;
  auto const hex = hex_of(swarm);
  for (std::size_t at = 0; at < id.value.size(); ++at) {
    id.value[at] = static_cast<std::uint8_t>(std::stoul(hex.substr(2 * at, 2), nullptr, 16));
  }
  return id;
}

/// Clients live on the first core, some of their swarms on the second.
class Bans : public testing::Test {
 protected:
  core_options options_of(std::uint16_t core) {
    core_options options;
    options.core = core;
    options.where = {.seed = {.first = 1, .second = 2}, .cores = 2};
    options.clients.counts = &addresses_;
    options.clients.ledger = &ledger_;
    return options;
  }

  Bans() {
    first.connect({&first, &second});
    second.connect({&first, &second});
    net::error_code error;
    auto sockets = net::listen_on({net::asio::ip::address_v4::loopback(), 0}, {}, 1, {}, error);
    if (error) throw std::runtime_error(error.message());
    at_ = {.scheme = "ws", .host = "127.0.0.1", .port = sockets.at.port()};
    first.listen(sockets.at.protocol(), sockets.take(0), {});
    running_first_.emplace(first);
    running_second_.emplace(second);
  }

  void ban(ban_list::parts const& what) {
    auto const list = std::make_shared<ban_list const>(what);
    for (auto* const core : {&first, &second}) {
      core->ask([list](core_loop& asked) { asked.use(list); });
    }
  }
  [[nodiscard]] tracker_client connect() const { return tracker_client{at_}; }
  std::uint64_t count(auto... which) {
    return snapshot_of(first).counters.value(which...) +
           snapshot_of(second).counters.value(which...);
  }
  std::uint64_t peers() { return snapshot_of(first).peers + snapshot_of(second).peers; }

  net::address_counts addresses_{{.first = 1, .second = 2}};
  net::client_ledger ledger_{{.first = 3, .second = 4}};
  core_loop first{options_of(0)};
  core_loop second{options_of(1)};
  std::optional<running> running_first_;
  std::optional<running> running_second_;
  endpoint at_;
};

TEST_F(Bans, OfAnAddressEndsItsConnectionsAndRefusesNewOnes) {
  auto one = connect();
  auto other = connect();
  one.announce({.swarm = fresh_swarm(), .peer = fresh_peer()});

  ban({.addresses = {*parse_ip_network("127.0.0.0/8")}});

  EXPECT_EQ(one.socket().await_end().code, 4403);
  EXPECT_EQ(other.socket().await_end().code, 4403);
  EXPECT_TRUE(eventually([&] { return peers() == 0; }));
  EXPECT_EQ(count(counter::connections_closed, label::closed::banned), 2U);
  auto late = stream::connect(at_);
  late.send(upgrade_request(at_));
  EXPECT_EQ(read_response(late).status, 403);
  EXPECT_EQ(count(counter::handshakes_failed, label::handshake::banned), 1U);

  ban({});

  EXPECT_EQ(connect().announce({.swarm = fresh_swarm(), .peer = fresh_peer()}).number("incomplete"),
            1);
}

TEST_F(Bans, OfASwarmEndItsMembershipsOnEveryCoreAndNoOthers) {
  auto client = connect();
  std::vector<std::string> swarms;
  for (int i = 0; i < 8; ++i) {  // on both cores, all but surely
    swarms.push_back(fresh_swarm());
    client.announce({.swarm = swarms.back(), .peer = "-WW0001-abcdefghijkl"});
  }
  ASSERT_EQ(peers(), 8U);

  ban({.hashes = {id_of(swarms[0]).hash(), id_of(swarms[1]).hash(), id_of(swarms[7]).hash()}});

  EXPECT_TRUE(eventually([&] { return peers() == 5; }));
  EXPECT_EQ(count(counter::bans_enforced, label::banned::membership), 3U);
  auto const refused = client.announce({.swarm = swarms[7], .peer = "-WW0001-abcdefghijkl"});
  EXPECT_EQ(refused.number("incomplete"), 0);
  EXPECT_EQ(refused.string("warning message"), reason(errc::banned));
  EXPECT_EQ(count(counter::bans_enforced, label::banned::announce), 1U);
  EXPECT_EQ(
      client.announce({.swarm = swarms[2], .peer = "-WW0001-abcdefghijkl"}).number("incomplete"),
      1);
  EXPECT_EQ(client.scrape({swarms[7]}).fields["files"][swarms[7]].value("incomplete", -1), 0);
}

TEST_F(Bans, OfAPeerIdPrefixKeepItsPeersOut) {
  auto const swarm = fresh_swarm();
  auto banned = connect();
  auto other = connect();
  banned.announce({.swarm = swarm, .peer = "-XX0001-abcdefghijkl"});
  other.announce({.swarm = swarm, .peer = "-WW0001-abcdefghijkl"});

  ban({.peer_prefixes = {{'-', 'X', 'X'}}});

  EXPECT_TRUE(eventually([&] { return peers() == 1; }));
  auto const refused = banned.announce({.swarm = swarm, .peer = "-XX0001-abcdefghijkl"});
  EXPECT_EQ(refused.number("incomplete"), 0);
  EXPECT_EQ(refused.string("warning message"), reason(errc::banned)) << "the swarm is served";
  EXPECT_EQ(other.announce({.swarm = swarm, .peer = "-WW0001-abcdefghijkl"}).number("incomplete"),
            1);
}

TEST_F(Bans, OfASwarmDropItsAnswers) {
  auto const swarm = fresh_swarm();
  auto receiver = connect();
  auto sender = connect();
  receiver.announce({.swarm = swarm, .peer = "-WW0001-receiver0000"});
  sender.announce({.swarm = swarm, .peer = "-WW0001-sender000000", .offers = some_offers("o", 1)});
  auto const offer = receiver.receive();
  ASSERT_TRUE(offer.is_offer());
  ban({.hashes = {id_of(swarm).hash()}});
  ASSERT_TRUE(eventually([&] { return peers() == 0; }));

  receiver.send(test::answer_message({.swarm = swarm,
                                      .peer = "-WW0001-receiver0000",
                                      .to = "-WW0001-sender000000",
                                      .offer_id = offer.string("offer_id")}));

  EXPECT_TRUE(
      eventually([&] { return count(counter::bans_enforced, label::banned::answer) == 1; }));
  EXPECT_TRUE(sender.drain(swarm).empty());
}

}  // namespace
}  // namespace waggle::test
