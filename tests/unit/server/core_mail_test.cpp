// SPDX-License-Identifier: Apache-2.0
// Mail to another core: everything a message shows is copied, relays stay behind when told to.
#include "server/core_mail.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace waggle {
namespace {

constexpr session_ref from{.slot = 1, .generation = 2, .core = 3};
constexpr session_ref to{.slot = 4, .generation = 5, .core = 6};
constexpr swarm_id movie{{1, 2, 3}};
constexpr peer_id leecher{{4, 5, 6}};
constexpr peer_id seeder{{7, 8, 9}};

/// Bytes that are overwritten when the object goes, so that a view into them is seen.
class fleeting {
 public:
  explicit fleeting(std::string text) : text_(std::make_unique<std::string>(std::move(text))) {}
  ~fleeting() { text_->assign(text_->size(), '#'); }
  fleeting(fleeting const&) = delete;
  fleeting& operator=(fleeting const&) = delete;
  [[nodiscard]] payload view() const { return {*text_}; }

 private:
  std::unique_ptr<std::string> text_;
};

template <class Message>
Message const& shard_letter(mail_batch const& batch, std::size_t at = 0) {
  return std::get<Message>(std::get<shard_message>(batch.letters()[at]));
}

void add_announce(mail_batch& batch, bool relays) {
  fleeting const id{"\"an offer id that is long enough\""};
  fleeting const body{R"({"sdp":"long enough to live on the heap"})"};
  std::vector<tagged_offer> offers{{.tag = 1, .offer_id = id.view(), .body = body.view()},
                                   {.tag = 2, .offer_id = id.view(), .body = body.view()}};
  batch.add(announce_message{.from = from,
                             .swarm = movie,
                             .peer = leecher,
                             .event = announce_event::started,
                             .state = completeness::complete,
                             .remember = true,
                             .passive = false,
                             .interval = std::chrono::seconds{55},
                             .offers = offers},
            relays);
  offers.assign(2, {});
}

TEST(CoreMail, KeepsTheOffersOfAnAnnounce) {
  mail_batch batch;

  add_announce(batch, /*relays=*/true);

  auto const& kept = shard_letter<announce_message>(batch);
  EXPECT_EQ(kept.from, from);
  EXPECT_EQ(kept.swarm, movie);
  EXPECT_EQ(kept.peer, leecher);
  EXPECT_EQ(kept.event, announce_event::started);
  EXPECT_EQ(kept.state, completeness::complete);
  EXPECT_EQ(kept.interval, std::chrono::seconds{55});
  ASSERT_EQ(kept.offers.size(), 2U);
  for (auto const& made : kept.offers) {
    EXPECT_EQ(made.offer_id.json, "\"an offer id that is long enough\"");
    EXPECT_EQ(made.body.json, R"({"sdp":"long enough to live on the heap"})");
  }
  EXPECT_EQ(kept.offers[0].tag, 1U);
  EXPECT_EQ(kept.offers[1].tag, 2U);
  EXPECT_EQ(batch.relays(), 2U);
}

TEST(CoreMail, AnAnnounceWithoutItsRelaysStillJoins) {
  mail_batch batch;

  add_announce(batch, /*relays=*/false);

  auto const& kept = shard_letter<announce_message>(batch);
  EXPECT_EQ(kept.peer, leecher);
  EXPECT_FALSE(kept.passive) << "it has offers, they only stayed behind";
  EXPECT_TRUE(kept.offers.empty());
  EXPECT_EQ(batch.relays(), 0U);
}

TEST(CoreMail, KeepsOrShedsAnAnswer) {
  for (bool const relays : {true, false}) {
    mail_batch batch;
    {
      fleeting const id{"\"an offer id that is long enough\""};
      fleeting const body{R"({"sdp":"long enough to live on the heap"})"};
      batch.add(answer_message{.from = from,
                               .swarm = movie,
                               .peer = seeder,
                               .to = leecher,
                               .tag = 9,
                               .offer_id = id.view(),
                               .body = body.view()},
                relays);
    }

    EXPECT_EQ(batch.empty(), !relays);
    EXPECT_EQ(batch.relays(), relays ? 1U : 0U);
    if (!relays) continue;
    auto const& kept = shard_letter<answer_message>(batch);
    EXPECT_EQ(kept.to, leecher);
    EXPECT_EQ(kept.tag, 9U);
    EXPECT_EQ(kept.offer_id.json, "\"an offer id that is long enough\"");
    EXPECT_EQ(kept.body.json, R"({"sdp":"long enough to live on the heap"})");
  }
}

TEST(CoreMail, NeverShedsWhatMustNotBeLost) {
  mail_batch batch;
  {
    std::vector<swarm_id> swarms{movie, {{9}}};
    batch.add(leave_message{from, movie, leecher}, /*relays=*/false);
    batch.add(alive_message{from, movie, seeder}, /*relays=*/false);
    batch.add(scrape_message{.from = from, .request = 8, .all = true, .swarms = swarms},
              /*relays=*/false);
    swarms.assign(2, {});
  }

  ASSERT_EQ(batch.letters().size(), 3U);
  EXPECT_EQ(shard_letter<leave_message>(batch, 0).peer, leecher);
  EXPECT_EQ(shard_letter<alive_message>(batch, 1).peer, seeder);
  auto const& scrape = shard_letter<scrape_message>(batch, 2);
  EXPECT_EQ(scrape.request, 8U);
  EXPECT_TRUE(scrape.all);
  ASSERT_EQ(scrape.swarms.size(), 2U);
  EXPECT_EQ(scrape.swarms[0], movie);
  EXPECT_EQ(scrape.swarms[1], swarm_id{{9}});
  EXPECT_EQ(batch.relays(), 0U);
}

TEST(CoreMail, KeepsWhatIsDeliveredToASession) {
  mail_batch batch;
  {
    fleeting const id{"\"an offer id that is long enough\""};
    fleeting const body{R"({"sdp":"long enough to live on the heap"})"};
    std::vector<scrape_entry> entries{{movie, {.complete = 5}}};
    batch.add(to, offer_delivery{movie, seeder, leecher, 7, id.view(), body.view()});
    batch.add(to, answer_delivery{movie, seeder, 7, id.view(), body.view()});
    batch.add(to, scrape_result{.request = 3, .entries = entries});
    batch.add(to, reply_message{movie, {.complete = 1, .incomplete = 2}});
    entries.assign(1, {});
  }

  ASSERT_EQ(batch.letters().size(), 4U);
  for (auto const& one : batch.letters()) EXPECT_EQ(std::get<delivery>(one).to, to);
  auto const what = [&](std::size_t at) { return std::get<delivery>(batch.letters()[at]).what; };
  auto const offer = std::get<offer_delivery>(what(0));
  EXPECT_EQ(offer.offer_id.json, "\"an offer id that is long enough\"");
  EXPECT_EQ(offer.body.json, R"({"sdp":"long enough to live on the heap"})");
  EXPECT_EQ(offer.from, seeder);
  auto const answer = std::get<answer_delivery>(what(1));
  EXPECT_EQ(answer.offer_id.json, "\"an offer id that is long enough\"");
  EXPECT_EQ(answer.body.json, R"({"sdp":"long enough to live on the heap"})");
  auto const result = std::get<scrape_result>(what(2));
  ASSERT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.entries[0].swarm, movie);
  EXPECT_EQ(result.entries[0].counts.complete, 5U);
  EXPECT_EQ(std::get<reply_message>(what(3)).counts.incomplete, 2U);
  EXPECT_EQ(batch.relays(), 2U);
}

TEST(CoreMail, KeepsTheOrderAndCountsItsBytes) {
  mail_batch batch;
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.bytes(), 0U);

  std::string const body(5000, 'b');
  batch.add(to, offer_delivery{movie, seeder, leecher, 7, {"\"id\""}, {body}});
  batch.add(leave_message{from, movie, leecher}, /*relays=*/true);

  EXPECT_TRUE(std::holds_alternative<delivery>(batch.letters()[0]));
  EXPECT_TRUE(std::holds_alternative<shard_message>(batch.letters()[1]));
  EXPECT_GE(batch.bytes(), 5000U + 2 * sizeof(letter));
  EXPECT_LT(batch.bytes(), 5000U + 2 * sizeof(letter) + 100);
}

TEST(CoreMail, KnowsWhatMayBeShed) {
  std::vector<tagged_offer> const offers(3);

  EXPECT_EQ(relays_in(shard_message{announce_message{.offers = offers}}), 3U);
  EXPECT_EQ(relays_in(shard_message{answer_message{}}), 1U);
  EXPECT_EQ(relays_in(shard_message{leave_message{}}), 0U);
  EXPECT_EQ(relays_in(shard_message{alive_message{}}), 0U);
  EXPECT_EQ(relays_in(shard_message{scrape_message{}}), 0U);
  EXPECT_EQ(relays_in(session_message{offer_delivery{}}), 1U);
  EXPECT_EQ(relays_in(session_message{answer_delivery{}}), 1U);
  EXPECT_EQ(relays_in(session_message{reply_message{}}), 0U);
  EXPECT_EQ(relays_in(session_message{expiry_message{}}), 0U);
}

}  // namespace
}  // namespace waggle
