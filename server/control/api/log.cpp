// SPDX-License-Identifier: Apache-2.0
// The last lines of the log, and what is written at all.
#include "server/control/api/log.hpp"

#include "server/control/api/handlers.hpp"
#include "server/control/api/query.hpp"

namespace waggle::api {
namespace {

constexpr number_bounds lines_bounds{1, 1'000, 1'000};

http_answer levels_answer(context& with) {
  auto levels = json::object();
  for (auto const& [area, level] : with.from.admin->log_levels()) levels[area] = level;
  return json_answer({{"levels", std::move(levels)}});
}

}  // namespace

json log_line_json(log::kept_line const& line) {
  auto const at = std::chrono::floor<std::chrono::milliseconds>(line.at);
  return {
      {"at", time_text(at)}, {"level", line.level}, {"area", line.area}, {"message", line.message}};
}

answering show_log_levels(context& with, call /*asked*/) {
  co_return levels_answer(with);
}

answering set_log_level(context& with, call asked) {
  auto const body = object_of(asked.body, {"area", "level"});
  if (!body) co_return problem_answer(body.error());
  auto const area = text_member(*body, "area");
  auto const level = text_member(*body, "level");
  if (!area || !level) co_return problem_answer({400, "area and level must be texts"});
  auto const set = with.from.admin->set_log_level(*area, *level, asked.actor);
  if (!set) co_return problem_answer(problem_of(set.error()));
  co_return levels_answer(with);
}

answering list_log(context& /*with*/, call asked) {
  auto const limit = number_parameter(asked.query, "limit", lines_bounds);
  if (!limit) co_return problem_answer(limit.error());
  auto items = json::array();
  for (auto const& line : log::recent_lines().since(0, *limit)) {
    items.push_back(log_line_json(line));
  }
  co_return json_answer({{"items", std::move(items)}});
}

}  // namespace waggle::api
