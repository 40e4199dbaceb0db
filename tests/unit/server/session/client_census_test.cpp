// SPDX-License-Identifier: Apache-2.0
#include "server/session/client_census.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace waggle {
namespace {

client_key key_of(std::string const& prefix) {
  auto const text = prefix + std::string(20 - prefix.size(), 'x');
  peer_id peer;
  std::copy_n(text.begin(), peer.value.size(), peer.value.begin());
  return client_key{peer};
}

session_facts facts_of(std::uint16_t core, std::uint32_t slot,
                       std::string const& prefix = "-WW0201-",
                       std::string const& browser = "Chrome/131") {
  session_facts facts;
  facts.at = {.slot = slot, .generation = 1, .core = core};
  facts.client = key_of(prefix);
  facts.browser = browser_name{browser};
  facts.dialect = "webtorrent";
  return facts;
}

TEST(ClientCensus, PagesGoThroughAllConnectionsCoreByCore) {
  client_census census;
  census.add({facts_of(1, 0), facts_of(1, 1)});
  census.add({facts_of(0, 0), facts_of(0, 1), facts_of(0, 2)});
  census.add({});
  census.add({facts_of(1, 2)});
  census.finish();

  std::vector<std::string> seen;
  for (std::size_t offset = 0; offset < 8; offset += 4) {
    for (auto const& row : census.list(offset, 4)) {
      seen.push_back(std::to_string(row.at.core) + '-' + std::to_string(row.at.slot));
    }
  }

  EXPECT_EQ(seen, (std::vector<std::string>{"0-0", "0-1", "0-2", "1-0", "1-1", "1-2"}));
  EXPECT_EQ(census.connections(), 6U);
  EXPECT_TRUE(census.list(6, 4).empty());
}

TEST(ClientCensus, GroupsByLibraryBrowserAndDialectTheLargestFirst) {
  client_census census;
  census.add({facts_of(0, 0), facts_of(0, 1, "-PM0203-"), facts_of(0, 2, "-PM0203-"),
              facts_of(0, 3, "-PM0203-", "Firefox/128")});
  census.finish();

  auto const groups = census.groups();
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].connections, 2U);
  EXPECT_EQ(groups[0].kind.client.name().library, "p2p-media-loader");
  EXPECT_EQ(groups[0].kind.browser.text(), "Chrome 131");
  EXPECT_EQ(groups[1].connections, 1U);
  EXPECT_EQ(census.others(), 0U);
}

TEST(ClientCensus, RestartedKnowsNothingOfBefore) {
  client_census census{{.rows_max = 2, .groups_max = 1}};
  census.add({facts_of(0, 0), facts_of(0, 1, "-PM0203-"), facts_of(0, 2)});
  census.finish();
  EXPECT_EQ(census.others(), 1U);

  census.restart();
  census.add({facts_of(1, 7, "-PM0203-")});
  census.finish();

  EXPECT_EQ(census.connections(), 1U);
  EXPECT_EQ(census.others(), 0U);
  ASSERT_EQ(census.groups().size(), 1U);
  EXPECT_EQ(census.groups()[0].connections, 1U);
  auto const all = census.list(0, 10);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at.slot, 7U);
}

TEST(ClientCensus, OverItsBoundsEverybodyIsStillCounted) {
  client_census census{{.rows_max = 3, .groups_max = 2}};
  census.add({facts_of(0, 0, "-AA0001-"), facts_of(0, 1, "-BB0001-")});
  census.add({facts_of(0, 2, "-CC0001-"), facts_of(0, 3, "-AA0001-")});
  census.finish();

  EXPECT_EQ(census.connections(), 4U);
  EXPECT_EQ(census.list(0, 10).size(), 3U);
  ASSERT_EQ(census.groups().size(), 2U);
  EXPECT_EQ(census.groups()[0].connections, 2U);
  EXPECT_EQ(census.others(), 1U);
}

}  // namespace
}  // namespace waggle
