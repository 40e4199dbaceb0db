// SPDX-License-Identifier: Apache-2.0
// What an operator makes the server do, and the configuration it works with.
#include "server/control/api/events.hpp"
#include "server/control/api/handlers.hpp"
#include "server/control/api/json_answer.hpp"

#include <optional>

namespace waggle::api {
namespace {

constexpr std::uint64_t window_seconds_max = 3'600;  // as network.drain_seconds

/// Nothing: the one of the configuration, which a reload may have changed.
checked<std::optional<std::chrono::seconds>> window_of(std::string const& text) {
  auto const body = object_of(text, {"window_seconds"});
  if (!body) return body.error();
  auto const found = body->find("window_seconds");
  if (found == body->end() || found->is_null()) return std::nullopt;
  if (found->is_number_unsigned() && found->get<std::uint64_t>() <= window_seconds_max) {
    return std::chrono::seconds{static_cast<std::int64_t>(found->get<std::uint64_t>())};
  }
  return problem{400, "window_seconds must be a whole number from 0 to 3600"};
}

}  // namespace

answering drain(context& with, call asked) {
  auto const window = window_of(asked.body);
  if (!window) co_return problem_answer(window.error());
  with.from.admin->drain(*window, asked.actor);
  co_return json_answer({{"draining", true}}, 202);
}

answering reload(context& with, call asked) {
  auto const body = object_of(asked.body, {});
  if (!body) co_return problem_answer(body.error());
  auto const report = with.from.admin->reload(asked.actor);
  auto told = json_text(report);
  with.events->publish("reload", told);
  if (report.ok) {
    co_return http_answer{.content_type = "application/json", .body = std::move(told) + "\n"};
  }
  auto const members = dumped({{"changed", report.changed}, {"refused", report.refused}});
  auto const why = report.problem.empty() ? "the configuration was refused" : report.problem;
  co_return problem_answer({422, why}, std::string_view{members}.substr(1, members.size() - 2));
}

answering show_config(context& with, call /*asked*/) {
  co_return http_answer{.content_type = "application/json",
                        .body = with.from.admin->effective_config_json()};
}

}  // namespace waggle::api
