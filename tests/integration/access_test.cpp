// SPDX-License-Identifier: Apache-2.0
// Denied swarms, quietly or with a failure: rule 15 of the WebTorrent dialect.
#include "tests/integration/tracker.hpp"

namespace waggle::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class Access : public CoresTest {
 protected:
  [[nodiscard]] tracker_options denying(std::string const& refusal) const {
    return cores(
        {"access.mode=deny", "access.info_hashes=" + hex_of(denied), "access.refusal=" + refusal});
  }

  std::string denied = fresh_swarm();
  std::string allowed = fresh_swarm();
};

TEST_P(Access, QuietDenialLooksLikeAnEmptySwarm) {
  tracker server{denying("quiet")};
  tracker_client first{server.plain()};
  tracker_client second{server.plain()};
  first.announce({.swarm = allowed, .peer = fresh_peer()});
  first.announce({.swarm = denied, .peer = fresh_peer(), .left = 0});

  auto const reply =
      second.announce({.swarm = denied, .peer = fresh_peer(), .offers = some_offers("q", 2)});

  EXPECT_EQ(reply.string("info_hash"), denied);
  EXPECT_EQ(reply.number("complete"), 0);
  EXPECT_EQ(reply.number("incomplete"), 0);
  EXPECT_THAT(first.drain(denied), IsEmpty()) << "no matching";
  EXPECT_EQ(server.peers_of(denied), 0);
}

TEST_P(Access, QuietDenialWarnsOnce) {
  tracker server{denying("quiet")};
  tracker_client client{server.plain()};
  auto const peer = fresh_peer();

  EXPECT_TRUE(client.announce({.swarm = denied, .peer = peer}).has("warning message"));
  EXPECT_FALSE(client.announce({.swarm = denied, .peer = peer}).has("warning message"));
}

TEST_P(Access, QuietDenialKeepsTheIntervalOfAnAllowedConnection) {
  tracker server{denying("quiet")};
  tracker_client client{server.plain()};
  auto const interval =
      client.announce({.swarm = allowed, .peer = fresh_peer()}).number("interval");

  EXPECT_EQ(client.announce({.swarm = denied, .peer = fresh_peer()}).number("interval"), interval);
}

TEST_P(Access, QuietDenialOfEverythingMakesTheIntervalLong) {
  tracker server{denying("quiet")};
  tracker_client client{server.plain()};

  EXPECT_GT(client.announce({.swarm = denied, .peer = fresh_peer()}).number("interval"), 60);
}

TEST_P(Access, FailureModeNamesTheSwarmAndKeepsTheSocketOpen) {
  tracker server{denying("failure")};
  tracker_client client{server.plain()};

  client.send(announce_message({.swarm = denied, .peer = fresh_peer()}));

  auto const got = client.receive();
  EXPECT_TRUE(got.is_failure()) << got.text;
  EXPECT_EQ(got.string("action"), "announce");
  EXPECT_EQ(got.string("info_hash"), denied);
  EXPECT_EQ(client.announce({.swarm = allowed, .peer = fresh_peer()}).number("incomplete"), 1);
}

TEST_P(Access, FailureModeFailsOnceAndIsSilentThen) {
  tracker server{denying("failure")};
  tracker_client client{server.plain()};
  auto const peer = fresh_peer();
  client.send(announce_message({.swarm = denied, .peer = peer}));
  ASSERT_TRUE(client.receive().is_failure());

  client.send(announce_message({.swarm = denied, .peer = peer, .event = ""}));

  EXPECT_THAT(client.drain(allowed), IsEmpty());
}

TEST_P(Access, OtherSwarmsAreServed) {
  tracker server{denying("quiet")};
  tracker_client first{server.plain()};
  tracker_client second{server.plain()};
  first.announce({.swarm = allowed, .peer = fresh_peer()});

  second.announce({.swarm = allowed, .peer = fresh_peer(), .offers = some_offers("o", 1)});

  EXPECT_THAT(offers_among(first.drain(allowed)), SizeIs(1));
}

TEST_P(Access, AllowListDeniesTheRest) {
  tracker server{cores({"access.mode=allow", "access.info_hashes=" + hex_of(allowed)})};
  tracker_client client{server.plain()};

  EXPECT_EQ(client.announce({.swarm = allowed, .peer = fresh_peer()}).number("incomplete"), 1);
  EXPECT_EQ(client.announce({.swarm = denied, .peer = fresh_peer()}).number("incomplete"), 0);
}

WAGGLE_ON_ONE_AND_TWO_CORES(Access);

}  // namespace
}  // namespace waggle::test
