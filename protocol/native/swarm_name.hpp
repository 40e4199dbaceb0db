// SPDX-License-Identifier: Apache-2.0
// Which swarm a name of the native protocol means. Pure.
#pragma once

#include "protocol/ids.hpp"

#include <string_view>

namespace waggle::native {

/// What bans, access lists and tokens call the swarm: the SHA-1 digest of its name, so that a name
/// of any length has an id, or the info hash itself where the name is one in 40 hexadecimal digits,
/// lower case.
[[nodiscard]] info_hash hash_of(std::string_view name);

/// Of no tenant yet.
[[nodiscard]] inline swarm_id swarm_of(std::string_view name) {
  return swarm_id{hash_of(name).value}.native();
}

}  // namespace waggle::native
