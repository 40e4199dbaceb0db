// SPDX-License-Identifier: Apache-2.0
// From the name of a tenant to the digest that its swarms are told apart by. Pure.
#pragma once

#include "protocol/ids.hpp"

#include <cstdint>
#include <string_view>

namespace waggle {

/// The same for the same name on every node and after every restart; never tenant_id::none. Names
/// come from the operator, who is told when two of them have one digest (config/check.cpp), so that
/// it need not withstand anybody: FNV-1a of 64 bits, folded to 31 (swarm_id::native_bit).
[[nodiscard]] constexpr tenant_id tenant_id_of(std::string_view name) {
  std::uint64_t digest = 0xcbf29ce484222325U;
  for (char const c : name) {
    digest ^= static_cast<std::uint8_t>(c);
    digest *= 0x100000001b3U;
  }
  auto const folded = static_cast<std::uint32_t>(digest ^ digest >> 32U) & ~swarm_id::native_bit;
  return static_cast<tenant_id>(folded == 0 ? 1 : folded);
}

}  // namespace waggle
