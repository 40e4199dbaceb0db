// SPDX-License-Identifier: Apache-2.0
// The text of /metrics, read back line by line.
#include "server/metrics/exposition.hpp"

#include "server/metrics/families.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <sstream>
#include <string>

namespace waggle {
namespace {

struct parsed {
  std::map<std::string, double> samples;  // "name{label="value"}" -> value
  std::map<std::string, std::string> types;
  std::map<std::string, std::string> helps;
};

parsed parse(std::string const& text) {
  parsed result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# ")) {
      std::istringstream words(line.substr(2));
      std::string keyword, name, rest;
      words >> keyword >> name >> std::ws;
      std::getline(words, rest);
      EXPECT_TRUE(keyword == "HELP" || keyword == "TYPE") << line;
      (keyword == "TYPE" ? result.types : result.helps)[name] = rest;
      continue;
    }
    auto const space = line.rfind(' ');
    char* end = nullptr;
    double const value = std::strtod(line.c_str() + space + 1, &end);
    EXPECT_TRUE(space != std::string::npos && *end == '\0') << "unreadable line: " << line;
    EXPECT_TRUE(result.samples.emplace(line.substr(0, space), value).second) << line;
  }
  return result;
}

exposition::input two_cores() {
  core_snapshot first{.core = 0, .connections = 3, .peers = 4, .swarms = 1};
  first.counters.add(counter::mailbox_relays_crossed, 10);
  first.counters.add(counter::connections_closed, label::closed::dead, 2);
  core_snapshot second{.core = 1, .connections = 5, .peers = 6, .swarms = 2};
  second.counters.add(counter::mailbox_relays_crossed, 7);
  second.counters.add(counter::connections_closed, label::closed::dead, 3);
  return {.cores = {first, second},
          .service = {.ready = 1},
          .process = {.process_start_time_seconds = 1.7e9, .process_open_fds = 12},
          .version = "1.2.3"};
}

TEST(Exposition, CountersAreSummedOverCores) {
  auto const read = parse(exposition(two_cores()).text());

  EXPECT_EQ(read.samples.at("waggle_mailbox_relays_crossed_total"), 17);
  EXPECT_EQ(read.samples.at("waggle_connections_closed_total{reason=\"dead\"}"), 5);
  EXPECT_EQ(read.types.at("waggle_connections_closed_total"), "counter");
}

TEST(Exposition, EveryValueOfALabelIsPresentFromTheStart) {
  auto const read = parse(exposition({.cores = {core_snapshot{}}, .version = "0"}).text());

  for (auto const& row : counter_families()) {
    for (auto const value : row.values) {
      auto name = std::string(row.name);
      if (!row.label.empty()) {
        name.append("{").append(row.label).append("=\"").append(value).append("\"}");
      }
      ASSERT_TRUE(read.samples.contains(name)) << name;
      EXPECT_EQ(read.samples.at(name), 0) << name;
    }
  }
}

TEST(Exposition, ConnectionsAreSplitByCoreAndOtherGaugesSummed) {
  auto const read = parse(exposition(two_cores()).text());

  EXPECT_EQ(read.samples.at("waggle_connections{core=\"0\"}"), 3);
  EXPECT_EQ(read.samples.at("waggle_connections{core=\"1\"}"), 5);
  EXPECT_EQ(read.samples.at("waggle_peers"), 10);
  EXPECT_EQ(read.samples.at("waggle_swarms"), 3);
  EXPECT_EQ(read.types.at("waggle_peers"), "gauge");
}

TEST(Exposition, VersionAndProcessAreThere) {
  auto const read = parse(exposition(two_cores()).text());

  EXPECT_EQ(read.samples.at("waggle_build_info{version=\"1.2.3\"}"), 1);
  EXPECT_EQ(read.samples.at("process_start_time_seconds"), 1.7e9);
  EXPECT_EQ(read.samples.at("process_open_fds"), 12);
  EXPECT_EQ(read.samples.at("waggle_ready"), 1);
  EXPECT_EQ(read.types.at("process_cpu_seconds_total"), "counter");
}

TEST(Exposition, EveryFamilyHasHelpAndType) {
  auto const made = exposition(two_cores());
  auto const read = parse(made.text());

  for (auto const& family : made.Collect()) {
    EXPECT_EQ(read.helps.at(family.name), family.help);
    EXPECT_TRUE(read.types.contains(family.name)) << family.name;
  }
}

TEST(Exposition, LargeCountersKeepTheirLastDigit) {
  core_snapshot busy;
  busy.counters.add(counter::bytes_sent, 123'456'789'012'345);

  auto const text = exposition({.cores = {busy}, .version = "0"}).text();

  EXPECT_NE(text.find("waggle_bytes_sent_total 123456789012345\n"), std::string::npos) << text;
}

TEST(ProcessFacts, DescribeThisProcess) {
  auto const facts = read_process_facts();

  EXPECT_GT(facts.process_start_time_seconds, 1.5e9);
  EXPECT_GT(facts.process_resident_memory_bytes, 1e6);
  EXPECT_GE(facts.process_open_fds, 3);
  EXPECT_LT(facts.process_open_fds, 1000);
  EXPECT_GE(facts.process_max_fds, facts.process_open_fds);
  EXPECT_GE(facts.process_cpu_seconds_total, 0);
}

}  // namespace
}  // namespace waggle
