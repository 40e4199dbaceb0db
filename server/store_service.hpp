// SPDX-License-Identifier: Apache-2.0
// The store as the settings want it, and what was in it given to those who need it. Control loop.
#pragma once

#include "config/problem.hpp"
#include "config/settings.hpp"
#include "server/core_loop.hpp"
#include "server/storage/stores.hpp"

#include <memory>
#include <vector>

namespace waggle {

/// Whether storage.url names a back end; for `waggle check-config`.
void check_storage(settings const& all, problem_list& problems);

[[nodiscard]] storage::store_result<std::unique_ptr<storage::store>> open_store(
    storage_settings const& with);

/// Hands the stored completions to the cores that own the swarms, in slices that no client waits
/// for.
void give_completions(std::vector<storage::swarm_record> const& stored, placement const& where,
                      std::vector<std::unique_ptr<core_loop>> const& cores);

}  // namespace waggle
