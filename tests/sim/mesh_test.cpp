// SPDX-License-Identifier: Apache-2.0
// Ten thousand native peers in one swarm: they come and go, links fail, connections are lost. The
// graph that the mesh makes of them must hold together all the while.
#include "server/core/shard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <unordered_map>
#include <vector>

namespace waggle::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t peers_wanted = 10'000;
constexpr hash_seed seed{.first = 3, .second = 5};

class crowd {
 public:
  explicit crowd(std::uint64_t random_seed, unsigned failing_percent)
      : random_(random_seed), failing_percent_(failing_percent), shard_({}, seed, random_seed) {}

  void join() {
    auto const number = ++last_;
    peers_.push_back(number);
    position_[number] = peers_.size() - 1;
    handle(mesh::join{.from = at(number),
                      .swarm = where_,
                      .peer = id(number),
                      .handle = 1,
                      .address_tag = random_.below(500),
                      .state = {.up = 1, .position_s = random_.below(3'600)},
                      .open_with = {}});
    // Its matches are told in the same answer: one round trip. Those that fail take another each.
    rounds_of_last_ = 1;
    while (links_of(number) < 2 && peers_.size() > 10 && rounds_of_last_ < 10) {
      ++rounds_of_last_;
      report();
    }
    worst_rounds_ = std::max(worst_rounds_, rounds_of_last_);
  }
  void leave() {
    auto const number = peers_[random_.below(static_cast<std::uint32_t>(peers_.size()))];
    remove(number);
    handle(mesh::leave{at(number), where_, id(number), random_.below(2) == 0});
  }
  void drop_a_link() {
    if (open_.empty()) return;
    auto const [link, end] = open_[random_.below(static_cast<std::uint32_t>(open_.size()))];
    handle(mesh::drop{.from = at(end), .swarm = where_, .peer = id(end), .link = link, .with = {}});
  }
  /// What the ends of the links on the way have to tell.
  void report() {
    auto const waiting = std::exchange(pending_, {});
    for (auto const& [link, end] : waiting) {
      bool const open = random_.below(100) >= failing_percent_;
      handle(mesh::outcome{.from = at(end),
                           .swarm = where_,
                           .link = link,
                           .open = open,
                           .over = mesh::path::host,
                           .why = mesh::failure::ice});
      if (open) open_.push_back({link, end});
    }
    if (open_.size() > 4'000) open_.erase(open_.begin(), open_.begin() + 2'000);
  }
  void tick(core_time step) {
    now_ += step;
    static_cast<void>(shard_.tick(now_, out_));
    take();
  }

  /// A hundred seconds in which nobody comes or goes.
  void settle() {
    for (int round = 0; round < 400; ++round) {
      report();
      tick(250ms);
    }
  }

  [[nodiscard]] std::size_t size() const { return peers_.size(); }
  [[nodiscard]] unsigned worst_rounds() const { return worst_rounds_; }
  [[nodiscard]] shard const& state() const { return shard_; }

  struct shape {
    double giant = 0;  // part of the peers in the largest component
    std::uint32_t least = UINT32_MAX;
    std::uint32_t most = 0;
    double mean = 0;
    double few = 0;  // part of the peers with fewer than four links
  };
  [[nodiscard]] shape look() const {
    std::unordered_map<std::uint32_t, std::uint32_t> parent;
    auto const root = [&](std::uint32_t of) {
      while (parent[of] != of) of = parent[of] = parent[parent[of]];
      return of;
    };
    shape found;
    std::uint64_t ends = 0;
    std::uint32_t few = 0;
    shard_.mesh().visit_nodes(where_, [&](mesh::node const& each) {
      parent.emplace(each.at.slot, each.at.slot);
      found.least = std::min<std::uint32_t>(found.least, each.links);
      found.most = std::max<std::uint32_t>(found.most, each.links);
      ends += each.links;
      few += each.links < 4 ? 1 : 0;
    });
    // From each node its links: with visit_links for all at once this is linear.
    shard_.mesh().visit_links(
        where_, [&](mesh::node const& one, mesh::link const& between, mesh::node const& other) {
          if (between.is != mesh::link::state::open) return;
          parent[root(one.at.slot)] = root(other.at.slot);
        });
    std::unordered_map<std::uint32_t, std::uint32_t> sizes;
    std::uint32_t largest = 0;
    for (auto const& [each, ignored] : parent) largest = std::max(largest, ++sizes[root(each)]);
    auto const all = static_cast<double>(parent.size());
    found.giant = largest / all;
    found.mean = static_cast<double>(ends) / all;
    found.few = few / all;
    return found;
  }

 private:
  struct waiting_link {
    mesh::link_id link;
    std::uint32_t end;
  };

  static session_ref at(std::uint32_t number) { return {.slot = number, .generation = 1}; }
  static peer_id id(std::uint32_t number) {
    peer_id made;
    for (unsigned byte = 0; byte < 4; ++byte) {
      made.value[byte] = static_cast<std::uint8_t>(number >> 8U * byte);
    }
    return made;
  }
  void handle(shard_message const& message) {
    shard_.handle(message, now_, out_);
    take();
  }
  void take() {
    for (auto const& entry : out_.entries()) {
      if (auto const* const match = std::get_if<mesh::match>(&entry.what)) {
        if (match->initiator) pending_.push_back({match->link, entry.to.slot});
      }
    }
    out_.clear();
  }
  void remove(std::uint32_t number) {
    auto const place = position_[number];
    peers_[place] = peers_.back();
    position_[peers_[place]] = place;
    peers_.pop_back();
    position_.erase(number);
  }
  [[nodiscard]] std::uint32_t links_of(std::uint32_t number) const {
    auto const member = shard_.table().find_member(where_, id(number));
    return shard_.mesh().links_of(member);
  }

  random_source random_;
  unsigned failing_percent_;
  shard shard_;
  outbox out_;
  swarm_id where_ = swarm_id{{1, 2, 3}}.native();
  core_time now_{1'000};
  std::uint32_t last_ = 0;
  std::vector<std::uint32_t> peers_;
  std::unordered_map<std::uint32_t, std::size_t> position_;
  std::vector<waiting_link> pending_;
  std::vector<waiting_link> open_;
  unsigned rounds_of_last_ = 0;
  unsigned worst_rounds_ = 0;
};

void tell(char const* when, crowd::shape const& shape) {
  std::printf("%s: giant component %.5f, links %u to %u, mean %.2f, fewer than four %.4f\n", when,
              shape.giant, shape.least, shape.most, shape.mean, shape.few);
}

TEST(MeshSimulation, TenThousandPeersHoldTogether) {
  for (std::uint64_t const random_seed : {1U, 2U, 3U}) {
    SCOPED_TRACE("seed " + std::to_string(random_seed));
    crowd peers{random_seed, /*failing_percent=*/15};
    while (peers.size() < peers_wanted) {
      peers.join();
      if (peers.size() % 20 == 0) {
        peers.report();
        peers.tick(100ms);
      }
    }
    peers.settle();
    auto const grown = peers.look();
    tell("grown", grown);
    EXPECT_GT(grown.giant, 0.999);
    EXPECT_LE(grown.most, 24U);
    EXPECT_LT(grown.few, 0.001);

    // A third of them is replaced, and links fail all the while.
    for (std::uint32_t step = 0; step < peers_wanted / 3; ++step) {
      peers.leave();
      peers.join();
      peers.drop_a_link();
      if (step % 20 != 0) continue;
      peers.report();
      peers.tick(100ms);
      if (step % 1'000 == 0) {
        EXPECT_GT(peers.look().giant, 0.999);
      }
    }
    peers.settle();
    auto const churned = peers.look();
    tell("churned", churned);
    EXPECT_GT(churned.giant, 0.999);
    EXPECT_LE(churned.most, 24U);
    EXPECT_LT(churned.few, 0.001);
    EXPECT_LE(peers.worst_rounds(), 3U);
    EXPECT_EQ(peers.state().mesh().totals().peers, peers_wanted);
  }
}

TEST(MeshSimulation, LocalityDoesNotSplitTheSwarm) {
  // Two sites that prefer themselves.
  shard subject({}, seed, 9);
  outbox out;
  swarm_id const where = swarm_id{{7}}.native();
  random_source random{4};
  for (std::uint32_t number = 1; number <= 2'000; ++number) {
    peer_id id{{static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(number >> 8U)}};
    subject.handle(mesh::join{.from = {.slot = number, .generation = 1},
                              .swarm = where,
                              .peer = id,
                              .address_tag = random.below(2),
                              .state = {},
                              .open_with = {}},
                   core_time{number}, out);
    out.clear();
  }

  std::uint32_t across = 0;
  std::uint32_t within = 0;
  subject.mesh().visit_links(
      where, [&](mesh::node const& one, mesh::link const&, mesh::node const& other) {
        ++(one.address_tag == other.address_tag ? within : across);
      });

  EXPECT_GT(within, across);
  EXPECT_GT(across, (within + across) / 8);  // half of what is drawn uniformly, and that is half
}

}  // namespace
}  // namespace waggle::sim
