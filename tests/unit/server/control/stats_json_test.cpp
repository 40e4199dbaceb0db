// SPDX-License-Identifier: Apache-2.0
// The shape of the JSON bodies.
#include "server/control/stats_json.hpp"

#include "server/metrics/families.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace waggle {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST(StatsJson, TotalsAreSumsAndCoresAreListed) {
  std::vector<core_snapshot> const cores = {
      {.core = 0, .connections = 1, .peers = 2, .seeders = 1, .swarms = 1},
      {.core = 1, .connections = 10, .peers = 20, .seeders = 10, .swarms = 5}};

  auto const stats =
      json::parse(stats_json(cores, {.uptime = 61s, .version = "9", .service = {.ready = 1}}));

  EXPECT_EQ(stats.at("peers"), 22);
  EXPECT_EQ(stats.at("seeders"), 11);
  EXPECT_EQ(stats.at("swarms"), 6);
  EXPECT_EQ(stats.at("connections"), 11);
  EXPECT_EQ(stats.at("uptime_seconds"), 61);
  EXPECT_EQ(stats.at("version"), "9");
  EXPECT_EQ(stats.at("service").at("ready"), 1);
  ASSERT_EQ(stats.at("cores").size(), 2U);
  EXPECT_EQ(stats.at("cores")[1].at("core"), 1);
  EXPECT_EQ(stats.at("cores")[1].at("peers"), 20);
}

TEST(StatsJson, CountersAreNumbersOrObjectsByLabel) {
  std::vector<core_snapshot> cores(2);
  cores[0].counters.add(counter::messages_received, 3);
  cores[1].counters.add(counter::messages_received, 4);
  cores[1].counters.add(counter::failures, label::failure::not_json, 5);

  auto const counters = json::parse(stats_json(cores, {})).at("counters");

  EXPECT_EQ(counters.at("waggle_messages_received_total"), 7);
  EXPECT_EQ(counters.at("waggle_failures_total").at("not_json"), 5);
  EXPECT_EQ(counters.at("waggle_failures_total").at("other"), 0);
  EXPECT_EQ(counters.size(), counter_families().size());
}

TEST(StatsJson, TextThatIsNoUtf8IsRepaired) {
  auto const stats = json::parse(stats_json({}, {.uptime = 0s, .version = "a\xff\"b"}));

  EXPECT_EQ(stats.at("version"), "a\xEF\xBF\xBD\"b");
}

TEST(SwarmFromHex, TakesFortyDigitsOfEitherCaseAndNothingElse) {
  auto const swarm = swarm_from_hex("000102030405060708090a0B0c0D0e0F10111213");

  ASSERT_TRUE(swarm.has_value());
  for (std::size_t i = 0; i < swarm_id::bytes; ++i) EXPECT_EQ(swarm->value[i], i);
  EXPECT_FALSE(swarm_from_hex(""));
  EXPECT_FALSE(swarm_from_hex("000102030405060708090a0B0c0D0e0F1011121"));
  EXPECT_FALSE(swarm_from_hex("000102030405060708090a0B0c0D0e0F101112130"));
  EXPECT_FALSE(swarm_from_hex("000102030405060708090a0B0c0D0e0F1011121:"));
  EXPECT_FALSE(swarm_from_hex(std::string(40, '\0')));
}

}  // namespace
}  // namespace waggle
