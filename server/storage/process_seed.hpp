// SPDX-License-Identifier: Apache-2.0
// A secret of the process for tables whose keys clients choose.
#pragma once

#include "server/core/keyed_hash.hpp"

#include <random>

namespace waggle::storage {

[[nodiscard]] inline hash_seed process_seed() {
  std::random_device source;
  auto const word = [&] { return std::uint64_t{source()} << 32 | source(); };
  return {.first = word(), .second = word()};
}

}  // namespace waggle::storage
