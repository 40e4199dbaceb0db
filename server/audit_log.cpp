// SPDX-License-Identifier: Apache-2.0
#include "server/audit_log.hpp"

#include "server/log.hpp"

namespace waggle {

void audit_log::note(std::string_view by, std::string_view action, std::string detail,
                     bool ok) const {
  log::control()->info("{} by={} {} ok={}", action, by, detail, ok);
  storage::fact const did = storage::audit_record{.at = now_(),
                                                  .actor = std::string{by},
                                                  .action = std::string{action},
                                                  .detail = std::move(detail),
                                                  .ok = ok};
  store_.apply({&did, 1});
}

}  // namespace waggle
