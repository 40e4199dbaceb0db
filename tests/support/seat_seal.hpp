// SPDX-License-Identifier: Apache-2.0
// In place of what makes the secrets of seats: one that tests can foretell. Tests only.
#pragma once

#include "server/core/mesh/message.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

namespace waggle::test {

/// The name itself, with zeros behind it.
inline mesh::seat_secret plain_seal(std::span<std::uint8_t const> name) {
  mesh::seat_secret made{};
  std::ranges::copy(name, made.begin());
  return made;
}

}  // namespace waggle::test
