// SPDX-License-Identifier: Apache-2.0
// The texts that clients read, beyond the golden ones (vectors_test.cpp).
#include "protocol/dialects.hpp"
#include "tests/unit/protocol/webtorrent/vectors.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace waggle::test {
namespace {

std::string encode(event const& what) {
  std::string out;
  make_webtorrent({})->encode(what, out);
  return out;
}

TEST(WebtorrentEncode, ReplyHasTheFieldsThatEveryClientNeeds) {
  auto reply = json::parse(encode(announce_reply{.counts = {.complete = 1, .incomplete = 2},
                                                 .interval = std::chrono::seconds{57}}));

  EXPECT_EQ(reply["action"], "announce");
  EXPECT_EQ(reply["info_hash"], std::string(20, '\0'));
  EXPECT_EQ(reply["interval"], 57);
  EXPECT_EQ(reply["complete"], 1);
  EXPECT_EQ(reply["incomplete"], 2);
  EXPECT_FALSE(reply.contains("warning message"));
}

TEST(WebtorrentEncode, WarningIsTextForHumans) {
  auto reply = json::parse(encode(announce_reply{.warning = "the \"swarm\" is full"}));
  EXPECT_EQ(reply["warning message"], "the \"swarm\" is full");
}

TEST(WebtorrentEncode, BodiesAndOfferIdsAreSplicedVerbatim) {
  auto const text =
      encode(incoming_offer{.offer_id = {R"("\ud800\/")"}, .body = {R"({ "sdp":"\u0041" })"}});
  EXPECT_NE(text.find(R"("offer":{ "sdp":"\u0041" },"offer_id":"\ud800\/",)"), std::string::npos);
}

TEST(WebtorrentEncode, OfferAndAnswerDifferInTheNameOfTheBody) {
  EXPECT_TRUE(json::parse(encode(incoming_offer{.offer_id = {R"("a")"}, .body = {"{}"}}))
                  .contains("offer"));
  EXPECT_TRUE(json::parse(encode(incoming_answer{.offer_id = {R"("a")"}, .body = {"{}"}}))
                  .contains("answer"));
}

TEST(WebtorrentEncode, FailureCarriesActionAndTheSwarmIfKnown) {
  auto named = json::parse(encode(failure{.swarm = swarm_id{}, .reason = "no"}));
  auto nameless = json::parse(encode(failure{.kind = request_kind::scrape, .reason = "no"}));

  EXPECT_EQ(named["action"], "announce");
  EXPECT_EQ(named["failure reason"], "no");
  EXPECT_EQ(named["info_hash"], std::string(20, '\0'));
  EXPECT_EQ(nameless["action"], "scrape");
  EXPECT_FALSE(nameless.contains("info_hash"));
}

TEST(WebtorrentEncode, ScrapeReplyNamesEachSwarmOnce) {
  std::vector<scrape_entry> entries;
  for (int round = 0; round < 3; ++round) {
    for (std::uint8_t id = 0; id < 100; ++id) {
      scrape_entry entry{.counts = {.complete = id, .incomplete = 1}};
      entry.swarm.value.fill(id);
      entries.push_back(entry);
    }
  }

  auto const text = encode(scrape_reply{.entries = entries});

  std::size_t keys = 0;
  for (auto at = text.find("incomplete"); at != std::string::npos;
       at = text.find("incomplete", at + 1)) {
    ++keys;
  }
  EXPECT_EQ(keys, 100U);
  auto reply = json::parse(text);
  EXPECT_EQ(reply["files"].size(), 100U);
  EXPECT_EQ(reply["files"][std::string(20, '\x07')]["complete"], 7);
  EXPECT_EQ(reply["files"][std::string(20, '\x07')]["downloaded"], 7);
}

TEST(WebtorrentEncode, ScrapeFailureKeepsTheShapeOfAReply) {
  auto reply = json::parse(encode(scrape_reply{.failure = "off"}));

  EXPECT_EQ(reply["action"], "scrape");
  EXPECT_EQ(reply["failure reason"], "off");
  EXPECT_TRUE(reply["files"].empty());
  EXPECT_EQ(reply["flags"]["min_request_interval"], 600);
}

TEST(WebtorrentEncode, AppendsToWhatIsThere) {
  std::string out = "before";
  make_webtorrent({})->encode(failure{.reason = "no"}, out);
  EXPECT_EQ(out, R"(before{"action":"announce","failure reason":"no"})");
}

}  // namespace
}  // namespace waggle::test
