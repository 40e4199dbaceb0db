// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/tracker_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace waggle::doctor {
namespace {

using kind = tracker_message::kind;

TEST(DoctorText, AnnounceSaysWhatAPeerIs) {
  auto const text =
      nlohmann::json::parse(announce_text({.swarm = "s", .id = "p", .complete = true}, "started",
                                          description{.id = "o", .sdp = "v=0"}));

  EXPECT_EQ(text["action"], "announce");
  EXPECT_EQ(text["left"], 0);
  EXPECT_EQ(text["event"], "started");
  EXPECT_EQ(text["numwant"], 1);
  EXPECT_EQ(text["offers"][0]["offer_id"], "o");
  EXPECT_EQ(text["offers"][0]["offer"]["sdp"], "v=0");
}

TEST(DoctorText, MessagesAreToldApart) {
  auto const reply = read_tracker_message(
      R"({"action":"announce","interval":57,"complete":1,"incomplete":2,"warning message":"w"})",
      "s");
  EXPECT_EQ(reply.what, kind::reply);
  EXPECT_EQ(reply.complete, 1);
  EXPECT_EQ(reply.incomplete, 2);
  EXPECT_EQ(reply.interval, 57);
  EXPECT_EQ(reply.said, "w");
  auto const offer = read_tracker_message(
      R"({"action":"announce","offer":{"sdp":"v=0"},"offer_id":"o","peer_id":"p"})", "s");
  EXPECT_EQ(offer.what, kind::offer);
  EXPECT_EQ(offer.carried.sdp, "v=0");
  EXPECT_EQ(offer.carried.id, "o");
  EXPECT_EQ(offer.peer, "p");
  EXPECT_EQ(read_tracker_message(R"({"answer":{},"offer_id":"o"})", "s").what, kind::answer);
  auto const failure = read_tracker_message(R"({"failure reason":"no"})", "s");
  EXPECT_EQ(failure.what, kind::failure);
  EXPECT_EQ(failure.said, "no");
  auto const scrape = read_tracker_message(
      R"({"action":"scrape","files":{"s":{"complete":3,"incomplete":4},"t":{"complete":9}}})", "s");
  EXPECT_EQ(scrape.what, kind::scrape);
  EXPECT_EQ(scrape.complete, 3);
  EXPECT_EQ(scrape.incomplete, 4);
}

TEST(DoctorText, JunkIsNoMessageAndHurtsNobody) {
  for (auto const* const junk :
       {"", "x", "null", "[]", "5", "{}", R"({"offer":5})", R"({"files":5})",
        R"({"files":{"s":5}})", R"({"interval":"soon","complete":"many"})", "\xff"}) {
    auto const message = read_tracker_message(junk, "s");
    EXPECT_EQ(message.complete, 0) << junk;
    EXPECT_EQ(message.carried.sdp, "") << junk;
  }
}

TEST(DoctorText, AHashOfHexDigitsBecomesABinaryString) {
  auto const swarm = swarm_from_hex("00417fFF00417fff00417fff00417fff00417fff");
  ASSERT_TRUE(swarm);
  EXPECT_EQ(swarm->substr(0, 5), std::string("\0A\x7f\xc3\xbf", 5));
  EXPECT_EQ(swarm->size(), 25U);
  EXPECT_FALSE(swarm_from_hex("00"));
  EXPECT_FALSE(swarm_from_hex(std::string(40, 'g')));
}

TEST(DoctorText, IdsAreOfTwentyCharactersAndFresh) {
  EXPECT_EQ(fresh_swarm().size(), 20U);
  EXPECT_EQ(fresh_peer_id().size(), 20U);
  EXPECT_NE(fresh_swarm(), fresh_swarm());
  EXPECT_NE(fresh_peer_id(), fresh_peer_id());
}

TEST(DoctorText, ADescriptionHasTheSizeThatIsWanted) {
  for (std::size_t const bytes : {500U, 2'048U, 20'000U}) {
    EXPECT_EQ(some_sdp(bytes).size(), bytes);
    EXPECT_TRUE(some_sdp(bytes).starts_with("v=0\r\n"));
  }
}

}  // namespace
}  // namespace waggle::doctor
