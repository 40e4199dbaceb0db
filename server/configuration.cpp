// SPDX-License-Identifier: Apache-2.0
#include "server/configuration.hpp"

#include "server/log.hpp"
#include "server/runtime/regular_file.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace waggle {
namespace {

constexpr std::size_t problems_told_max = 5;  // each is a sentence; check-config tells them all

std::string joined(std::vector<std::string> const& words, std::string_view between) {
  std::string text;
  for (auto const& word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

std::string text_of(std::vector<problem> const& problems) {
  std::vector<std::string> lines;
  for (auto const& wrong : problems) {
    if (lines.size() == problems_told_max) {
      lines.push_back("and " + std::to_string(problems.size() - lines.size()) + " more");
      break;
    }
    lines.push_back(to_string(wrong));
  }
  return joined(lines, "; ");
}

}  // namespace

configuration::configuration(load_sources from, settings const& in_use)
    : from_(std::move(from)), in_use_(in_use) {}

reload_report configuration::reload() {
  attempt tried;
  try {
    tried = load_changes();
    if (tried.report.ok && !tried.changes.empty() && install_) install_(tried.wanted);
  } catch (std::exception const& error) {  // no memory, most likely
    tried.report = {.ok = false, .changed = {}, .refused = {}, .problem = error.what()};
  }
  auto report = tried.report;
  if (report.ok) {
    take(std::move(tried));
  } else {
    refuse(report.problem);
  }
  return report;
}

// After the installation, which may have changed what is logged.
void configuration::take(attempt with) {
  for (auto const& change : with.changes) {
    log::control()->info("setting changed key={} before={} after={}", change.key, change.before,
                         change.after);
  }
  log::control()->info("configuration reloaded changed={}",
                       with.changes.empty() ? "nothing" : joined(with.report.changed, ","));
  in_use_ = std::move(with.wanted);
  ++facts_.reloads;
  facts_.problem.clear();
}

void configuration::refuse(std::string const& why) {
  ++facts_.reloads_refused;
  facts_.problem = why;
  log::control()->error("configuration not reloaded, the old one stays why=\"{}\"", why);
}

// A pipe was fine at the start, where nobody waited for us while we waited for its writer.
load_sources configuration::read_file(problem& wrong) const {
  auto sources = from_;
  if (!sources.file_path || sources.text) return sources;
  auto content =
      runtime::read_regular_file(*sources.file_path, {.bytes_max = config_file_bytes_max});
  if (!content.problem.empty()) {
    wrong = {.source = *sources.file_path, .key = {}, .what = "cannot read: " + content.problem};
  }
  sources.text = std::move(content.bytes);
  return sources;
}

configuration::attempt configuration::load_changes() const {
  attempt tried;
  auto& report = tried.report;
  problem unreadable;
  auto const sources = read_file(unreadable);
  if (!unreadable.what.empty()) {
    report.problem = to_string(unreadable);
    return tried;
  }
  auto loaded = load(sources);
  if (!loaded.ok()) {
    report.problem = text_of(loaded.problems);
    return tried;
  }
  tried.changes = changes_between(in_use_, loaded.values);
  for (auto const& change : tried.changes) {
    (change.reloadable ? report.changed : report.refused).push_back(change.key);
  }
  if (!report.refused.empty()) {
    report.changed.clear();
    report.problem = "a restart is needed to change " + joined(report.refused, ", ");
    return tried;
  }
  tried.wanted = std::move(loaded.values);
  report.ok = true;
  return tried;
}

}  // namespace waggle
