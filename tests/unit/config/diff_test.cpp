// SPDX-License-Identifier: Apache-2.0
// What differs between two configurations: every setting of the table, alone and together.
#include "config/diff.hpp"

#include "config/value.hpp"
#include "tests/unit/config/changed.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace waggle {
namespace {

using test::changed;

TEST(Diff, OfEqualConfigurationsIsEmpty) {
  for (auto const& row : field_table()) {
    EXPECT_TRUE(changes_between(changed(row), changed(row)).empty()) << key_of(row);
  }
}

TEST(Diff, NamesEverySettingThatAloneIsAnother) {
  for (auto const& row : field_table()) {
    SCOPED_TRACE(key_of(row));

    auto const changes = changes_between({}, changed(row));

    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].key, key_of(row));
    EXPECT_NE(changes[0].before, changes[0].after);
    auto const back = changes_between(changed(row), {});
    ASSERT_EQ(back.size(), 1U);
    EXPECT_EQ(back[0].before, changes[0].after);
    EXPECT_EQ(back[0].after, changes[0].before);
  }
}

TEST(Diff, NamesAllChangesInTheOrderOfTheTable) {
  settings all;
  for (auto const& row : field_table()) all = changed(row, all);

  auto const changes = changes_between({}, all);

  ASSERT_EQ(changes.size(), field_table().size());
  for (std::size_t at = 0; at < changes.size(); ++at) {
    EXPECT_EQ(changes[at].key, key_of(field_table()[at]));
  }
}

TEST(Diff, WritesValuesAsTheFileDoes) {
  settings after;
  after.session.ping_after = std::chrono::milliseconds{1500};
  after.webtorrent.offers_max = 3;
  after.log.net = log_level::debug;

  auto const changes = changes_between({}, after);

  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].before, "\"25s\"");
  EXPECT_EQ(changes[0].after, "\"1500ms\"");
  EXPECT_EQ(changes[1].before, "20");
  EXPECT_EQ(changes[1].after, "3");
  EXPECT_EQ(changes[2].before, "\"\"");
  EXPECT_EQ(changes[2].after, "\"debug\"");
}

TEST(Diff, WritesShortListsAndCountsTheItemsOfLongOnes) {
  settings before;
  before.access.info_hashes = {std::string(40, 'a')};
  settings after;
  after.access.info_hashes.assign(100'000, std::string(40, 'b'));

  auto const changes = changes_between(before, after);

  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].before, "[\"" + std::string(40, 'a') + "\"]");
  EXPECT_EQ(changes[0].after, "100000 items");
}

TEST(Diff, RepeatsNoSecret) {
  auto row = *find_field("access.warning");
  settings all;
  all.access.warning = "hush";
  EXPECT_EQ(printable(all, row), "hush");
  row.secret = true;

  EXPECT_EQ(printable(all, row), "***");
  all.access.warning.clear();
  EXPECT_EQ(printable(all, row), "") << "that there is none is no secret";
}

}  // namespace
}  // namespace waggle
