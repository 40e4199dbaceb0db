// SPDX-License-Identifier: Apache-2.0
// What came of loading the configuration again, for whoever asked for it. A value.
#pragma once

#include <string>
#include <vector>

namespace waggle {

struct reload_report {
  bool ok = false;
  std::vector<std::string> changed;  // keys: "session.ping_after"
  std::vector<std::string> refused;  // keys that need a restart
  std::string problem;               // on one line; empty if ok
};

/// One object on one line, as the admin API and its event streams write it.
[[nodiscard]] std::string json_text(reload_report const& report);

}  // namespace waggle
