// SPDX-License-Identifier: Apache-2.0
// The shards against the model over many seeds. A failure prints its seed; run it alone with
// WAGGLE_SIM_FIRST_SEED=that WAGGLE_SIM_SEEDS=1.
#include "tests/sim/world.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace waggle::sim {
namespace {

std::uint64_t from_environment(char const* name, std::uint64_t fallback) {
  auto const* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

TEST(Simulation, ShardsDoWhatTheModelDoes) {
  constexpr std::uint32_t steps = 400;
  auto const first = from_environment("WAGGLE_SIM_FIRST_SEED", 1);
  auto const seeds = from_environment("WAGGLE_SIM_SEEDS", 200);
  shard_counts sum;
  for (auto seed = first; seed < first + seeds; ++seed) {
    world subject(seed);
    std::uint32_t step = 0;
    try {
      for (; step < steps; ++step) subject.step();
      subject.finish();
    } catch (mismatch const& found) {
      FAIL() << "seed " << seed << ", step " << step << ": not true that " << found.what();
    }
    sum += subject.counts();
  }
  // A simulation in which nothing happens proves nothing.
  for (auto const& [name, value] : {std::pair{"offers_relayed", sum.offers_relayed},
                                    std::pair{"answers_relayed", sum.answers_relayed},
                                    std::pair{"answers_unroutable", sum.answers_unroutable},
                                    std::pair{"routes_evicted", sum.routes_evicted},
                                    std::pair{"memberships_refused", sum.memberships_refused},
                                    std::pair{"memberships_expired", sum.memberships_expired},
                                    std::pair{"probes_sent", sum.probes_sent},
                                    std::pair{"probes_survived", sum.probes_survived}}) {
    RecordProperty(name, std::to_string(value));
    EXPECT_GT(value, seeds < 20 ? 0 : seeds) << name;
  }
}

}  // namespace
}  // namespace waggle::sim
