// SPDX-License-Identifier: Apache-2.0
#include "server/control/reload_report.hpp"

#include "server/control/api/json_answer.hpp"

namespace waggle {

std::string json_text(reload_report const& report) {
  return api::dumped({{"ok", report.ok},
                      {"changed", report.changed},
                      {"refused", report.refused},
                      {"problem", report.problem}});
}

}  // namespace waggle
