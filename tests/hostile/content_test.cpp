// SPDX-License-Identifier: Apache-2.0
// Swarms that a provider has not named, or does not want any more.
#include "tests/hostile/honest_swarm.hpp"
#include "tests/hostile/siege.hpp"

#include <cstdio>

namespace waggle::test {
namespace {

using testing::IsEmpty;

class HostileContent : public testing::Test {
 protected:
  /// Replaces the file at once, as editors and deployments do.
  void rewrite(std::string const& name, std::string const& content) const {
    auto const made = folder_.write(name + ".new", content);
    ASSERT_EQ(std::rename(made.c_str(), folder_.path(name).c_str()), 0);
  }

  temporary_folder folder_;
};

// Defence: access.mode=registered; access_policy::allows.
TEST_F(HostileContent, ThatIsNotRegisteredIsQuietlyDenied) {
  auto const registered = fresh_swarm();
  auto const foreign = fresh_swarm();
  auto const file =
      folder_.write("content.json", R"({"contents":[{"name":"movies/one","info_hashes":[")" +
                                        hex_of(registered) + R"("]}]})");
  tracker server{besieged({"access.mode=registered", "access.content_file=" + file})};
  tracker_client one{server.plain()};
  tracker_client two{server.plain()};
  one.announce({.swarm = foreign, .peer = fresh_peer()});

  auto const reply =
      two.announce({.swarm = foreign, .peer = fresh_peer(), .offers = some_offers("f", 2)});

  EXPECT_EQ(reply.number("incomplete"), 0);
  EXPECT_GT(reply.number("interval"), 60) << "it comes back seldom";
  EXPECT_THAT(one.drain(foreign), IsEmpty());
  EXPECT_EQ(server.peers_of(foreign), 0);
  one.announce({.swarm = registered, .peer = fresh_peer()});
  two.announce({.swarm = registered, .peer = fresh_peer(), .offers = some_offers("r", 1)});
  EXPECT_EQ(offers_among(one.drain(registered)).size(), 1U);
}

// Defence: access.deny_file is read again when it changes; policy_keeper, on_rules.
TEST_F(HostileContent, ThatIsDeniedAtRunTimeLosesItsMembersWithinASecond) {
  auto const unwanted = fresh_swarm();
  auto const file = folder_.write("deny.txt", "# nothing yet\n");
  tracker server{besieged({"access.deny_file=" + file})};
  honest_swarm beside{server.plain()};
  tracker_client member{server.plain()};
  auto const peer = fresh_peer();
  member.announce({.swarm = unwanted, .peer = peer});
  ASSERT_EQ(server.peers_of(unwanted), 1);

  {
    at_once const within;
    rewrite("deny.txt", hex_of(unwanted) + "\n");
    EXPECT_TRUE(eventually([&] { return server.peers_of(unwanted) == 0; }));
  }

  EXPECT_EQ(counted(server, "waggle_memberships_revoked_total"), 1);
  EXPECT_EQ(member.announce({.swarm = unwanted, .peer = peer, .event = ""}).number("incomplete"),
            0);
  EXPECT_EQ(server.peers_of(unwanted), 0);
  EXPECT_TRUE(beside.relays_on());
}

// Defence: a file that cannot be read as a whole changes nothing.
TEST_F(HostileContent, ListWithGarbageInItOpensNothing) {
  auto const unwanted = fresh_swarm();
  auto const file = folder_.write("deny.txt", hex_of(unwanted) + "\n");
  tracker server{besieged({"access.deny_file=" + file})};
  honest_swarm const beside{server.plain()};
  tracker_client client{server.plain()};

  rewrite("deny.txt", std::string("\xff\x00garbage\n", 10));
  EXPECT_TRUE(eventually(
      [&] { return server.process().log().find("policies not reloaded") != std::string::npos; }));

  EXPECT_EQ(client.announce({.swarm = unwanted, .peer = fresh_peer()}).number("incomplete"), 0);
}

// Defence: the kill switch of an info hash.
TEST_F(HostileContent, ThatIsBannedLosesItsMembersWithinASecond) {
  tracker server{besieged()};
  honest_swarm const beside{server.plain()};
  tracker_client member{server.plain()};
  auto const unwanted = fresh_swarm();
  member.announce({.swarm = unwanted, .peer = fresh_peer()});

  at_once const within;
  ban(server, "info_hash", hex_of(unwanted));

  EXPECT_TRUE(eventually([&] { return server.peers_of(unwanted) == 0; }));
}

}  // namespace
}  // namespace waggle::test
