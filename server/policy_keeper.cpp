// SPDX-License-Identifier: Apache-2.0
#include "server/policy_keeper.hpp"

#include "server/log.hpp"

#include <stdexcept>
#include <utility>

namespace waggle {
namespace {

constexpr std::size_t problems_told_max = 5;

std::string joined(std::vector<std::string> const& problems) {
  std::string text;
  for (std::size_t at = 0; at < problems.size() && at < problems_told_max; ++at) {
    text += (at == 0 ? "" : "; ") + problems[at];
  }
  if (problems.size() > problems_told_max) {
    text += "; and " + std::to_string(problems.size() - problems_told_max) + " more";
  }
  return text;
}

}  // namespace

policy_keeper::policy_keeper(net::asio::io_context& loop, settings const& from,
                             policy_options options)
    : from_(from), options_(std::move(options)), next_check_(loop.get_executor()) {}

bool policy_keeper::load() {
  auto built = build_policies(from_, files_, options_.now);
  facts_.problem = joined(built.problems);
  if (!facts_.problem.empty()) return false;
  in_use_ = std::move(built.made);
  return true;
}

void policy_keeper::start(installation install) {
  install_ = std::move(install);
  check_later();
}

void policy_keeper::use(settings const& changed) {
  policy_files files;
  auto built = build_policies(changed, files, options_.now);
  if (!built.problems.empty()) throw std::runtime_error{joined(built.problems)};
  from_ = changed;
  files_ = std::move(files);
  facts_.problem.clear();
  install(std::move(built.made));
}

void policy_keeper::check() {
  if (!files_.changed()) return;
  policy_files files;
  auto built = build_policies(from_, files, options_.now);
  files_ = std::move(files);
  if (!built.problems.empty()) {
    ++facts_.reloads_refused;
    facts_.problem = joined(built.problems);
    log::control()->warn("policies not reloaded, the old ones stay why=\"{}\"", facts_.problem);
    return;
  }
  ++facts_.reloads;
  facts_.problem.clear();
  log::control()->info("policies reloaded tenants={}", built.made.tenants->all().size());
  install(std::move(built.made));
}

void policy_keeper::install(client_policies made) {
  in_use_ = std::move(made);
  if (install_) install_(in_use_);
}

void policy_keeper::check_later() {
  next_check_.expires_after(options_.check_interval);
  next_check_.async_wait([this](net::error_code const& cancelled) {
    if (cancelled) return;
    check();
    check_later();
  });
}

}  // namespace waggle
