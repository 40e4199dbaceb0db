// SPDX-License-Identifier: Apache-2.0
// Scrapes: asked of several cores, gathered into one reply.
#include "tests/unit/server/session/talking_client.hpp"

namespace waggle::test {
namespace {

std::string scrape_text(std::vector<int> const& numbers) {
  auto hashes = json::array();
  for (auto const number : numbers) hashes.push_back(swarm_text(number));
  return json{{"action", "scrape"}, {"info_hash", hashes}}.dump();
}

/// What the shard of one core answers to a scrape: as many seeders as the swarm's last digit says.
std::vector<scrape_entry> counts_for(std::vector<swarm_id> const& swarms) {
  std::vector<scrape_entry> entries;
  for (auto const& which : swarms) {
    auto const number = static_cast<std::uint32_t>(which.value[19] - '0');
    entries.push_back({which, {.complete = number, .incomplete = 1}, /*downloaded=*/100 + number});
  }
  return entries;
}

std::vector<json> answer(talking_client& client,
                         std::pair<scrape_message, sent_message> const& to) {
  auto const entries = counts_for(to.second.swarms);
  return client.shard_says(scrape_result{.request = to.first.request, .entries = entries});
}

TEST(TrackerScrape, GathersTheAnswersOfSeveralCoresInOneReply) {
  talking_client client{{}, /*cores=*/4};
  EXPECT_TRUE(client.says(scrape_text({1, 2, 3, 4, 5, 6, 7, 8, 9})).empty());

  auto asked = client.sent<scrape_message>();
  ASSERT_GT(asked.size(), 1U);
  for (auto const& [what, kept] : asked) {
    EXPECT_FALSE(what.all);
    EXPECT_EQ(what.from, client.self);
    for (auto const& each : kept.swarms) EXPECT_EQ(client.scope.where.core_of(each), kept.core);
  }
  std::ranges::reverse(asked);  // cores answer in any order
  for (std::size_t i = 0; i + 1 < asked.size(); ++i) EXPECT_TRUE(answer(client, asked[i]).empty());
  auto const heard = answer(client, asked.back());

  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].at("action"), "scrape");
  ASSERT_EQ(heard[0].at("files").size(), 9U);
  for (int i = 1; i <= 9; ++i) {
    EXPECT_EQ(heard[0].at("files").at(swarm_text(i)).at("complete"), i);
    EXPECT_EQ(heard[0].at("files").at(swarm_text(i)).at("incomplete"), 1);
    EXPECT_EQ(heard[0].at("files").at(swarm_text(i)).at("downloaded"), 100 + i);
  }
  EXPECT_EQ(client.scope.counts.scrapes, 1U);
}

TEST(TrackerScrape, CountsASwarmThatWasNamedTwice) {
  talking_client client;
  client.says(scrape_text({3, 1, 3, 2, 1}));

  auto const heard = answer(client, client.sent<scrape_message>().at(0));

  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].at("files").size(), 3U);
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(heard[0]["files"][swarm_text(i)]["complete"], i);
}

TEST(TrackerScrape, TellsSeveralRepliesApart) {
  talking_client client;
  client.says(scrape_text({1}));
  client.says(scrape_text({2}));

  auto const asked = client.sent<scrape_message>();
  ASSERT_EQ(asked.size(), 2U);
  auto const second = answer(client, asked[1]);
  auto const first = answer(client, asked[0]);

  EXPECT_TRUE(second.at(0)["files"].contains(swarm_text(2)));
  EXPECT_TRUE(first.at(0)["files"].contains(swarm_text(1)));
  EXPECT_TRUE(answer(client, asked[0]).empty()) << "a result that nobody waits for";
}

TEST(TrackerScrape, BoundsWhatIsInFlight) {
  talking_client client{{.scrapes_max = 2}};
  client.says(scrape_text({1}));
  client.says(scrape_text({2}));

  auto const refused = client.says(scrape_text({3}));

  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].at("action"), "scrape");
  EXPECT_EQ(refused[0].at("failure reason"), reason(errc::too_many_scrapes));
  auto const asked = client.sent<scrape_message>();
  ASSERT_EQ(asked.size(), 2U);
  answer(client, asked[0]);
  EXPECT_TRUE(client.says(scrape_text({4})).empty()) << "there is room again";
}

TEST(TrackerScrape, OfAllSwarmsIsAnsweredWithAnEmptyListWhereItIsOff) {
  talking_client client;

  auto const heard = client.says(R"({"action":"scrape"})");

  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].at("failure reason"), reason(errc::scrape_all_off));
  EXPECT_EQ(heard[0].at("files"), json::object());
  EXPECT_TRUE(client.shards.all.empty());
  EXPECT_EQ(client.scope.counts.failures.at(static_cast<std::size_t>(errc::scrape_all_off)), 1U);
}

TEST(TrackerScrape, OfAllSwarmsAsksEveryCore) {
  talking_client client{{.scrape_all = true}, /*cores=*/3};
  client.says(R"({"action":"scrape"})");

  auto const asked = client.sent<scrape_message>();
  ASSERT_EQ(asked.size(), 3U);
  std::vector<json> heard;
  for (int core = 0; core < 3; ++core) {
    auto const at = static_cast<std::size_t>(core);
    EXPECT_EQ(asked[at].second.core, core);
    EXPECT_TRUE(asked[at].first.all);
    auto const entries = counts_for({swarm(core + 1)});
    heard =
        client.shard_says(scrape_result{.request = asked[at].first.request, .entries = entries});
    EXPECT_EQ(heard.size(), core == 2 ? 1U : 0U);
  }
  EXPECT_EQ(heard.at(0)["files"].size(), 3U);
}

TEST(TrackerScrape, OfNothingIsAnsweredAtOnce) {
  talking_client client;

  auto const heard = client.says(R"({"action":"scrape","info_hash":[]})");

  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].at("files"), json::object());
}

TEST(TrackerScrape, SaysNothingOfSwarmsThatAreNotServed) {
  talking_client client{{}, 1, {.access = access_policy{access_mode::deny, {hash(2), hash(4)}}}};
  client.says(scrape_text({1, 2, 3, 2}));

  auto const asked = client.sent<scrape_message>();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].second.swarms, std::vector({swarm(1), swarm(3)}));
  auto const heard = answer(client, asked[0]);

  EXPECT_EQ(heard.at(0)["files"][swarm_text(1)]["complete"], 1);
  EXPECT_EQ(heard.at(0)["files"][swarm_text(2)]["complete"], 0);
  EXPECT_EQ(heard.at(0)["files"][swarm_text(3)]["complete"], 3);
  auto const at_once = client.says(scrape_text({2, 4}));
  ASSERT_EQ(at_once.size(), 1U);
  EXPECT_EQ(at_once[0]["files"].size(), 2U);
}

TEST(TrackerScrape, AResultAfterNoScrapeIsIgnored) {
  talking_client client;

  EXPECT_TRUE(client.shard_says(scrape_result{.request = 1}).empty());
}

}  // namespace
}  // namespace waggle::test
