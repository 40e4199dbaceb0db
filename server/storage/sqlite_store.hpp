// SPDX-License-Identifier: Apache-2.0
// The back end that keeps facts in one file, written by a thread of its own in batches.
#pragma once

#include "server/storage/stores.hpp"

#include <memory>
#include <string>

namespace waggle::storage {

/// Refused are a file of a newer schema and one of another program. Whatever else is wrong may
/// pass.
[[nodiscard]] store_result<std::unique_ptr<store>> open_sqlite_store(store_options const& options,
                                                                     std::string path);

}  // namespace waggle::storage
