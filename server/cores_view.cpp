// SPDX-License-Identifier: Apache-2.0
#include "server/cores_view.hpp"

#include "server/runtime/clock.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace waggle {
namespace {

using namespace std::chrono_literals;

/// The answers of all cores; touched on the control loop only.
template <class Answer>
struct gathering {
  std::size_t outstanding = 0;
  std::vector<Answer> answers;
  std::function<void(std::vector<Answer>)> done;

  void take(Answer answer) {
    answers.push_back(std::move(answer));
    if (--outstanding == 0) done(std::move(answers));
  }
};

/// Asks every core `question(core) -> Answer`; `done` runs on the control loop.
template <class Answer, class Question>
void ask_all(net::asio::io_context& control, std::vector<std::unique_ptr<core_loop>> const& cores,
             Question question, std::function<void(std::vector<Answer>)> done) {
  auto const all = std::make_shared<gathering<Answer>>();
  all->outstanding = cores.size();
  all->done = std::move(done);
  for (auto const& core : cores) {
    core->ask([&control, all, question](core_loop& asked) {
      net::asio::post(control, [all, answer = question(asked)] { all->take(answer); });
    });
  }
}

}  // namespace

void cores_view::collect(std::function<void(std::vector<core_snapshot>)> done) {
  ask_all<core_snapshot>(
      control_, cores_, [](core_loop& core) { return core.snapshot(); }, std::move(done));
}

void cores_view::count_swarm(swarm_id const& swarm, std::function<void(swarm_counts)> done) {
  // Only its owner knows the swarm; the others count zero.
  ask_all<swarm_counts>(
      control_, cores_, [swarm](core_loop& core) { return core.count(swarm); },
      [done = std::move(done)](std::vector<swarm_counts> const& counts) {
        swarm_counts sum;
        for (auto const& one : counts) {
          sum.complete += one.complete;
          sum.incomplete += one.incomplete;
        }
        done(sum);
      });
}

void cores_view::collect_busiest(std::function<void(std::vector<busy_swarm>)> done) {
  ask_all<std::vector<busy_swarm>>(
      control_, cores_, [](core_loop& core) { return core.busiest(); },
      [done = std::move(done)](std::vector<std::vector<busy_swarm>> const& cores) {
        std::vector<busy_swarm> all;
        for (auto const& one : cores) all.insert(all.end(), one.begin(), one.end());
        done(std::move(all));
      });
}

std::size_t cores_view::count_address(ip_address const& client) const {
  return addresses_.count(client);
}

readiness cores_view::ready() const {
  if (state_.draining_until) {
    auto const left = std::max(*state_.draining_until - runtime::elapsed(), 0ms);
    return {.ready = false,
            .detail = "draining, " +
                      std::to_string(std::chrono::ceil<std::chrono::seconds>(left).count()) +
                      " s left",
            .draining = true};
  }
  // What was there before serves on: that is for a person to mend, not for a balancer to flee.
  std::string detail = "serving";
  auto const add = [&](std::string_view what, std::string const& why) {
    if (!why.empty()) detail.append("; ").append(what).append(" not reloaded: ").append(why);
  };
  add("certificate", certificate_.facts().problem);
  add("configuration", config_.facts().problem);
  add("policies", policies_.facts().problem);
  auto const unwritten = store_->facts().problem;
  if (!unwritten.empty()) detail += "; storage: " + unwritten;
  return {.ready = true, .detail = std::move(detail)};
}

service_facts cores_view::service() const {
  auto const clients = addresses_.total();
  auto const& certificate = certificate_.facts();
  auto const stored = store_->facts();
  auto const stun = [&](std::atomic<std::uint64_t> net::stun_counts::*which) {
    return static_cast<double>((stun_.counts().*which).load(std::memory_order_relaxed));
  };
  auto const not_after = certificate.not_after.time_since_epoch().count();
  return {.ready = ready().ready ? 1.0 : 0.0,
          .tls_certificate_not_after_timestamp_seconds = static_cast<double>(not_after),
          .tls_certificate_pending = certificate.problem.empty() ? 0.0 : 1.0,
          .tls_reloads = static_cast<double>(certificate.reloads),
          .tls_reloads_refused = static_cast<double>(certificate.reloads_refused),
          .config_reload_pending = config_.facts().problem.empty() ? 0.0 : 1.0,
          .config_reloads = static_cast<double>(config_.facts().reloads),
          .config_reloads_refused = static_cast<double>(config_.facts().reloads_refused),
          .policy_reload_pending = policies_.facts().problem.empty() ? 0.0 : 1.0,
          .policy_reloads = static_cast<double>(policies_.facts().reloads),
          .policy_reloads_refused = static_cast<double>(policies_.facts().reloads_refused),
          .client_addresses = static_cast<double>(clients.addresses),
          .client_connections_max = static_cast<double>(clients.connections_max),
          .storage_facts_written = static_cast<double>(stored.facts_written),
          .storage_facts_dropped = static_cast<double>(stored.facts_dropped),
          .storage_facts_waiting = static_cast<double>(stored.facts_waiting),
          .storage_faults = static_cast<double>(stored.faults),
          .stun_answered = stun(&net::stun_counts::answered),
          .stun_refused = stun(&net::stun_counts::refused),
          .stun_ignored = stun(&net::stun_counts::ignored),
          .stun_limited = stun(&net::stun_counts::limited),
          .storage_problem = stored.problem.empty() ? 0.0 : 1.0};
}

}  // namespace waggle
