// SPDX-License-Identifier: Apache-2.0
// How a fuzz target says that something does not hold: the process ends, and libFuzzer keeps the
// input.
#pragma once

#include <cstdlib>

namespace waggle::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace waggle::fuzz
