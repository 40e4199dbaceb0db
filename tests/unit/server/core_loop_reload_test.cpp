// SPDX-License-Identifier: Apache-2.0
// From the table of settings to the parts of a running core: every setting that claims to be
// reloadable ends up in one of them. What each then does is for the tests of the parts.
#include "server/options.hpp"
#include "tests/unit/config/changed.hpp"
#include "tests/unit/server/core_rig.hpp"

#include <gtest/gtest.h>

#include <set>

namespace waggle::test {
namespace {

using namespace std::chrono_literals;

/// What a core makes of a configuration while it runs.
struct in_force {
  explicit in_force(core_options const& of)
      : sessions(of.sessions),
        setup(of.setup),
        shards(of.shards),
        tracker(of.tracker),
        webtorrent(of.webtorrent),
        trust(of.clients.trust),
        quota(of.clients.quota),
        listening(of.listening),
        native(of.native),
        seats(of.seats) {}
  bool operator==(in_force const&) const = default;

  net::session_limits sessions;
  net::setup_limits setup;
  shard_limits shards;
  tracker_limits tracker;
  webtorrent::limits webtorrent;
  proxy_trust trust;
  net::admission_limits quota;
  net::listen_options listening;
  native_limits native;
  seat_limits seats;
};

in_force asked_of(core_loop& loop) {
  std::promise<core_options> answer;
  loop.ask([&](core_loop& asked) { answer.set_value(asked.in_use()); });
  return in_force{answer.get_future().get()};
}

core_options options_of(settings const& from) {
  auto options = core_options_from(from, 1);
  options.where = {.seed = {.first = 1, .second = 2}, .cores = 1};
  return options;
}

/// Not of the cores: Reload.* in tests/integration shows that these take effect.
bool is_of_the_app(field const& row) {
  static std::set<std::string> const keys{"network.drain_seconds", "tls.check_interval",
                                          "quota.memory_max"};
  // Tenants have policies of their own: policies_test.cpp.
  return row.section == "log" || is_of_tenant(row) || keys.contains(key_of(row));
}

class CoreLoopReload : public testing::Test {
 protected:
  CoreLoopReload() { loop.connect({&loop}); }

  void reload(settings const& to) {
    auto const options = std::make_shared<core_options const>(core_options_from(to, 1));
    loop.ask([options](core_loop& asked) { asked.use(*options); });
  }

  core_loop loop{options_of({})};
  running const thread{loop};
};

TEST_F(CoreLoopReload, EverySettingThatIsReloadableReachesThePartThatUsesIt) {
  in_force const before{options_of({})};
  ASSERT_EQ(asked_of(loop), before);
  for (auto const& row : field_table()) {
    if (!row.reloadable || is_of_the_app(row)) continue;
    SCOPED_TRACE(key_of(row));
    in_force wanted{options_of(changed(row))};
    EXPECT_FALSE(wanted == before) << "nobody would notice";

    reload(changed(row));
    auto found = asked_of(loop);
    reload({});
    auto back = asked_of(loop);

    // The shortest one so far, see TrackerReload; the shard's is the one that counts.
    back.tracker.member_ttl = before.tracker.member_ttl;
    found.tracker.member_ttl = wanted.tracker.member_ttl;
    EXPECT_TRUE(found == wanted);
    EXPECT_TRUE(back == before);
  }
}

TEST_F(CoreLoopReload, EveryLogSettingMakesOtherOptionsOfTheLog) {
  auto const key = [](log::log_options const& of) {
    return std::tuple{of.level, of.format, of.area_levels};
  };
  for (auto const& row : field_table()) {
    if (row.section != "log") continue;
    EXPECT_TRUE(row.reloadable) << key_of(row);
    EXPECT_NE(key(log_options_from(changed(row).log)), key(log_options_from({}))) << key_of(row);
  }
}

TEST_F(CoreLoopReload, MembersStayAndTheNextAnnounceGoesByTheNewLimits) {
  auto const announce_as = [&](std::uint8_t number) {
    waggle::announce_message message;
    message.from = {.slot = number, .generation = 1};
    message.peer.value[0] = number;
    loop.ask([message](core_loop& core) { static_cast<shard_port&>(core).send(0, message); });
  };
  announce_as(1);
  announce_as(2);
  settings one_member;
  one_member.swarm.members_max = 1;

  reload(one_member);
  announce_as(3);

  EXPECT_EQ(snapshot_of(loop).peers, 2U);
  reload({});
  announce_as(3);
  EXPECT_EQ(snapshot_of(loop).peers, 3U);
}

}  // namespace
}  // namespace waggle::test
