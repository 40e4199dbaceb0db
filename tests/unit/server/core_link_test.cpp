// SPDX-License-Identifier: Apache-2.0
// The way to another core: what goes, waits or is shed while that core does not read its mail, and
// in what portions it goes on.
#include "server/core_link.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace waggle {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t bytes_max = 100 * sizeof(letter);
constexpr std::size_t low = bytes_max / 2;
constexpr swarm_id home{{1}};
constexpr session_ref receiver{.slot = 3, .generation = 4, .core = 1};

announce_message join(std::uint32_t number) {
  announce_message message;
  message.from = {.slot = number, .generation = 1};
  message.swarm = home;
  message.peer.value[0] = static_cast<std::uint8_t>(number);
  message.known = false;
  message.interval = 60s;
  return message;
}
leave_message leave(std::uint32_t number) {
  auto const joined = join(number);
  return {joined.from, joined.swarm, joined.peer};
}
peer_id peer(std::uint8_t number) {
  return {{number}};
}

class CoreLink : public testing::Test {
 protected:
  bool send(shard_message const& what) { return link.send(what, counters); }
  void deliver(session_message const& what) { link.deliver(receiver, what, counters); }
  /// Posts what there is, and is told that the other core has this much unread.
  std::size_t post(std::size_t waiting_bytes) {
    auto const mail = link.take_mail();
    link.posted(waiting_bytes);
    return mail ? mail->letters().size() : 0;
  }
  void congest() {
    static_cast<void>(send(join(0)));
    post(bytes_max + 1);
    ASSERT_TRUE(link.closed());
  }
  [[nodiscard]] std::uint64_t shed(label::request what) const {
    return counters.value(counter::requests_shed, what);
  }
  [[nodiscard]] std::uint64_t relays_shed() const {
    return counters.value(counter::deliveries_shed, label::shed::mailbox_full);
  }

  core_link link{{.relay_bytes_max = bytes_max}, {.first = 1, .second = 2}, /*senders=*/1};
  core_counters counters;
};

TEST_F(CoreLink, IsOpenUntilTheOtherCoreHasTooMuchUnread) {
  EXPECT_FALSE(link.has_mail());
  EXPECT_TRUE(send(join(1)));
  EXPECT_TRUE(link.has_mail());
  EXPECT_EQ(post(bytes_max), 1U);
  EXPECT_FALSE(link.closed());
  EXPECT_TRUE(send(join(2)));
  post(bytes_max + 1);

  EXPECT_TRUE(link.closed());
  EXPECT_FALSE(send(join(3)));
  EXPECT_FALSE(link.has_mail());
  EXPECT_EQ(link.pending(), 1U);
}

TEST_F(CoreLink, OpensWhenLittleIsUnreadThereAndNothingWaitsHere) {
  congest();

  link.look(low + 1);
  EXPECT_TRUE(link.closed());
  link.look(low);
  EXPECT_FALSE(link.closed());
}

TEST_F(CoreLink, WhatWaitsGoesOnInOrderBeforeAnythingNew) {
  congest();
  for (std::uint32_t number = 1; number <= 5; ++number) EXPECT_FALSE(send(join(number)));

  link.look(0);

  EXPECT_FALSE(link.closed());
  EXPECT_TRUE(send(join(6)));
  auto const mail = link.take_mail();
  ASSERT_EQ(mail->letters().size(), 6U);
  for (std::uint32_t at = 0; at < 6; ++at) {
    auto const& message = std::get<shard_message>(mail->letters()[at]);
    EXPECT_EQ(std::get<announce_message>(message).from.slot, at + 1);
  }
}

TEST_F(CoreLink, WhatWaitsGoesOnInSlicesAndTheLinkStaysClosedMeanwhile) {
  congest();
  for (std::uint32_t number = 1; number <= 120; ++number) {
    EXPECT_FALSE(send(join(number)));
    deliver(probe_message{home, peer(static_cast<std::uint8_t>(number))});
  }
  ASSERT_EQ(link.pending(), 240U);

  std::size_t posted = 0;
  while (link.closed()) {
    link.look(low + 1);
    EXPECT_FALSE(link.has_mail()) << "the other core has read nothing yet";
    link.look(0);
    EXPECT_EQ(send(join(0)), !link.closed());
    auto const slice = post(0);
    EXPECT_LE(slice, 52U) << "half of the bound, and a state is up to three letters";
    EXPECT_GT(slice, 0U);
    posted += slice;
    ASSERT_LE(posted, 300U);
  }
  EXPECT_GE(posted, 240U);
  EXPECT_EQ(link.pending(), 0U);
}

TEST_F(CoreLink, ManySendersShareTheBound) {
  core_link shared{{.relay_bytes_max = bytes_max}, {}, /*senders=*/10};
  shared.posted(bytes_max + 1);
  for (std::uint32_t number = 0; number < 50; ++number) {
    EXPECT_FALSE(shared.send(join(number), counters));
  }

  shared.look(0);

  EXPECT_LE(shared.take_mail()->letters().size(), 5U);
}

TEST_F(CoreLink, ClosesWithinATurnThatFillsItOnItsOwn) {
  std::uint32_t sent = 0;
  while (sent < 1000 && send(join(sent))) ++sent;

  EXPECT_GE(sent, 100U);
  EXPECT_LE(sent, 101U);
  EXPECT_TRUE(link.closed());
}

TEST_F(CoreLink, ShedsRelaysAndCountsThem) {
  congest();
  std::vector<tagged_offer> const offers(3);
  auto announce = join(1);
  announce.offers = offers;

  EXPECT_FALSE(send(announce));
  EXPECT_FALSE(send(answer_message{}));
  deliver(offer_delivery{});
  deliver(answer_delivery{});

  EXPECT_EQ(relays_shed(), 6U);
  EXPECT_EQ(link.pending(), 1U) << "the join itself waits";
  EXPECT_FALSE(link.has_mail());
}

TEST_F(CoreLink, JoinsAndLeavesAreMergedAndCounted) {
  congest();
  auto known = join(1);
  known.known = true;

  EXPECT_FALSE(send(join(1)));
  EXPECT_FALSE(send(known));
  EXPECT_FALSE(send(join(2)));
  EXPECT_FALSE(send(leave(2)));

  EXPECT_EQ(link.pending(), 1U);
  EXPECT_GT(link.pending_bytes(), 0U);
  EXPECT_EQ(counters.value(counter::mailbox_coalesced), 2U);
  EXPECT_EQ(shed(label::request::announce), 0U);
}

TEST_F(CoreLink, ShedsWhatMakesNoMembershipAndScrapesAndCountsThem) {
  congest();
  auto unremembered = join(1);
  unremembered.remember = false;

  EXPECT_FALSE(send(unremembered));
  EXPECT_FALSE(send(scrape_message{}));

  EXPECT_EQ(shed(label::request::announce), 1U);
  EXPECT_EQ(shed(label::request::scrape), 1U);
  EXPECT_EQ(link.pending(), 0U);
  EXPECT_FALSE(link.has_mail());
}

TEST_F(CoreLink, RepliesAndEmptyScrapeResultsGoOn) {
  congest();
  std::vector<scrape_entry> const entries(1000);

  deliver(reply_message{.swarm = home, .counts = {.complete = 1}});
  deliver(scrape_result{.request = 7, .entries = entries});

  auto const mail = link.take_mail();
  ASSERT_EQ(mail->letters().size(), 2U);
  EXPECT_LE(mail->bytes(), 2 * sizeof(letter));
  auto const& result = std::get<delivery>(mail->letters()[1]);
  EXPECT_EQ(result.to, receiver);
  EXPECT_EQ(std::get<scrape_result>(result.what).request, 7U);
  EXPECT_TRUE(std::get<scrape_result>(result.what).entries.empty());
  EXPECT_EQ(shed(label::request::scrape), 1U);
}

TEST_F(CoreLink, ProbesAndExpiriesWaitOncePerMembership) {
  congest();
  for (int again = 0; again < 100; ++again) {
    deliver(probe_message{home, peer(1)});
    deliver(expiry_message{home, peer(2)});
  }
  EXPECT_FALSE(link.has_mail());
  EXPECT_EQ(link.pending(), 2U);
  EXPECT_EQ(counters.value(counter::mailbox_coalesced), 198U);

  link.look(0);

  auto const mail = link.take_mail();
  ASSERT_EQ(mail->letters().size(), 2U);
  EXPECT_EQ(std::get<probe_message>(std::get<delivery>(mail->letters()[0]).what).peer, peer(1));
  EXPECT_EQ(std::get<expiry_message>(std::get<delivery>(mail->letters()[1]).what).peer, peer(2));
  EXPECT_EQ(std::get<delivery>(mail->letters()[1]).to, receiver);
}

}  // namespace
}  // namespace waggle
