// SPDX-License-Identifier: Apache-2.0
// Lists of connections, and of what they have in common.
#include "server/control/api/handlers.hpp"
#include "server/control/api/json_answer.hpp"
#include "server/control/api/path_id.hpp"
#include "server/control/api/query.hpp"
#include "server/control/api/question.hpp"

namespace waggle {

static api::json json_of(connection_row const& row) {
  auto const id = std::to_string(row.at.core) + "-" + std::to_string(row.at.slot) + "-" +
                  std::to_string(row.at.generation);
  return {{"id", id},
          {"address", row.address},
          {"tenant", row.tenant},
          {"token",
           row.token ? api::json(api::hex_of(std::span{row.token->value})) : api::json(nullptr)},
          {"tls", row.tls},
          {"dialect", row.dialect},
          {"browser", row.browser},
          {"library", row.client.library},
          {"version", row.client.version},
          {"age_ms", row.age.count()},
          {"memberships", row.memberships},
          {"queued_bytes", row.queued_bytes}};
}

static api::json json_of(client_group const& row) {
  return {{"library", row.library},
          {"version", row.version},
          {"browser", row.browser},
          {"dialect", row.dialect},
          {"connections", row.connections}};
}

}  // namespace waggle

namespace waggle::api {

answering list_connections(context& with, call asked) {
  auto const page = page_parameters(asked.query);
  if (!page) co_return problem_answer(page.error());
  question<list_page<connection_row>> const rows{with.loop};
  with.from.admin->list_connections(*page, rows.here());
  auto const found = co_await rows.answer(with.from.patience);
  if (!found) co_return problem_answer(cores_late);
  co_return json_answer(list_json(*found, *page));
}

answering list_clients(context& with, call asked) {
  auto const page = page_parameters(asked.query);
  if (!page) co_return problem_answer(page.error());
  question<list_page<client_group>> const rows{with.loop};
  with.from.admin->list_clients(*page, rows.here());
  auto const found = co_await rows.answer(with.from.patience);
  if (!found) co_return problem_answer(cores_late);
  co_return json_answer(list_json(*found, *page));
}

}  // namespace waggle::api
