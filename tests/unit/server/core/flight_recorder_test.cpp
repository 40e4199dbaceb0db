// SPDX-License-Identifier: Apache-2.0
#include "server/core/flight_recorder.hpp"

#include "tests/unit/server/core/builders.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace waggle::test {
namespace {

flight_record record(std::uint32_t swarm, std::uint32_t who) {
  return {.at = 1s, .swarm = movie(swarm), .peer = peer(who)};
}

std::vector<std::uint32_t> peers(std::vector<flight_record> const& records) {
  std::vector<std::uint32_t> result;
  for (auto const& each : records) result.push_back(each.peer.value[19]);
  return result;
}
using list = std::vector<std::uint32_t>;

/// What a shard has recorded, as words.
std::vector<std::string> said(std::vector<flight_record> const& records) {
  std::vector<std::string> result;
  for (auto const& each : records) {
    auto text = std::string{name_of(each.what)} + ' ' + std::to_string(each.peer.value[19]);
    if (each.has_other) text += " to " + std::to_string(each.other.value[19]);
    result.push_back(text);
  }
  return result;
}
using texts = std::vector<std::string>;

TEST(FlightRecorder, KeepsTheNewestInAsManyBytesAsItWasGiven) {
  flight_recorder recorder{3 * sizeof(flight_record)};
  EXPECT_TRUE(recorder.newest({}, 10).empty());
  for (std::uint32_t who = 1; who <= 2; ++who) recorder.note(record(1, who));
  EXPECT_EQ(peers(recorder.newest({}, 10)), (list{1, 2}));
  for (std::uint32_t who = 3; who <= 7; ++who) recorder.note(record(who % 2, who));

  EXPECT_EQ(peers(recorder.newest({}, 10)), (list{5, 6, 7}));
  EXPECT_EQ(peers(recorder.newest({}, 2)), (list{6, 7}));
  EXPECT_EQ(peers(recorder.newest(movie(1), 10)), (list{5, 7}));
  EXPECT_EQ(recorder.bytes(), 3 * sizeof(flight_record));
}

TEST(FlightRecorder, AWatchedSwarmHasARingThatOthersDoNotFill) {
  flight_recorder recorder{8 * sizeof(flight_record)};
  recorder.watch(movie(1), true);
  recorder.note(record(1, 1));
  recorder.note_watched(record(1, 2));
  for (std::uint32_t who = 10; who < 30; ++who) recorder.note(record(2, who));

  EXPECT_EQ(peers(recorder.newest(movie(1), 10)), (list{1, 2}));
  EXPECT_EQ(peers(recorder.newest({}, 1)), list{29});
  EXPECT_TRUE(recorder.watches(movie(1)));
  EXPECT_FALSE(recorder.watches(movie(2)));

  recorder.watch(movie(1), false);
  EXPECT_TRUE(recorder.newest(movie(1), 10).empty());
  EXPECT_EQ(recorder.bytes(), 8 * sizeof(flight_record));
}

TEST(FlightRecorder, WatchesSixteenSwarms) {
  flight_recorder recorder{8 * sizeof(flight_record)};
  for (std::uint32_t number = 0; number < 16; ++number) {
    EXPECT_TRUE(recorder.watch(movie(number), true));
  }
  EXPECT_FALSE(recorder.watch(movie(16), true));
  EXPECT_TRUE(recorder.watch(movie(3), true)) << "again";
  recorder.watch(movie(3), false);
  EXPECT_TRUE(recorder.watch(movie(16), true));
  EXPECT_EQ(recorder.bytes(), (8 + 16 * 2) * sizeof(flight_record));
}

TEST(FlightRecorder, OfNoBytesRecordsNothing) {
  flight_recorder recorder{0};
  recorder.watch(movie(1), true);
  recorder.note(record(1, 1));
  recorder.note_watched(record(1, 1));

  EXPECT_FALSE(recorder.on());
  EXPECT_TRUE(recorder.newest({}, 10).empty());
  EXPECT_TRUE(recorder.newest(movie(1), 10).empty());
}

// --- what a shard records ------------------------------------------------------------------------

TEST(FlightRecorder, OfAShardHasWhoCameAndWentAndWhatWasDropped) {
  shard_limits limits;
  limits.swarms.members_max = 2;
  driven_shard shard{limits};
  offer_list const offers{2};
  shard.offer(1, 1, offers);  // nobody is there
  shard.join(2, 2);
  shard.join(3, 3);           // one too many
  shard.offer(1, 1, offers);  // one of them finds somebody
  shard.answer(2, 2, "o9", peer(1));
  shard.leave(2, 2);
  shard.stop(1, 1);
  shard.join(4, 4);
  shard.tick_at(shard.now + 600s);

  auto const records = shard.recorder().newest({}, 100);

  EXPECT_EQ(said(records),
            (texts{"join 1", "unmatched 1", "join 2", "refused 3", "unmatched 1",
                   "unroutable 2 to 1", "leave 2", "leave 1", "join 4", "expire 4"}));
  EXPECT_EQ(text_of(records[1].why), "offers for which nobody was left");
  EXPECT_EQ(records.back().at, shard.now);
}

TEST(FlightRecorder, OfAWatchedSwarmHasWhoWasOfferedToWhom) {
  driven_shard shard;
  shard.recorder().watch(movie(), true);
  offer_list const offers{1};
  shard.join(1, 1);
  shard.offer(2, 2, offers);
  shard.answer(1, 1, "o0", peer(2));

  EXPECT_EQ(said(shard.recorder().newest(movie(), 100)),
            (texts{"join 1", "join 2", "offer 2 to 1", "answer 1 to 2"}));
  EXPECT_EQ(said(shard.recorder().newest({}, 100)), (texts{"join 1", "join 2"}));
}

TEST(FlightRecorder, DoesNotRecordWhatDidNotHappen) {
  driven_shard shard;
  shard.join(1, 1);
  shard.join(1, 1);   // an update
  shard.leave(9, 9);  // of nobody
  shard.stop(9, 9);

  EXPECT_EQ(said(shard.recorder().newest({}, 100)), texts{"join 1"});
}

}  // namespace
}  // namespace waggle::test
