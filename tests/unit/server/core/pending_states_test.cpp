// SPDX-License-Identifier: Apache-2.0
// What waits for a shard: one state of each membership, in order, that leaves the same behind as
// all the messages would have.
#include "server/core/pending_states.hpp"

#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace waggle::test {
namespace {

using outcome = pending_states::outcome;

announce_message announce_of(std::uint32_t at, std::uint32_t who, bool known) {
  return {
      .from = session(at), .swarm = movie(), .peer = peer(who), .known = known, .interval = 60s};
}
announce_message join(std::uint32_t at, std::uint32_t who) {
  return announce_of(at, who, /*known=*/false);
}
announce_message refresh(std::uint32_t at, std::uint32_t who) {
  return announce_of(at, who, /*known=*/true);
}
announce_message stop(std::uint32_t at, std::uint32_t who, bool known = true) {
  auto message = announce_of(at, who, known);
  message.event = announce_event::stopped;
  message.remember = false;
  return message;
}
leave_message leave(std::uint32_t at, std::uint32_t who) {
  return {session(at), movie(), peer(who)};
}
alive_message alive(std::uint32_t at, std::uint32_t who) {
  return {session(at), movie(), peer(who)};
}

std::vector<shard_message> take_all(pending_states& from) {
  std::vector<shard_message> all;
  while (!from.empty()) from.take_oldest([&](shard_message const& what) { all.push_back(what); });
  return all;
}

/// "join 7", "stop 7", "leave 7", "alive 7" by the number of the session.
std::vector<std::string> names_of(std::vector<shard_message> const& messages) {
  std::vector<std::string> names;
  for (auto const& each : messages) {
    if (auto const* const announced = std::get_if<announce_message>(&each)) {
      names.push_back((announced->event == announce_event::stopped ? "stop " : "join ") +
                      std::to_string(announced->from.slot));
    } else if (auto const* const left = std::get_if<leave_message>(&each)) {
      names.push_back("leave " + std::to_string(left->from.slot));
    } else {
      names.push_back("alive " + std::to_string(std::get<alive_message>(each).from.slot));
    }
  }
  return names;
}

class PendingStates : public testing::Test {
 protected:
  std::vector<std::string> rest() { return names_of(take_all(pending)); }

  pending_states pending{seed};
};

TEST_F(PendingStates, GoOnInTheOrderInWhichTheyCame) {
  EXPECT_EQ(pending.add(join(1, 1)), outcome::waits);
  EXPECT_EQ(pending.add(leave(2, 2)), outcome::waits);
  EXPECT_EQ(pending.add(alive(3, 3)), outcome::waits);
  EXPECT_EQ(pending.add(stop(4, 4)), outcome::waits);
  EXPECT_EQ(pending.size(), 4U);

  EXPECT_EQ(rest(), (std::vector<std::string>{"join 1", "leave 2", "alive 3", "stop 4"}));
  EXPECT_TRUE(pending.empty());
}

TEST_F(PendingStates, AreOneForEachMembership) {
  auto elsewhere = join(1, 1);
  elsewhere.swarm = movie(2);
  pending.add(join(1, 1));
  pending.add(join(1, 2));
  pending.add(join(2, 1));
  pending.add(elsewhere);

  EXPECT_EQ(pending.add(refresh(1, 1)), outcome::merged);

  EXPECT_EQ(pending.size(), 4U);
}

TEST_F(PendingStates, KeepWhatAnAnnounceSaysOfItsMembership) {
  auto message = refresh(1, 1);
  message.event = announce_event::started;
  message.state = completeness::complete;
  message.passive = true;
  message.interval = 20s;
  offer_list const offers{3};
  message.offers = offers.span();
  pending.add(message);

  auto const all = take_all(pending);

  ASSERT_EQ(all.size(), 1U);
  auto const& kept = std::get<announce_message>(all[0]);
  EXPECT_EQ(kept.from, session(1));
  EXPECT_EQ(kept.swarm, movie());
  EXPECT_EQ(kept.peer, peer(1));
  EXPECT_EQ(kept.event, announce_event::started);
  EXPECT_EQ(kept.state, completeness::complete);
  EXPECT_EQ(kept.interval, 20s);
  EXPECT_TRUE(kept.passive);
  EXPECT_TRUE(kept.remember);
  EXPECT_TRUE(kept.offers.empty());
}

TEST_F(PendingStates, OfSeveralAnnouncesTheLastCounts) {
  auto last = refresh(1, 1);
  last.interval = 20s;
  last.passive = true;
  pending.add(join(1, 1));
  pending.add(last);

  auto const all = take_all(pending);

  ASSERT_EQ(all.size(), 1U) << "one announce, hence one reply";
  EXPECT_EQ(std::get<announce_message>(all[0]).interval, 20s);
  EXPECT_TRUE(std::get<announce_message>(all[0]).passive);
}

struct completeness_case {
  std::vector<std::pair<announce_event, completeness>> said;
  bool seeder;
};

TEST_F(PendingStates, CompletenessIsWhatWasLastSaidOfIt) {
  using enum announce_event;
  using enum completeness;
  std::vector<completeness_case> const cases{
      {{{started, complete}, {update, unknown}}, true},
      {{{started, incomplete}, {completed, unknown}, {update, unknown}}, true},
      {{{completed, unknown}, {update, incomplete}}, false},
      {{{completed, incomplete}, {update, unknown}}, true},
      {{{started, complete}, {update, incomplete}, {update, unknown}}, false},
      {{{started, unknown}, {update, unknown}}, false},
  };
  std::uint32_t number = 0;
  for (auto const& [said, seeder] : cases) {
    ++number;
    driven_shard shard;
    auto message = join(1, 1);
    for (auto const& [event, state] : said) {
      message.event = event;
      message.state = state;
      pending.add(message);
      message.known = true;
    }

    for (auto const& each : take_all(pending)) shard.handle(each);

    EXPECT_EQ(shard.counts().complete, seeder ? 1U : 0U) << "case " << number;
    EXPECT_EQ(shard.counts().incomplete, seeder ? 0U : 1U) << "case " << number;
  }
}

TEST_F(PendingStates, AJoinThatNobodyHeardOfVanishesWithItsLeave) {
  pending.add(join(1, 1));
  pending.add(join(2, 2));

  EXPECT_EQ(pending.add(leave(1, 1)), outcome::vanished);
  EXPECT_EQ(pending.add(stop(2, 2)), outcome::vanished);

  EXPECT_TRUE(pending.empty());
}

TEST_F(PendingStates, ALeaveOfWhatTheShardMayHaveStays) {
  pending.add(refresh(1, 1));
  pending.add(alive(2, 2));

  EXPECT_EQ(pending.add(leave(1, 1)), outcome::merged);
  EXPECT_EQ(pending.add(stop(2, 2)), outcome::merged);

  EXPECT_EQ(rest(), (std::vector<std::string>{"leave 1", "stop 2"}));
}

TEST_F(PendingStates, WhoLeftAndJoinsAnewComesBehindTheOthers) {
  pending.add(leave(1, 1));
  pending.add(stop(2, 1));
  pending.add(join(3, 1));

  EXPECT_EQ(pending.add(join(1, 1)), outcome::merged);
  EXPECT_EQ(pending.add(join(2, 1)), outcome::merged);

  EXPECT_EQ(rest(), (std::vector<std::string>{"join 3", "leave 1", "join 1", "leave 2", "join 2"}));
}

TEST_F(PendingStates, WhoJoinedAnewAndLeavesAgainHasOnlyLeft) {
  pending.add(leave(1, 1));
  pending.add(join(1, 1));

  EXPECT_EQ(pending.add(leave(1, 1)), outcome::merged);

  EXPECT_EQ(rest(), std::vector<std::string>{"leave 1"});
}

TEST_F(PendingStates, CompletenessDoesNotOutliveALeave) {
  auto seeder = refresh(1, 1);
  seeder.state = completeness::complete;
  pending.add(seeder);
  pending.add(stop(1, 1));
  pending.add(join(1, 1));

  auto const all = take_all(pending);

  EXPECT_EQ(std::get<announce_message>(all.at(1)).state, completeness::unknown);
}

TEST_F(PendingStates, ASignOfLifeIsKeptBesideTheAnnounceAndEndsWithTheMembership) {
  pending.add(refresh(1, 1));
  EXPECT_EQ(pending.add(alive(1, 1)), outcome::merged);
  pending.add(alive(2, 2));
  EXPECT_EQ(pending.add(refresh(2, 2)), outcome::merged);
  pending.add(alive(3, 3));
  pending.add(leave(3, 3));
  EXPECT_EQ(pending.add(alive(3, 3)), outcome::merged);

  EXPECT_EQ(rest(),
            (std::vector<std::string>{"join 1", "alive 1", "join 2", "alive 2", "leave 3"}));
}

TEST_F(PendingStates, WhatMakesNoMembershipIsNotKept) {
  auto unremembered = join(1, 1);
  unremembered.remember = false;

  EXPECT_EQ(pending.add(unremembered), outcome::refused);
  EXPECT_EQ(pending.add(stop(2, 2, /*known=*/false)), outcome::refused);

  EXPECT_TRUE(pending.empty());
}

TEST_F(PendingStates, KnowWhatWillBeAnnounced) {
  pending.add(join(1, 1));
  pending.add(alive(2, 2));
  pending.add(leave(3, 3));

  EXPECT_TRUE(pending.announces({session(1), movie(), peer(1)}));
  EXPECT_FALSE(pending.announces({session(1), movie(2), peer(1)}));
  EXPECT_FALSE(pending.announces({session(2), movie(), peer(2)}));
  EXPECT_FALSE(pending.announces({session(3), movie(), peer(3)}));
}

TEST_F(PendingStates, TakeLittleMemoryAndGiveItBack) {
  constexpr std::uint32_t many = 100'000;
  for (std::uint32_t at = 0; at < many; ++at) pending.add(join(at, at));

  EXPECT_LE(pending.bytes() / many, 130U);
  for (std::uint32_t at = 0; at < many; ++at) pending.add(leave(at, at));
  EXPECT_TRUE(pending.empty());
  EXPECT_LT(pending.bytes(), 100'000U);
}

TEST_F(PendingStates, ComingAndGoingAddsNothing) {
  for (std::uint32_t at = 0; at < 100'000; ++at) {
    pending.add(join(at, at));
    pending.add(stop(at, at, /*known=*/false));
    pending.add(leave(at, at));
    ASSERT_LE(pending.size(), 1U);
    pending.add(stop(at, at, /*known=*/false));
    take_all(pending);
  }
}

// --- a shard that got everything, and one that got what was left ---------------------------------

/// Connections that do what they like while the way to their shard is open or closed. Those that
/// show life when they are contested may be contested in another order: then the two shards agree
/// once all of them have shown it.
class crossing {
 public:
  crossing(std::uint64_t number, bool shows_life) : random_(number), shows_life_(shows_life) {}

  void step() {
    if (random_.below(20) == 0) open_ = !open_;
    if (random_.below(8) == 0) travel(random_.below(10));
    auto const at = random_.below(sessions);
    membership const of{session(at), movie(random_.below(3)), peer(random_.below(peers))};
    switch (random_.below(8)) {
      case 0:
        return end(of.at);
      case 1:
        return say_stopped(of);
      case 2:
        if (!shows_life_ || !joined_.contains(key(of))) return;
        return say(alive_message{of.at, of.swarm, of.peer});
      default:
        return say_announce(of);
    }
  }

  /// Everything arrives.
  void settle() {
    travel(pending_.size());
    if (!shows_life_) return;
    for (auto const& [at, swarm, who] : joined_) {
      for (auto* const shard : {&everything_, &merged_}) {
        shard->handle(alive_message{at, swarm, who});
      }
    }
  }

  void expect_same() const {
    EXPECT_EQ(everything_.state().totals(), merged_.state().totals());
    EXPECT_EQ(merged_.state().totals().memberships, joined_.size());
    for (std::uint32_t number = 0; number < 3; ++number) {
      EXPECT_EQ(everything_.state().count(movie(number)), merged_.state().count(movie(number)));
    }
  }

  std::size_t merges = 0;

 private:
  using joined_key = std::tuple<session_ref, swarm_id, peer_id>;
  static constexpr std::uint32_t sessions = 6;
  static constexpr std::uint32_t peers = 4;  // fewer than connections: they claim the same ones

  static joined_key key(membership const& of) { return {of.at, of.swarm, of.peer}; }

  void say_announce(membership const& of) {
    announce_message message{.from = of.at, .swarm = of.swarm, .peer = of.peer, .interval = 60s};
    message.event = static_cast<announce_event>(random_.below(3));
    message.state = static_cast<completeness>(random_.below(3));
    message.known = !joined_.insert(key(of)).second;
    say(message);
  }
  void say_stopped(membership const& of) {
    announce_message message{.from = of.at, .swarm = of.swarm, .peer = of.peer};
    message.event = announce_event::stopped;
    message.remember = false;
    message.known = joined_.erase(key(of)) != 0;
    say(message);
  }
  void end(session_ref at) {
    std::erase_if(joined_, [&](joined_key const& one) {
      if (std::get<session_ref>(one) != at) return false;
      say(leave_message{at, std::get<swarm_id>(one), std::get<peer_id>(one)});
      return true;
    });
  }

  template <class Message>
  void say(Message const& message) {
    everything_.handle(message);
    if (open_ && pending_.empty()) {
      merged_.handle(message);
    } else if (pending_.add(message) == outcome::merged) {
      ++merges;
    }
    ASSERT_LE(pending_.size(), sessions * peers * 3);
  }
  void travel(std::uint32_t states) {
    for (; states != 0 && !pending_.empty(); --states) {
      pending_.take_oldest([&](shard_message const& what) { merged_.handle(what); });
    }
  }

  random_source random_;
  bool shows_life_;
  bool open_ = true;
  driven_shard everything_;
  driven_shard merged_;
  pending_states pending_{seed};
  std::set<joined_key> joined_;
};

class PendingStatesProperty : public testing::TestWithParam<bool> {};

TEST_P(PendingStatesProperty, TheShardEndsUpWithWhatAllTheMessagesWouldHaveLeft) {
  std::size_t merges = 0;
  for (std::uint64_t number = 1; number <= 300 && !testing::Test::HasFailure(); ++number) {
    SCOPED_TRACE("seed " + std::to_string(number));
    crossing subject{number, /*shows_life=*/GetParam()};
    for (int round = 0; round < 5; ++round) {
      for (int step = 0; step < 200; ++step) subject.step();
      subject.settle();
      subject.expect_same();
    }
    merges += subject.merges;
  }
  EXPECT_GT(merges, 10'000U) << "a run in which nothing waits proves nothing";
}

INSTANTIATE_TEST_SUITE_P(Connections, PendingStatesProperty, testing::Bool(),
                         [](testing::TestParamInfo<bool> const& shows_life) {
                           return shows_life.param ? "ThatShowLife" : "ThatDoNot";
                         });

}  // namespace
}  // namespace waggle::test
