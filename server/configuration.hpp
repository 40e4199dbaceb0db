// SPDX-License-Identifier: Apache-2.0
// The settings in use, and how they change while the server runs: all of what the sources say now,
// or nothing of it. Control loop only.
#pragma once

#include "config/diff.hpp"
#include "config/load.hpp"
#include "server/control/reload_report.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace waggle {

/// What operators are told of it.
struct configuration_facts {
  std::uint64_t reloads = 0;  // that were taken into use, also if nothing had changed
  std::uint64_t reloads_refused = 0;
  std::string problem;  // why what the sources say now is not in use; empty: it is
};

class configuration {
 public:
  /// Gives every part of the server what it takes from the new settings. If it throws it has given
  /// them to nobody.
  using installation = std::function<void(settings const&)>;

  /// @param from    asked again by reload(): the file, the environment and flags of the start.
  /// @param in_use  what they said at the start.
  configuration(load_sources from, settings const& in_use);

  /// Whom reload() gives changed settings to. Nothing is changed before.
  void start(installation install) { install_ = std::move(install); }

  /// Loads, checks and compares. If a setting has changed that only a restart can change, nothing
  /// is taken, and each of these is named. Never throws; what came of it is logged.
  reload_report reload();

  [[nodiscard]] settings const& in_use() const { return in_use_; }
  [[nodiscard]] configuration_facts const& facts() const { return facts_; }

 private:
  struct attempt {
    reload_report report;
    settings wanted;                      // if report.ok
    std::vector<setting_change> changes;  // likewise
  };

  /// Everything that can fail, on copies.
  [[nodiscard]] attempt load_changes() const;
  [[nodiscard]] load_sources read_file(problem& wrong) const;
  void take(attempt with);
  void refuse(std::string const& why);

  load_sources from_;
  settings in_use_;
  installation install_;
  configuration_facts facts_;
};

}  // namespace waggle
