// SPDX-License-Identifier: Apache-2.0
// See store_service.hpp.
#include "server/store_service.hpp"

#include <utility>

namespace waggle {
namespace {

constexpr std::size_t swarms_per_turn = 1'000;  // a few hundred microseconds

}  // namespace

void check_storage(settings const& all, problem_list& problems) {
  auto const known = storage::check_url(all.storage.url);
  if (known) return;
  problems.add({.source = "configuration", .key = "storage.url", .what = known.error().text});
}

storage::store_result<std::unique_ptr<storage::store>> open_store(storage_settings const& with) {
  return storage::open_store({.url = with.url,
                              .swarms_max = with.swarms_max,
                              .audit_max = with.audit_max,
                              .queue_max = with.queue_max});
}

void give_completions(std::vector<storage::swarm_record> const& stored, placement const& where,
                      std::vector<std::unique_ptr<core_loop>> const& cores) {
  std::vector<std::vector<storage::swarm_record>> slices(cores.size());
  auto const send = [&](std::size_t core) {
    cores[core]->ask([slice = std::exchange(slices[core], {})](core_loop& owner) {
      owner.add_completions(slice);
    });
  };
  for (auto const& each : stored) {
    auto const core = where.core_of(each.swarm);
    slices[core].push_back(each);
    if (slices[core].size() == swarms_per_turn) send(core);
  }
  for (std::size_t core = 0; core < cores.size(); ++core) {
    if (!slices[core].empty()) send(core);
  }
}

}  // namespace waggle
