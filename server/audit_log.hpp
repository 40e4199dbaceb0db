// SPDX-License-Identifier: Apache-2.0
// What operators did, or tried to do: one line of the log, and one record that the store keeps.
// Control loop only.
#pragma once

#include "server/storage/store.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace waggle {

class audit_log {
 public:
  /// @param store  outlives the log.
  audit_log(storage::store& store, std::function<storage::wall_time()> now)
      : store_(store), now_(std::move(now)) {}

  /// @param by      how it was authorised: storage::audit_record::actor.
  /// @param detail  for both; never a secret.
  void note(std::string_view by, std::string_view action, std::string detail, bool ok) const;

 private:
  storage::store& store_;
  std::function<storage::wall_time()> now_;
};

}  // namespace waggle
