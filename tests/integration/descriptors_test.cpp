// SPDX-License-Identifier: Apache-2.0
// When the process has no descriptor left for another client: the others wait at the door, and
// nobody who is in notices.
#include "tests/integration/tracker.hpp"

#include <sys/resource.h>

namespace waggle::test {
namespace {

constexpr int descriptors = 128;

/// A server that may open `descriptors` files: the hard limit, which it cannot raise.
class Descriptors : public CoresTest {
 protected:
  Descriptors() : process_(limited(cores())) {}

  static std::vector<std::string> limited(tracker_options const& options) {
    auto line = tracker_arguments(options);
    auto const limit = std::to_string(descriptors);
    line.insert(line.begin(), {"prlimit", "--nofile=" + limit + ":" + limit});
    return line;
  }

  [[nodiscard]] double metric(std::string const& name) {
    return metric_sum(http_get(process_.internal(), "/metrics").body, name);
  }

  /// Opens connections until the server takes no more; the last one waits at the door.
  std::vector<stream> fill() {
    std::vector<stream> all;
    while (all.size() < descriptors * 2 && metric("waggle_accepts_paused_total") == 0) {
      all.push_back(stream::connect(process_.plain()));
      static_cast<void>(eventually([&] {
        return metric("waggle_connections_accepted_total") >= static_cast<double>(all.size()) + 2 ||
               metric("waggle_accepts_paused_total") > 0;
      }));
    }
    return all;
  }

  void limit_to(rlim_t most) {
    rlimit const limit{.rlim_cur = most, .rlim_max = descriptors};
    ASSERT_EQ(::prlimit(process_.pid(), RLIMIT_NOFILE, &limit, nullptr), 0);
  }
  [[nodiscard]] bool log_says(std::string const& text) const {
    return process_.log().find(text) != std::string::npos;
  }

  server_process process_;
};

TEST_P(Descriptors, UsedUpPauseAcceptingUntilSomebodyLeaves) {
  auto const swarm = fresh_swarm();
  auto const here = fresh_peer();
  auto const there = fresh_peer();
  tracker_client first{process_.plain()};
  tracker_client second{process_.plain()};
  first.announce({.swarm = swarm, .peer = here});

  auto crowd = fill();

  ASSERT_GT(metric("waggle_accepts_paused_total"), 0);
  EXPECT_LT(metric("process_open_fds"), descriptors) << "the operator's page needs one, too";
  // Those who are in go on.
  second.announce({.swarm = swarm, .peer = there, .offers = some_offers("o", 3)});
  auto const offers = offers_among(first.drain(swarm));
  EXPECT_EQ(offers.size(), 1U);
  EXPECT_FALSE(first.socket().tcp_closed());
  // A newcomer is let in by the kernel and waits.
  auto waiting = stream::connect(process_.plain());
  waiting.send(upgrade_request(process_.plain()));
  auto const paused = metric("waggle_accepts_paused_total");
  ASSERT_TRUE(eventually([&] { return metric("waggle_accepts_paused_total") > paused; }));
  EXPECT_EQ(metric("waggle_connections"), 2);

  crowd.clear();

  EXPECT_EQ(read_response(waiting).status, 101);
  EXPECT_EQ(first.announce({.swarm = swarm, .peer = here, .event = ""}).number("incomplete"), 2);
}

// The gate counts connections only; what else is open may grow past what it left room for.
TEST_P(Descriptors, RefusedByTheKernelPauseAcceptingToo) {
  auto const swarm = fresh_swarm();
  auto const peer = fresh_peer();
  tracker_client inside{process_.plain()};
  inside.announce({.swarm = swarm, .peer = peer});
  limit_to(3);  // no new descriptor may have a number from 3 on; those that are there stay

  auto waiting = stream::connect(process_.plain());
  waiting.send(upgrade_request(process_.plain()));
  for (int turn = 0; turn < 20; ++turn) {
    EXPECT_EQ(inside.announce({.swarm = swarm, .peer = peer, .event = ""}).number("incomplete"), 1);
  }
  EXPECT_TRUE(eventually([&] { return log_says("accepting paused"); }));
  limit_to(descriptors);

  EXPECT_EQ(read_response(waiting).status, 101);
  EXPECT_GT(metric("waggle_accepts_paused_total"), 0);
}

TEST_P(Descriptors, LimitIsSaidInTheLog) {
  EXPECT_THAT(process_.log(), testing::HasSubstr("descriptors limit=128"));
}

WAGGLE_ON_ONE_AND_TWO_CORES(Descriptors);

TEST(DescriptorLimit, IsRaisedAtTheStart) {
  auto line = tracker_arguments({});
  rlimit mine{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &mine), 0);
  line.insert(line.begin(), {"prlimit", "--nofile=100:"});

  server_process server{line};

  auto const text = http_get(server.internal(), "/metrics").body;
  EXPECT_EQ(metric_sum(text, "process_max_fds"), static_cast<double>(mine.rlim_max));
}

}  // namespace
}  // namespace waggle::test
