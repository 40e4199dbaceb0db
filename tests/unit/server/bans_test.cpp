// SPDX-License-Identifier: Apache-2.0
// The bans in force: what may be banned, how a ban ends, and what the store hears.
#include "server/bans.hpp"

#include "protocol/ip_address.hpp"
#include "tests/support/deadline.hpp"
#include "tests/unit/server/recording_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace waggle::test {
namespace {

using namespace std::chrono_literals;
using storage::ban_kind;
using testing::HasSubstr;

std::vector<ip_network> const proxies{*parse_ip_network("10.0.0.1"),
                                      *parse_ip_network("2001:db8::/64")};
std::string const hash(40, 'a');

std::string value_of(ban_kind kind, std::string const& written) {
  auto const value = ban_value(kind, written, proxies);
  return value ? *value : "refused: " + value.error().text;
}

TEST(BanValue, IsPutIntoOneForm) {
  EXPECT_EQ(value_of(ban_kind::address, "192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(value_of(ban_kind::address, "192.0.2.7/24"), "192.0.2.0/24");
  EXPECT_EQ(value_of(ban_kind::address, "::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(value_of(ban_kind::address, "2001:DB8:1::/48"), "2001:db8:1::/48");
  EXPECT_EQ(value_of(ban_kind::info_hash, std::string(40, 'A')), hash);
  EXPECT_EQ(value_of(ban_kind::peer_id_prefix, "-XX"), "2d5858");
  EXPECT_EQ(value_of(ban_kind::peer_id_prefix, "2D5858"), "2d5858");
}

TEST(BanValue, IsRefusedWhereItWouldBanTheWrongOnes) {
  for (auto const* const own : {"127.0.0.1", "127.1.2.3/32", "::1", "0.0.0.0/1", "::/16"}) {
    EXPECT_THAT(value_of(ban_kind::address, own), HasSubstr("refused: ")) << own;
  }
  EXPECT_THAT(value_of(ban_kind::address, "10.0.0.1"), HasSubstr("trusted proxy"));
  EXPECT_THAT(value_of(ban_kind::address, "10.0.0.0/8"), HasSubstr("trusted proxy"));
  EXPECT_THAT(value_of(ban_kind::address, "2001:db8::5"), HasSubstr("trusted proxy"));
  EXPECT_EQ(value_of(ban_kind::address, "10.0.0.2"), "10.0.0.2");
  EXPECT_THAT(value_of(ban_kind::address, "64.0.0.0/7"), HasSubstr("so wide"));
  EXPECT_THAT(value_of(ban_kind::address, "2000::/3"), HasSubstr("so wide"));
}

TEST(BanValue, IsRefusedWhereItIsNone) {
  for (auto const* const bad : {"", "192.0.2", "example.org", "192.0.2.7/33"}) {
    EXPECT_THAT(value_of(ban_kind::address, bad), HasSubstr("refused: an address")) << bad;
  }
  EXPECT_THAT(value_of(ban_kind::info_hash, std::string(39, 'a')), HasSubstr("40 hex digits"));
  EXPECT_THAT(value_of(ban_kind::info_hash, std::string(40, 'g')), HasSubstr("40 hex digits"));
  for (auto const& bad : {std::string{}, std::string{"2d5"}, std::string{"XX"},
                          std::string(42, 'a'), '-' + std::string(20, 'x')}) {
    EXPECT_THAT(value_of(ban_kind::peer_id_prefix, bad), HasSubstr("1 to 20 bytes")) << bad;
  }
}

class BansInForce : public testing::Test {
 protected:
  std::unique_ptr<bans> make(std::size_t most = 10'000) {
    return std::make_unique<bans>(
        loop, ban_options{.bans_max = most, .expiry_check = 1ms, .now = [this] { return now; }},
        store, [this](std::shared_ptr<ban_list const> list) {
          ++published;
          in_force = std::move(list);
        });
  }
  static ban_request of(std::string value, std::optional<std::chrono::seconds> lasts = {}) {
    return {
        .kind = ban_kind::info_hash, .value = std::move(value), .reason = "why", .lasts = lasts};
  }
  [[nodiscard]] bool banned(std::uint8_t digit) const {
    swarm_id swarm;
    swarm.value.fill(digit);
    return in_force && in_force->bans(swarm.hash());
  }

  net::asio::io_context loop;
  storage::wall_time now{1'000'000s};
  recording_store store;
  int published = 0;
  std::shared_ptr<ban_list const> in_force;
  std::unique_ptr<bans> book = make();
};

TEST_F(BansInForce, TakeEffectAreKeptAndSaidToTheStore) {
  auto const set = book->add(of(hash), proxies, "token");

  ASSERT_TRUE(set);
  EXPECT_EQ(set->id, 1U);
  EXPECT_EQ(set->until, storage::wall_time::max());
  EXPECT_TRUE(banned(0xaa));
  EXPECT_EQ(store.all<storage::ban_record>(), std::vector{*set});
  auto const audit = store.all<storage::audit_record>();
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit[0].action, "ban.add");
  EXPECT_EQ(audit[0].actor, "token");
  EXPECT_TRUE(audit[0].ok);
}

TEST_F(BansInForce, AreLiftedByTheirIdWhichIsNeverUsedAgain) {
  ASSERT_TRUE(book->add(of(hash), proxies, "token"));

  EXPECT_TRUE(book->lift(1, "token"));

  EXPECT_FALSE(banned(0xaa));
  ASSERT_EQ(store.all<storage::ban_lifted>().size(), 1U);
  EXPECT_EQ(store.all<storage::ban_lifted>()[0].id, 1U);
  EXPECT_EQ(book->lift(1, "token").error().what, admin_error::kind::not_found);
  EXPECT_EQ(book->add(of(hash), proxies, "token")->id, 2U);
}

TEST_F(BansInForce, OfTheSameValueTakeThePlaceOfEachOther) {
  ASSERT_TRUE(book->add(of(hash), proxies, "token"));
  ASSERT_TRUE(book->add(of(hash, 60s), proxies, "token"));

  ASSERT_EQ(book->list().size(), 1U);
  EXPECT_EQ(book->list()[0].id, 2U);
  EXPECT_EQ(book->list()[0].until, now + 60s);
  EXPECT_EQ(store.all<storage::ban_lifted>()[0].id, 1U);
}

TEST_F(BansInForce, EndByThemselves) {
  ASSERT_TRUE(book->add(of(hash, 60s), proxies, "token"));
  ASSERT_TRUE(book->add(of(std::string(40, 'b')), proxies, "token"));
  now += 59s;
  loop.run_for(5ms);
  EXPECT_TRUE(banned(0xaa));

  now += 1s;
  EXPECT_TRUE(eventually([&] {
    loop.run_for(1ms);
    return !banned(0xaa);
  }));

  EXPECT_TRUE(banned(0xbb));
  auto const last = store.all<storage::audit_record>().back();
  EXPECT_EQ(last.actor, "expiry");
  EXPECT_EQ(last.action, "ban.lift");
}

TEST_F(BansInForce, ComeBackWithTheServerButForThoseThatHaveEnded) {
  storage::ban_record const kept{
      .id = 7, .kind = ban_kind::info_hash, .value = hash, .until = storage::wall_time::max()};
  storage::ban_record const over{
      .id = 8, .kind = ban_kind::info_hash, .value = std::string(40, 'b'), .until = now - 1s};

  book->restore({.bans = {over, kept}, .next_ban_id = 9});

  EXPECT_TRUE(banned(0xaa));
  EXPECT_FALSE(banned(0xbb));
  EXPECT_EQ(book->list(), std::vector{kept});
  EXPECT_EQ(store.all<storage::ban_lifted>()[0].id, 8U);
  EXPECT_EQ(book->add(of(std::string(40, 'c')), proxies, "token")->id, 9U);
}

TEST_F(BansInForce, AreBoundedAndARefusedOneChangesNothing) {
  book = make(/*most=*/1);
  ASSERT_TRUE(book->add(of(hash), proxies, "token"));
  auto const before = published;

  EXPECT_EQ(book->add(of(std::string(40, 'b')), proxies, "token").error().what,
            admin_error::kind::full);
  EXPECT_EQ(book->add(of("x"), proxies, "token").error().what, admin_error::kind::invalid);
  EXPECT_EQ(book->add(of(hash, 0s), proxies, "token").error().what, admin_error::kind::invalid);

  EXPECT_EQ(published, before);
  EXPECT_EQ(book->list().size(), 1U);
  EXPECT_FALSE(store.all<storage::audit_record>().back().ok) << "attempts are written down, too";
}

}  // namespace
}  // namespace waggle::test
