// SPDX-License-Identifier: Apache-2.0
// The back end for whoever wants no file: the same facts within the same bounds, as long as the
// process lives.
#pragma once

#include "server/storage/stores.hpp"

#include <memory>
#include <string>

namespace waggle::storage {

[[nodiscard]] store_result<std::unique_ptr<store>> open_memory_store(store_options const& options,
                                                                     std::string path);

}  // namespace waggle::storage
