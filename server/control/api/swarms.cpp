// SPDX-License-Identifier: Apache-2.0
// Lists of swarms, and one swarm with its members.
#include "server/control/api/handlers.hpp"
#include "server/control/api/json_answer.hpp"
#include "server/control/api/path_id.hpp"
#include "server/control/api/query.hpp"
#include "server/control/api/question.hpp"
#include "server/control/stats_json.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace waggle {

/// Whole digits; found by list_json().
static api::json json_of(swarm_row const& row) {
  return {{"id", swarm_text(row.swarm)},
          {"info_hash", api::hex_of(row.swarm)},
          {"tenant", row.tenant},
          {"name", row.name},
          {"complete", row.counts.complete},
          {"incomplete", row.counts.incomplete},
          {"members", std::uint64_t{row.counts.complete} + row.counts.incomplete},
          {"peak", row.history.peak},
          {"joins", row.history.joins},
          {"completed", row.history.completed},
          {"offers_relayed", row.history.offers_relayed},
          {"answers_relayed", row.history.answers_relayed},
          {"age_ms", row.age.count()}};
}

}  // namespace waggle

namespace waggle::api {
namespace {

// What the store knows of a swarm is an addition; the page does not wait long for it.
constexpr std::chrono::milliseconds store_patience{1'000};

struct order_word {
  std::string_view word;
  swarm_order order;
};
constexpr std::array order_words = std::to_array<order_word>({{"members", swarm_order::members},
                                                              {"joins", swarm_order::joins},
                                                              {"relays", swarm_order::relays}});

checked<swarm_order> order_parameter(std::string_view query) {
  auto const text = parameter(query, "order");
  if (!text) return swarm_order::members;
  for (auto const& row : order_words) {
    if (row.word == *text) return row.order;
  }
  return problem{400, "order must be members, joins or relays"};
}

checked<swarm_search> search_parameter(std::string_view query) {
  if (auto const wanted = swarm_search::parse(parameter(query, "q").value_or(""))) return *wanted;
  return problem{400,
                 "q must be the first hex digits of an info hash, or the first characters of a "
                 "name: at most 256"};
}

json member_json(member_row const& row) {
  return {{"peer_id", hex_of(row.peer)},
          {"library", row.client.library},
          {"version", row.client.version},
          {"address", row.address},
          {"seeder", row.seeder},
          {"counted", row.counted},
          {"age_ms", row.age.count()},
          {"silent_ms", row.silent.count()},
          {"offers_received", row.offers_received},
          {"offers_answered", row.offers_answered}};
}

json stored_json(storage::swarm_record const& record) {
  return {{"completed", record.completed},
          {"peak", record.peak},
          {"first_seen_at", time_text(record.first_seen)},
          {"last_seen_at", time_text(record.last_seen)}};
}

struct known_swarm {
  std::optional<swarm_detail> live;
  std::optional<storage::swarm_record> stored;
};

json detail_json(swarm_id const& swarm, known_swarm const& known, page_request const& page,
                 bool watched) {
  auto const row = known.live ? known.live->row : swarm_row{.swarm = swarm, .name = name_of(swarm)};
  auto body = json_of(row);
  body["watched"] = watched;
  body["stored"] = known.stored ? stored_json(*known.stored) : json(nullptr);
  auto& items = body["items"] = json::array();
  if (known.live) {
    for (auto const& member : known.live->members) items.push_back(member_json(member));
  }
  body["total"] = std::uint64_t{row.counts.complete} + row.counts.incomplete;
  body["offset"] = page.offset;
  body["limit"] = page.limit;
  return body;
}

}  // namespace

answering list_swarms(context& with, call asked) {
  auto const page = page_parameters(asked.query);
  if (!page) co_return problem_answer(page.error());
  auto const order = order_parameter(asked.query);
  if (!order) co_return problem_answer(order.error());
  auto const wanted = search_parameter(asked.query);
  if (!wanted) co_return problem_answer(wanted.error());

  question<list_page<swarm_row>> const rows{with.loop};
  with.from.admin->list_swarms({.page = *page, .order = *order, .search = *wanted}, rows.here());
  auto const found = co_await rows.answer(with.from.patience);
  if (!found) co_return problem_answer(cores_late);
  co_return json_answer(list_json(*found, *page));
}

answering show_swarm(context& with, call asked) {
  auto const swarm = swarm_of(asked.id);
  if (!swarm) co_return problem_answer(swarm.error());
  auto const page = page_parameters(asked.query);
  if (!page) co_return problem_answer(page.error());
  auto& admin = *with.from.admin;

  question<std::optional<swarm_detail>> const detail{with.loop};
  question<std::vector<storage::swarm_record>> const records{with.loop};
  admin.find_swarm(*swarm, *page, detail.here());
  admin.store().find_swarms({*swarm}, records.anywhere());
  auto live = co_await detail.answer(with.from.patience);
  if (!live) co_return problem_answer(cores_late);
  known_swarm known{.live = std::move(*live)};
  auto const stored = co_await records.answer(store_patience);
  if (stored && !stored->empty()) known.stored = stored->front();
  if (!known.live && !known.stored) {
    co_return problem_answer({404, "nobody is in this swarm, and nothing is stored of it"});
  }
  auto const watched = admin.watched();
  auto const is_watched = std::find(watched.begin(), watched.end(), *swarm) != watched.end();
  co_return json_answer(detail_json(*swarm, known, *page, is_watched));
}

}  // namespace waggle::api
