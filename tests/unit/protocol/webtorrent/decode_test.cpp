// SPDX-License-Identifier: Apache-2.0
// The decoding rules one by one, as docs/protocol/webtorrent.md names them. The golden messages
// (vectors_test.cpp) hold many more cases of each.
#include "protocol/dialects.hpp"
#include "tests/unit/protocol/webtorrent/vectors.hpp"

#include <gtest/gtest.h>

#include <string>

namespace waggle::test {
namespace {

constexpr std::string_view hash_hex = "6161616161616161616161616161616161616161";

/// An announce of a swarm and a peer with more fields: `,"left":0`.
std::string announce_with(std::string_view more) {
  return R"({"action":"announce","info_hash":"aaaaaaaaaaaaaaaaaaaa","peer_id":"bbbbbbbbbbbbbbbbbbbb")" +
         std::string{more} + "}";
}

/// What a fresh dialect makes of one message, in the form of a vector's `want`.
json decode(std::string_view text, webtorrent::limits const& limits = {}) {
  padded_message const message{text};
  return describe(make_webtorrent(limits)->decode(message.text()));
}

std::string offers_of(int count) {
  std::string offers = R"(,"offers":[)";
  for (int i = 0; i < count; ++i) {
    if (i != 0) offers += ',';
    offers += R"({"offer":{},"offer_id":"id)" + std::to_string(i) + R"("})";
  }
  return offers + "]";
}

TEST(WebtorrentDecode, FailureNamesTheSwarmWhereverItsFieldStands) {
  auto first = decode(R"({"action":"announce","info_hash":"aaaaaaaaaaaaaaaaaaaa","peer_id":5})");
  auto last = decode(
      R"({"peer_id":5,"offers":[{}],"action":"announce","info_hash":"aaaaaaaaaaaaaaaaaaaa"})");

  for (auto refused : {first, last}) {
    EXPECT_EQ(refused["error"], "bad_peer_id");
    EXPECT_EQ(refused["action"], "announce");
    EXPECT_EQ(refused["info_hash"], hash_hex);
  }
}

TEST(WebtorrentDecode, UnreadableMessageFailsAsAnAnnounceWithoutASwarm) {
  for (auto const& text :
       {std::string{}, announce_with(","), announce_with(R"(,"x":tru)"), announce_with("") + "x"}) {
    auto refused = decode(text);
    EXPECT_EQ(refused["error"], "not_json") << text;
    EXPECT_EQ(refused["action"], "announce");
    EXPECT_FALSE(refused.contains("info_hash"));
  }
}

TEST(WebtorrentDecode, MessageThatEndsOtherTrackersIsAFailureOrAnAnnounce) {
  EXPECT_EQ(decode(R"({"action":"scrape","info_hash":5})")["error"], "bad_info_hash");
  EXPECT_EQ(decode(R"({"action":"scrape","info_hash":5})")["action"], "scrape");
  EXPECT_EQ(decode("null")["error"], "not_an_object");
  EXPECT_EQ(decode(R"({"action":{}})")["error"], "bad_action");
  EXPECT_EQ(decode(announce_with(R"(,"offers":[null])"))["kind"], "announce");
  EXPECT_EQ(decode(announce_with(R"(,"x":)" + std::string(10'000, '[')))["error"], "too_deep");
}

TEST(WebtorrentDecode, ExplicitNullIsAbsentForEveryField) {
  auto plain = decode(announce_with(""));
  auto nulls = decode(announce_with(
      R"(,"event":null,"left":null,"numwant":null,"offers":null,"answer":null,"to_peer_id":null,"offer_id":null)"));

  EXPECT_EQ(plain["kind"], "announce");
  EXPECT_EQ(nulls, plain);
}

TEST(WebtorrentDecode, EventsThatMeanNothingSpecialAreUpdates) {
  for (auto const* const event : {"", "empty", "update", "paused"}) {
    auto said = decode(announce_with(R"(,"event":")" + std::string{event} + "\""));
    EXPECT_EQ(said["event"], "update") << event;
  }
  EXPECT_EQ(decode(announce_with(R"(,"event":"stopped")"))["event"], "stopped");
  EXPECT_EQ(decode(announce_with(R"(,"event":"finished")"))["error"], "bad_event");
  EXPECT_EQ(decode(announce_with(R"(,"event":0)"))["error"], "bad_event");
}

TEST(WebtorrentDecode, LeftIsUnknownUnlessANumberFromZeroOn) {
  EXPECT_EQ(decode(announce_with(R"(,"left":0)"))["left"], 0);
  EXPECT_EQ(decode(announce_with(R"(,"left":-0)"))["left"], 0);
  EXPECT_EQ(decode(announce_with(R"(,"left":0.1)"))["left"], 1);
  for (auto const* const unknown : {"null", "-1", "\"0\"", "true", "[]"}) {
    auto said = decode(announce_with(R"(,"left":)" + std::string{unknown}));
    EXPECT_EQ(said["kind"], "announce") << unknown;
    EXPECT_FALSE(said.contains("left")) << unknown;
  }
}

TEST(WebtorrentDecode, NumwantIsAbsentUnlessAWholeNumberFromZeroOn) {
  EXPECT_EQ(decode(announce_with(R"(,"numwant":0)"))["numwant"], 0);
  EXPECT_EQ(decode(announce_with(R"(,"numwant":5.0)"))["numwant"], 5);
  for (auto const* const absent : {"-1", "1.5", "\"5\"", "null", "1e999"}) {
    EXPECT_FALSE(decode(announce_with(R"(,"numwant":)" + std::string{absent})).contains("numwant"));
  }
}

TEST(WebtorrentDecode, NumwantDoesNotCutTheOffers) {
  EXPECT_EQ(decode(announce_with(R"(,"numwant":1)" + offers_of(3)))["offers"].size(), 3U);
}

TEST(WebtorrentDecode, BadOffersAreSkippedOneByOne) {
  auto said = decode(announce_with(
      R"(,"offers":[{"fake_offer":"x"},null,5,[[]],{"offer":{},"offer_id":"a"},{"offer":"sdp","offer_id":"b"},{"offer":{}},{"offer":{},"offer_id":""},{"offer":{},"offer_id":"c"}])"));

  ASSERT_EQ(said["offers"].size(), 2U);
  EXPECT_EQ(said["offers"][0]["offer_id"], R"("a")");
  EXPECT_EQ(said["offers"][1]["offer_id"], R"("c")");
}

TEST(WebtorrentDecode, OffersPastTheLimitAreDropped) {
  EXPECT_EQ(decode(announce_with(offers_of(25)))["offers"].size(), 20U);
  EXPECT_EQ(decode(announce_with(offers_of(25)), {.offers_max = 3})["offers"].size(), 3U);
  EXPECT_EQ(decode(announce_with(offers_of(25)), {.offers_max = 0})["offers"].size(), 0U);
}

TEST(WebtorrentDecode, GarbageInAnOfferNeverPassesEvenPastTheLimit) {
  auto const broken =
      R"(,"offers":[{"offer":{},"offer_id":"a"},{"offer":{"sdp":"\q"},"offer_id":"b"}])";

  EXPECT_EQ(decode(announce_with(broken))["error"], "not_json");
  EXPECT_EQ(decode(announce_with(broken), {.offers_max = 1})["error"], "not_json");
}

TEST(WebtorrentDecode, BodiesAreTakenByteForByte) {
  constexpr std::string_view body = R"({ "sdp" : "\u0041\/\ud800" ,"a":1e999, "a":[ ] })";

  auto offered = decode(announce_with(R"(,"offers":[{"offer" : )" + std::string{body} +
                                      R"( , "offer_id":"\u0069d"}])"));
  auto answered = decode(announce_with(R"(,"offer_id":"\u0069d","answer":)" + std::string{body}));

  EXPECT_EQ(offered["offers"][0]["body"], body);
  EXPECT_EQ(offered["offers"][0]["offer_id"], R"("\u0069d")");
  EXPECT_EQ(offered["offers"][0]["key"], to_hex("id"));
  EXPECT_EQ(answered["body"], body);
  EXPECT_EQ(answered["offer_id"], R"("\u0069d")");
  EXPECT_EQ(answered["key"], to_hex("id"));
}

TEST(WebtorrentDecode, OfferIdIsBoundedByItsDecodedLength) {
  auto const offered = [](std::string const& id, webtorrent::limits const& limits) {
    return decode(announce_with(R"(,"offers":[{"offer":{},"offer_id":")" + id + R"("}])"),
                  limits)["offers"]
        .size();
  };
  webtorrent::limits const four{.offer_id_bytes_max = 4};

  EXPECT_EQ(offered("abcd", four), 1U);
  EXPECT_EQ(offered("abcde", four), 0U);
  EXPECT_EQ(offered(R"(\u0061\u0062\u0063\u0064)", four), 1U);
  EXPECT_EQ(offered(R"(\u0061\u0062\u0063\u0064e)", four), 0U);
  EXPECT_EQ(offered(R"(\ud800x)", four), 1U);
}

TEST(WebtorrentDecode, EscapedOfferIdsDoNotDisturbEachOther) {
  std::string offers = R"(,"offers":[)";
  for (int i = 0; i < 20; ++i) {
    offers += (i == 0 ? "" : ",") + std::string{R"({"offer":{},"offer_id":"\u0078)"} +
              std::string(250, 'y') + std::to_string(i) + R"("})";
  }

  auto said = decode(announce_with(offers + "]"));

  ASSERT_EQ(said["offers"].size(), 20U);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(said["offers"][static_cast<std::size_t>(i)]["key"],
              to_hex("x" + std::string(250, 'y') + std::to_string(i)));
  }
}

TEST(WebtorrentDecode, IdsAreTwentyCharactersUpToU00FF) {
  auto const announced = [](std::string const& id) {
    return decode(R"({"action":"announce","peer_id":"bbbbbbbbbbbbbbbbbbbb","info_hash":")" + id +
                  "\"}");
  };
  std::string const nineteen(19, 'a');

  EXPECT_EQ(announced(nineteen + "\xc3\xbf")["info_hash"], to_hex(nineteen + "\xff"));
  EXPECT_EQ(announced(nineteen + "\\u00fF")["info_hash"], to_hex(nineteen + "\xff"));
  EXPECT_EQ(announced(nineteen + "\\n")["info_hash"], to_hex(nineteen + "\n"));
  for (auto const& bad : {nineteen, nineteen + "aa", nineteen + "\xc4\x80", nineteen + "\\u0100",
                          nineteen + "\\ud800", std::string(40, 'a')}) {
    EXPECT_EQ(announced(bad)["error"], "bad_info_hash") << bad;
  }
}

TEST(WebtorrentDecode, LastOfRepeatedFieldsStands) {
  auto said = decode(announce_with(
      R"(,"left":0,"offers":[{"offer":{},"offer_id":"a"}],"left":7,"offers":[],"\u006ceft":8)"));

  EXPECT_EQ(said["left"], 8);
  EXPECT_TRUE(said["offers"].empty());
}

TEST(WebtorrentDecode, AnswerNeedsNoAddresseeAndSurvivesWithoutOfferId) {
  auto unaddressed = decode(announce_with(R"(,"answer":{},"offer_id":"id","to_peer_id":null)"));
  auto nameless = decode(announce_with(R"(,"answer":{},"offer_id":5)"));

  EXPECT_EQ(unaddressed["kind"], "answer");
  EXPECT_FALSE(unaddressed.contains("to_peer_id"));
  EXPECT_EQ(nameless["kind"], "answer");
  EXPECT_EQ(nameless["offer_id"], "");
  EXPECT_EQ(nameless["key"], "");
}

TEST(WebtorrentDecode, AnswerWithABadAddresseeOrBodyIsRefused) {
  EXPECT_EQ(decode(announce_with(R"(,"answer":{},"to_peer_id":"x")"))["error"], "bad_to_peer_id");
  EXPECT_EQ(decode(announce_with(R"(,"answer":"sdp")"))["error"], "bad_answer");
  EXPECT_EQ(decode(announce_with(R"(,"answer":false)"))["info_hash"], hash_hex);
}

TEST(WebtorrentDecode, ScrapeTakesOneHashAListOrNone) {
  EXPECT_EQ(decode(R"({"action":"scrape","info_hash":"aaaaaaaaaaaaaaaaaaaa"})")["swarms"],
            json::array({hash_hex}));
  EXPECT_EQ(decode(R"({"action":"scrape","info_hash":["aaaaaaaaaaaaaaaaaaaa"]})")["swarms"],
            json::array({hash_hex}));
  EXPECT_EQ(decode(R"({"action":"scrape","info_hash":null})")["all"], true);
  EXPECT_EQ(decode(R"({"action":"scrape","info_hash":[]})")["all"], false);
}

TEST(WebtorrentDecode, ScrapeIsBoundedAndRefusesWrongItems) {
  auto const two =
      R"({"action":"scrape","info_hash":["aaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbb"]})";

  EXPECT_EQ(decode(two, {.scrape_hashes_max = 2})["swarms"].size(), 2U);
  auto refused = decode(two, {.scrape_hashes_max = 1});
  EXPECT_EQ(refused["error"], "too_many_hashes");
  EXPECT_EQ(refused["action"], "scrape");
  EXPECT_EQ(decode(R"({"action":"scrape","info_hash":["aaaaaaaaaaaaaaaaaaaa",null]})")["error"],
            "bad_info_hash");
}

TEST(WebtorrentDecode, DepthLimitIsTheConfiguredOne) {
  auto const three = announce_with(R"(,"x":[[1]])");
  EXPECT_EQ(decode(three, {.json_depth_max = 3})["kind"], "announce");
  EXPECT_EQ(decode(three, {.json_depth_max = 2})["error"], "too_deep");
}

TEST(WebtorrentDecode, OneMessageLeavesNothingForTheNext) {
  auto const dialect = make_webtorrent({});
  padded_message const full{announce_with(
      R"(,"left":0,"numwant":3,"event":"stopped","offers":[{"offer":{},"offer_id":"\u0061"}])")};
  padded_message const plain{announce_with("")};
  padded_message const answer{
      announce_with(R"(,"answer":{},"offer_id":"a","to_peer_id":"bbbbbbbbbbbbbbbbbbbb")")};
  padded_message const bare{announce_with(R"(,"answer":{})")};
  padded_message const broken{announce_with("") + "x"};

  static_cast<void>(dialect->decode(full.text()));
  EXPECT_EQ(describe(dialect->decode(plain.text())), decode(plain.text()));
  static_cast<void>(dialect->decode(answer.text()));
  EXPECT_EQ(describe(dialect->decode(bare.text())), decode(bare.text()));
  EXPECT_FALSE(describe(dialect->decode(broken.text())).contains("info_hash"));
}

}  // namespace
}  // namespace waggle::test
