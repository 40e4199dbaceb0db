// SPDX-License-Identifier: Apache-2.0
// One JSON value as a slice of the text it came from. Pure value type.
#pragma once

#include <cstdint>
#include <string_view>

namespace waggle::json {

enum class kind : std::uint8_t { null, boolean, number, string, array, object };

/// A complete, checked value: `raw` is its text without surrounding white space. The default is
/// null, so that a member that was never seen and one that is `null` look the same.
struct value {
  kind is = kind::null;
  bool escaped = false;  // a string that holds at least one backslash
  std::string_view raw = {};
};

}  // namespace waggle::json
