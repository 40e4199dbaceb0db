// SPDX-License-Identifier: Apache-2.0
// One setting and its JSON value; the text of the environment and flags.
#include "config/value.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace waggle {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

field const& row(char const* key) {
  return *find_field(key);
}

json text_value(char const* key, std::vector<std::string> const& texts) {
  return value_of_text(row(key), texts);
}

TEST(Value, OfEachKindIsReadFromJson) {
  settings all;

  EXPECT_TRUE(assign(row("network.cores"), all, 4).empty());
  EXPECT_TRUE(assign(row("network.head_bytes_max"), all, "16KiB").empty());
  EXPECT_TRUE(assign(row("session.message_bytes_max"), all, 2048).empty());
  EXPECT_TRUE(assign(row("session.ping_after"), all, 2.5).empty());
  EXPECT_TRUE(assign(row("webtorrent.scrape_all"), all, true).empty());
  EXPECT_TRUE(assign(row("access.mode"), all, "deny").empty());
  EXPECT_TRUE(assign(row("access.info_hashes"), all, {std::string(40, 'F')}).empty());
  EXPECT_TRUE(assign(row("network.listen"), all, {":1", "0.0.0.0:2"}).empty());
  EXPECT_TRUE(assign(row("log.net"), all, "").empty());

  EXPECT_EQ(all.network.cores, 4U);
  EXPECT_EQ(all.network.head_bytes_max, 16384U);
  EXPECT_EQ(all.session.message_bytes_max, 2048U);
  EXPECT_EQ(all.session.ping_after, 2500ms);
  EXPECT_TRUE(all.webtorrent.scrape_all);
  EXPECT_EQ(all.access.mode, access_mode_setting::deny);
  EXPECT_EQ(all.access.info_hashes, std::vector<std::string>{std::string(40, 'f')});
  EXPECT_EQ(all.network.listen, (std::vector<endpoint_setting>{{"::", 1}, {"0.0.0.0", 2}}));
  EXPECT_EQ(all.log.net, log_level::inherit);
}

TEST(Value, OfAnotherKindIsRefused) {
  settings all;
  for (auto const& [key, value] :
       std::vector<std::pair<char const*, json>>{{"network.cores", 4.5},
                                                 {"network.cores", "4"},
                                                 {"network.cores", true},
                                                 {"network.head_bytes_max", 2048.5},
                                                 {"session.ping_after", "25"},
                                                 {"webtorrent.scrape_all", 1},
                                                 {"access.mode", "Open"},
                                                 {"access.info_hashes", "aa"},
                                                 {"network.listen", ":1"},
                                                 {"network.internal", 8001},
                                                 {"tls.cert", false},
                                                 {"access.info_hashes", {std::string(40, 'g')}},
                                                 {"log.level", ""},
                                                 {"access.info_hashes", {std::string(39, 'a')}}}) {
    EXPECT_EQ(assign(row(key), all, value).size(), 1U) << key << " " << value;
  }
  EXPECT_EQ(all, settings{});
}

TEST(Value, EveryBadEntryOfAListIsNamed) {
  settings all;

  auto const wrong = assign(row("network.listen"), all, {"a:1", ":1", 3});

  ASSERT_EQ(wrong.size(), 2U);
  EXPECT_EQ(wrong[0].rfind("entry 1: ", 0), 0U) << wrong[0];
  EXPECT_EQ(wrong[1].rfind("entry 3: ", 0), 0U) << wrong[1];
}

TEST(Value, OfANetworkListIsReadStrictly) {
  settings all;
  auto const& trusted = row("network.trusted_proxies");

  EXPECT_TRUE(assign(trusted, all, {"10.0.0.0/8", "::ffff:192.0.2.7", "fd00::/8"}).empty());

  EXPECT_EQ(value_in(all, trusted), json({"10.0.0.0/8", "192.0.2.7", "fd00::/8"}));
  EXPECT_EQ(text_value("network.trusted_proxies", {"10.0.0.0/8,::1", "127.0.0.1"}),
            json({"10.0.0.0/8", "::1", "127.0.0.1"}));
  auto const wrong = assign(trusted, all, {"10.1.2.3/8", "example.org"});
  ASSERT_EQ(wrong.size(), 2U);
  EXPECT_EQ(
      wrong[0],
      "entry 1: \"10.1.2.3/8\" is an address within a network; the network is \"10.0.0.0/8\"");
  EXPECT_EQ(wrong[1],
            "entry 2: expected a list of addresses and networks such as \"192.0.2.7\", "
            "\"10.0.0.0/8\" or \"fd00::/8\", found \"example.org\"");
  EXPECT_EQ(all.network.trusted_proxies.size(), 3U);
}

TEST(Value, OfTextBecomesWhatTheFileWouldSay) {
  EXPECT_EQ(text_value("network.cores", {"4"}), json(4));
  EXPECT_EQ(text_value("network.cores", {"-4"}), json(-4));
  EXPECT_EQ(text_value("network.cores", {"x"}), json("x"));
  EXPECT_EQ(text_value("network.cores", {"1", "2"}), json(2));
  EXPECT_EQ(text_value("session.ping_after", {"2.5"}), json(2.5));
  EXPECT_EQ(text_value("session.ping_after", {"inf"}), json("inf"));
  EXPECT_EQ(text_value("session.ping_after", {"nan"}), json("nan"));
  EXPECT_EQ(text_value("session.ping_after", {"250ms"}), json("250ms"));
  EXPECT_EQ(text_value("webtorrent.scrape_all", {"true"}), json(true));
  EXPECT_EQ(text_value("webtorrent.scrape_all", {"yes"}), json("yes"));
  EXPECT_EQ(text_value("tls.cert", {"1"}), json("1"));
  EXPECT_EQ(text_value("tls.cert", {}), json(""));
}

TEST(Value, OfTextIsSplitAtCommasForLists) {
  EXPECT_EQ(text_value("network.listen", {":1,:2"}), json({":1", ":2"}));
  EXPECT_EQ(text_value("network.listen", {":1", ":2,:3"}), json({":1", ":2", ":3"}));
  EXPECT_EQ(text_value("network.listen", {""}), json::array());
  EXPECT_EQ(text_value("network.listen", {":1,"}), json({":1", ""}));
}

TEST(Value, IsShownShortAndPrintable) {
  EXPECT_EQ(shown("a\n\x1b[31m\xff"), "\"a\\n\\u001b[31m\\ufffd\"");
  EXPECT_LT(shown(std::string(1000, 'x')).size(), 100U);
  EXPECT_EQ(shown({1, 2}), "a list");
  EXPECT_EQ(shown({{"a", 1}}), "an object");
}

}  // namespace
}  // namespace waggle
