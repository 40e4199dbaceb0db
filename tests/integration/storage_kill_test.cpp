// SPDX-License-Identifier: Apache-2.0
// kill -9 at random moments under load: what was sent early enough is in the file, nothing else is,
// and the file is whole.
#include "server/storage/sqlite_handle.hpp"
#include "tests/integration/admin_client.hpp"
#include "tests/integration/storage_rig.hpp"

#include <array>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace waggle::test {
namespace {

using steady = std::chrono::steady_clock;

constexpr milliseconds safe_after{400};  // what was sent so long before the kill must be stored

unsigned number_from(char const* variable, unsigned otherwise) {
  auto const* const text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

/// The clients' own account of what they completed.
class ledger {
 public:
  void sent(std::string const& swarm) {
    auto& entry = swarms_[swarm];
    ++entry.sent;
    entry.recent.push_back(steady::now());
  }
  /// From now on all that is older than the margin must be there.
  void killed() {
    auto const now = steady::now();
    for (auto& [swarm, entry] : swarms_) {
      auto const late = std::count_if(entry.recent.begin(), entry.recent.end(),
                                      [&](auto at) { return now - at < safe_after; });
      entry.maybe_lost += static_cast<std::uint64_t>(late);
      entry.recent.clear();
    }
  }
  void check(std::map<std::string, std::uint64_t> const& stored) const {
    for (auto const& [swarm, entry] : swarms_) {
      auto const at = stored.find(swarm);
      auto const there = at == stored.end() ? 0 : at->second;
      EXPECT_LE(there, entry.sent);
      EXPECT_GE(there + entry.maybe_lost, entry.sent);
    }
  }
  [[nodiscard]] std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (auto const& [swarm, entry] : swarms_) sum += entry.sent;
    return sum;
  }

 private:
  struct account {
    std::uint64_t sent = 0;
    std::uint64_t maybe_lost = 0;
    std::deque<steady::time_point> recent;  // of this life of the server
  };
  std::map<std::string, account> swarms_;
};

/// The operator's own account of the bans that were made and ended.
class ban_account {
 public:
  void made(std::string const& value, std::uint64_t id) {
    bans_.push_back({.value = value, .id = id, .there = true, .changed = steady::now()});
    ++changes_;
  }
  /// One that is there, to be ended; nothing if there is none.
  [[nodiscard]] std::optional<std::uint64_t> one_to_end() const {
    for (auto const& each : bans_) {
      if (each.there) return each.id;
    }
    return std::nullopt;
  }
  void ended(std::uint64_t id) {
    for (auto& each : bans_) {
      if (each.id == id) each = {each.value, id, /*there=*/false, steady::now()};
    }
    ++changes_;
  }
  void killed() { killed_ = steady::now(); }

  /// What was answered long enough before the kill must hold; of the rest either way is right, and
  /// is from now on what the server goes on with.
  void check(std::set<std::string> const& stored) {
    for (auto& each : bans_) {
      auto const there = stored.contains(each.value);
      if (killed_ - each.changed >= safe_after) {
        EXPECT_EQ(there, each.there) << each.value;
        ++checked_;
      }
      each.there = there;
    }
    EXPECT_LE(stored.size(), bans_.size());
  }
  [[nodiscard]] std::uint64_t changes() const { return changes_; }
  [[nodiscard]] std::uint64_t checked() const { return checked_; }

 private:
  struct entry {
    std::string value;
    std::uint64_t id = 0;
    bool there = false;
    steady::time_point changed;
  };
  std::vector<entry> bans_;
  steady::time_point killed_;
  std::uint64_t changes_ = 0;
  std::uint64_t checked_ = 0;
};

/// The series never loses what one look into the file has seen: not the oldest point, nor what was
/// noted into any, which may be one and the same for all lives.
class series_account {
 public:
  void check(storage::sqlite_connection& in) {
    auto const of_peers = std::string{" FROM series WHERE span=0 AND name='peers'"};
    auto const noted = in.number(("SELECT coalesce(sum(count), 0)" + of_peers).c_str());
    auto const oldest = in.number(("SELECT coalesce(min(at), 0)" + of_peers).c_str());
    EXPECT_GE(noted, noted_);
    if (noted_ > 0) {
      EXPECT_EQ(oldest, oldest_);
    }
    noted_ = noted;
    oldest_ = oldest;
  }
  [[nodiscard]] std::int64_t noted() const { return noted_; }

 private:
  std::int64_t noted_ = 0;
  std::int64_t oldest_ = 0;
};

class Kill : public testing::Test {
 protected:
  /// Clients complete downloads until the moment of the kill. In each swarm somebody stays: what
  /// one visitor alone says of a swarm is not stored at once.
  void live(milliseconds life) {
    tracker server{
        {.cores = 2, .settings = {"storage.url=sqlite:" + file, "storage.series_interval=100ms"}}};
    std::deque<tracker_client> clients;
    for (int i = 0; i < 8; ++i) clients.emplace_back(server.plain());
    for (auto const& swarm : swarms) clients[0].announce({.swarm = swarm, .peer = fresh_peer()});
    admin_client const by{server.process().internal()};
    deadline const end{life};
    for (unsigned round = 0; !end.passed(); ++round) {
      if (round % 16 == 0) change_a_ban(by);
      for (auto& client : clients) {
        auto const& swarm = swarms[random() % swarms.size()];
        auto const peer = fresh_peer();
        account.sent(swarm);
        client.send(
            announce_message({.swarm = swarm, .peer = peer, .event = "completed", .left = 0}));
        client.send(announce_message({.swarm = swarm, .peer = peer, .event = "stopped"}));
        client.pump();
      }
      std::this_thread::sleep_for(1ms);  // the load, not a wait
    }
    account.killed();
    bans.killed();
    server.process().kill();
  }

  /// Two are made for each that is ended.
  void change_a_ban(admin_client const& by) {
    auto const old = bans.changes() % 3 == 2 ? bans.one_to_end() : std::nullopt;
    if (old) {
      ASSERT_EQ(by.remove("bans/" + std::to_string(*old)).status, 204);
      bans.ended(*old);
      return;
    }
    auto const value = hex_of(fresh_swarm());
    auto const made = by.post("bans", {{"kind", "info_hash"}, {"value", value}});
    ASSERT_EQ(made.status, 201) << made.body;
    bans.made(value, json::parse(made.body).at("id"));
  }

  std::map<std::string, std::uint64_t> stored() {
    std::map<std::string, std::uint64_t> found;
    auto const store = opened({.url = "sqlite:" + file});
    for (auto const& swarm : swarms) {
      for (auto const& row : swarms_in(*store, {swarm_of(swarm)})) found[swarm] = row.completed;
    }
    return found;
  }

  temporary_folder folder;
  std::string file = folder.path("waggle.db");
  unsigned seed = number_from("WAGGLE_KILL_SEED", std::random_device{}());
  std::mt19937 random{seed};
  std::array<std::string, 5> swarms{fresh_swarm(), fresh_swarm(), fresh_swarm(), fresh_swarm(),
                                    fresh_swarm()};
  ledger account;
  ban_account bans;
};

TEST_F(Kill, LosesAtMostTheLastMomentsAndNeverTheFile) {
  auto const kills = number_from("WAGGLE_KILLS", 5);
  std::cout << "WAGGLE_KILLS=" << kills << " WAGGLE_KILL_SEED=" << seed << '\n';
  series_account series;

  for (unsigned kill = 0; kill < kills && !HasFailure(); ++kill) {
    live(milliseconds{200 + random() % 1'500});

    {
      storage::sqlite_connection in(file, 1'000);
      EXPECT_EQ(in.text("PRAGMA integrity_check"), "ok");
      series.check(in);
    }
    account.check(stored());
    auto const store = opened({.url = "sqlite:" + file});
    std::set<std::string> kept;
    for (auto const& each : store->load().bans) kept.insert(each.value);
    bans.check(kept);
  }
  EXPECT_GT(account.total(), 500U) << "there was load";
  EXPECT_GT(series.noted(), 0);
  EXPECT_GT(bans.checked(), kills) << "bans were made and ended";
}

}  // namespace
}  // namespace waggle::test
