// SPDX-License-Identifier: Apache-2.0
#include "server/configuration.hpp"

#include "config/diff.hpp"
#include "server/log.hpp"

#include <utility>

namespace waggle {
namespace {

std::string joined(std::vector<std::string> const& words, std::string_view between) {
  std::string text;
  for (auto const& word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

}  // namespace

configuration::configuration(load_sources from, settings const& in_use)
    : from_(std::move(from)), in_use_(in_use) {}

reload_report configuration::reload() {
  auto wanted = in_use_;
  auto report = load_changes(wanted);
  if (report.ok) {
    if (!report.changed.empty()) {
      in_use_ = std::move(wanted);
      if (install_) install_(in_use_);
    }
    ++facts_.reloads;
    facts_.problem.clear();
    // After the installation, which may have changed what is logged.
    log::control()->info("configuration reloaded changed={}",
                         report.changed.empty() ? "nothing" : joined(report.changed, ","));
  } else {
    ++facts_.reloads_refused;
    facts_.problem = report.problem;
    log::control()->error("configuration not reloaded, the old one stays why=\"{}\"",
                          report.problem);
  }
  return report;
}

reload_report configuration::load_changes(settings& wanted) const {
  reload_report report;
  auto loaded = load(from_);
  if (!loaded.ok()) {
    std::vector<std::string> lines;
    for (auto const& wrong : loaded.problems) lines.push_back(to_string(wrong));
    report.problem = joined(lines, "; ");
    return report;
  }
  for (auto const& change : changes_between(in_use_, loaded.values)) {
    (change.which->reloadable ? report.changed : report.refused).push_back(key_of(*change.which));
  }
  if (!report.refused.empty()) {
    report.changed.clear();
    report.problem = "a restart is needed to change " + joined(report.refused, ", ");
    return report;
  }
  wanted = std::move(loaded.values);
  report.ok = true;
  return report;
}

}  // namespace waggle
