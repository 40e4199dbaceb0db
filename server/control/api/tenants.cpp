// SPDX-License-Identifier: Apache-2.0
// The tenants: the list with what each has now, and those that operators make.
#include "server/control/api/handlers.hpp"
#include "server/control/api/json_answer.hpp"
#include "server/control/api/query.hpp"

namespace waggle {

/// Whole numbers; found by list_json().
static api::json json_of(tenant_row const& row) {
  return {{"name", row.name},
          {"configured", row.configured},
          {"settings", api::json::parse(row.settings)},
          {"connections", row.connections},
          {"connections_max", row.connections_max},
          {"swarms", row.swarms},
          {"swarms_max", row.swarms_max},
          {"by", row.since ? api::json(row.by) : api::json(nullptr)},
          {"since_at", row.since ? api::json(api::time_text(*row.since)) : api::json(nullptr)}};
}

}  // namespace waggle

namespace waggle::api {
namespace {

constexpr auto no_such_tenant = "there is no such tenant";

}  // namespace

answering list_tenants(context& with, call asked) {
  auto const page = page_parameters(asked.query);
  if (!page) co_return problem_answer(page.error());
  co_return json_answer(list_json(with.from.admin->tenants(*page), *page));
}

answering show_tenant(context& with, call asked) {
  auto const found = with.from.admin->find_tenant(asked.id);
  if (!found) co_return problem_answer({404, no_such_tenant});
  co_return json_answer(json_of(*found));
}

answering put_tenant(context& with, call asked) {
  auto const body = object_of(asked.body, {"access", "tokens", "limits"});
  if (!body) co_return problem_answer(body.error());
  auto const name = asked.id;
  auto const done = with.from.admin->put_tenant({name, dumped(*body)}, asked.actor);
  if (!done) co_return problem_answer(problem_of(done.error()));
  auto const made = with.from.admin->find_tenant(name);
  if (!made) co_return problem_answer({404, no_such_tenant});
  auto answer = json_answer(json_of(*made), *done ? 201 : 200);
  if (*done) answer.fields.push_back({"Location", "/api/v1/tenants/" + name});
  co_return answer;
}

answering remove_tenant(context& with, call asked) {
  auto const done = with.from.admin->remove_tenant(asked.id, asked.actor);
  if (!done) co_return problem_answer(problem_of(done.error()));
  co_return no_content();
}

}  // namespace waggle::api
