// SPDX-License-Identifier: Apache-2.0
// What the store has kept: series of figures, and what operators did.
#include "server/control/api/handlers.hpp"
#include "server/control/api/json_answer.hpp"
#include "server/control/api/path_id.hpp"
#include "server/control/api/query.hpp"
#include "server/control/api/question.hpp"
#include "server/metrics/series.hpp"

#include <algorithm>
#include <array>

namespace waggle::api {
namespace {

using std::chrono::hours;

constexpr std::size_t names_max = 16;  // of storage::series_query
constexpr number_bounds audit_bounds{1, 500, 100};

struct span_row {
  std::string_view word;
  storage::resolution span;
  hours shown;  // without from
};
constexpr std::array span_rows =
    std::to_array<span_row>({{"minute", storage::resolution::minute, hours{24}},
                             {"hour", storage::resolution::hour, hours{24 * 31}},
                             {"day", storage::resolution::day, hours{24 * 366}}});

/// "swarm/<40 hex digits>/members".
bool names_a_swarm(std::string_view name) {
  constexpr std::string_view before = "swarm/";
  constexpr std::string_view behind = "/members";
  if (!name.starts_with(before) || !name.ends_with(behind)) return false;
  if (name.size() < before.size() + behind.size()) return false;
  name.remove_prefix(before.size());
  name.remove_suffix(behind.size());
  return swarm_from_hex(name).has_value();
}

checked<std::vector<std::string>> names_parameter(std::string_view query) {
  auto const text = parameter(query, "names").value_or("peers,swarms,connections");
  std::vector<std::string> names;
  for (std::size_t from = 0; from <= text.size();) {
    auto const comma = std::min(text.find(',', from), text.size());
    auto name = text.substr(from, comma - from);
    auto const known =
        std::find(series_names.begin(), series_names.end(), name) != series_names.end();
    if (!known && !names_a_swarm(name)) {
      return problem{400, "names has \"" + name + "\", which is no series"};
    }
    names.push_back(std::move(name));
    from = comma + 1;
  }
  if (names.size() > names_max) return problem{400, "names are at most 16"};
  return names;
}

checked<span_row> span_parameter(std::string_view query) {
  auto const text = parameter(query, "span").value_or("minute");
  for (auto const& row : span_rows) {
    if (row.word == text) return row;
  }
  return problem{400, "span must be minute, hour or day"};
}

checked<storage::wall_time> time_parameter(std::string_view query, std::string_view name,
                                           storage::wall_time otherwise) {
  auto const text = parameter(query, name);
  if (!text) return otherwise;
  auto const at = parse_time(*text);
  if (at) return *at;
  return problem{400, std::string{name} + " must be a time such as 2026-11-23T12:00:00Z"};
}

struct series_request {
  storage::series_query query;
  std::string_view span;
};

checked<series_request> series_of(std::string_view query) {
  auto names = names_parameter(query);
  if (!names) return names.error();
  auto const span = span_parameter(query);
  if (!span) return span.error();
  auto const until = time_parameter(query, "until", wall_now());
  if (!until) return until.error();
  auto const from = time_parameter(query, "from", *until - span->shown);
  if (!from) return from.error();
  if (*from > *until) return problem{400, "from must not be later than until"};
  return series_request{
      .query = {.names = std::move(*names), .from = *from, .until = *until, .span = span->span},
      .span = span->word};
}

json point_json(storage::series_point const& point) {
  auto values = json::object();
  for (auto const& [name, value] : point.values) values[name] = value;
  return {{"at", time_text(point.at)}, {"values", std::move(values)}};
}

json audit_json(storage::audit_record const& record) {
  return {{"id", record.id},         {"at", time_text(record.at)}, {"actor", record.actor},
          {"action", record.action}, {"detail", record.detail},    {"ok", record.ok}};
}

}  // namespace

answering show_series(context& with, call asked) {
  auto wanted = series_of(asked.query);
  if (!wanted) co_return problem_answer(wanted.error());
  question<std::vector<storage::series_point>> const points{with.loop};
  with.from.admin->store().find_series(std::move(wanted->query), points.anywhere());
  auto const found = co_await points.answer(with.from.patience);
  if (!found) co_return problem_answer(store_late);
  auto list = json::array();
  for (auto const& point : *found) list.push_back(point_json(point));
  co_return json_answer({{"span", wanted->span}, {"points", std::move(list)}});
}

answering list_audit(context& with, call asked) {
  auto const limit = number_parameter(asked.query, "limit", audit_bounds);
  if (!limit) co_return problem_answer(limit.error());
  auto const before = number_parameter(asked.query, "before", {0, UINT64_MAX, UINT64_MAX});
  if (!before) co_return problem_answer(before.error());
  question<std::vector<storage::audit_record>> const records{with.loop};
  with.from.admin->store().find_audit({.before = *before, .limit = *limit}, records.anywhere());
  auto const found = co_await records.answer(with.from.patience);
  if (!found) co_return problem_answer(store_late);
  auto items = json::array();
  for (auto const& record : *found) items.push_back(audit_json(record));
  // A full page may be followed by another one.
  auto const more = found->size() >= *limit;
  co_return json_answer(
      {{"items", std::move(items)}, {"next", more ? json(found->back().id) : json(nullptr)}});
}

}  // namespace waggle::api
