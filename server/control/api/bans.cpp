// SPDX-License-Identifier: Apache-2.0
// What is kept out: the list, a new one, and the end of one.
#include "server/control/api/bans.hpp"

#include "server/control/api/events.hpp"
#include "server/control/api/handlers.hpp"
#include "server/control/api/path_id.hpp"
#include "server/control/api/query.hpp"

#include <algorithm>
#include <array>

namespace waggle::api {
namespace {

constexpr std::size_t reason_bytes_max = 256;
constexpr std::size_t value_bytes_max = 384;  // a token's jti has up to 256
constexpr std::uint64_t lasts_seconds_max = 10ULL * 365 * 24 * 3600;

struct kind_word {
  std::string_view word;
  storage::ban_kind kind;
};
constexpr std::array kind_words =
    std::to_array<kind_word>({{"address", storage::ban_kind::address},
                              {"info_hash", storage::ban_kind::info_hash},
                              {"peer_id_prefix", storage::ban_kind::peer_id_prefix},
                              {"tenant", storage::ban_kind::tenant},
                              {"token", storage::ban_kind::token}});

std::string_view word_of(storage::ban_kind kind) {
  for (auto const& row : kind_words) {
    if (row.kind == kind) return row.word;
  }
  return {};
}

checked<storage::ban_kind> kind_member(json const& body) {
  auto const text = text_member(body, "kind");
  for (auto const& row : kind_words) {
    if (text && row.word == *text) return row.kind;
  }
  return problem{400, "kind must be address, info_hash, peer_id_prefix, tenant or token"};
}

checked<std::optional<std::chrono::seconds>> lasts_member(json const& body) {
  using lasts = std::optional<std::chrono::seconds>;
  auto const found = body.find("lasts_seconds");
  if (found == body.end() || found->is_null()) return lasts{};
  auto const number = found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
  if (number >= 1 && number <= lasts_seconds_max) {
    return lasts{std::chrono::seconds{static_cast<std::int64_t>(number)}};
  }
  return problem{
      400, "lasts_seconds must be a whole number from 1 to " + std::to_string(lasts_seconds_max)};
}

checked<ban_request> ban_of(std::string const& text) {
  auto const body = object_of(text, {"kind", "value", "reason", "lasts_seconds"});
  if (!body) return body.error();
  auto const kind = kind_member(*body);
  if (!kind) return kind.error();
  auto value = text_member(*body, "value");
  auto const may_be_empty = *kind == storage::ban_kind::tenant;  // of who names none
  if (!value || (value->empty() && !may_be_empty) || value->size() > value_bytes_max) {
    return problem{400, "value must be a text of 1 to 384 bytes"};
  }
  auto const given = body->find("reason");
  if (given != body->end() && !given->is_null() && !given->is_string()) {
    return problem{400, "reason must be a text"};
  }
  auto reason = text_member(*body, "reason").value_or("");
  if (reason.size() > reason_bytes_max) return problem{400, "reason must be at most 256 bytes"};
  auto const lasts = lasts_member(*body);
  if (!lasts) return lasts.error();
  return ban_request{
      .kind = *kind, .value = std::move(*value), .reason = std::move(reason), .lasts = *lasts};
}

}  // namespace

json ban_json(storage::ban_record const& ban) {
  auto const for_good = ban.until == storage::wall_time::max();
  return {{"id", ban.id},
          {"kind", word_of(ban.kind)},
          {"value", ban.value},
          {"reason", ban.reason},
          {"by", ban.by},
          {"since_at", time_text(ban.since)},
          {"until_at", for_good ? json(nullptr) : json(time_text(ban.until))}};
}

answering list_bans(context& with, call asked) {
  auto const page = page_parameters(asked.query);
  if (!page) co_return problem_answer(page.error());
  auto const bans = with.from.admin->bans();
  auto items = json::array();
  for (auto i = page->offset; i < bans.size() && i < page->offset + page->limit; ++i) {
    items.push_back(ban_json(bans[i]));
  }
  co_return json_answer({{"items", std::move(items)},
                         {"total", bans.size()},
                         {"offset", page->offset},
                         {"limit", page->limit},
                         {"age_ms", 0}});
}

answering add_ban(context& with, call asked) {
  auto const wanted = ban_of(asked.body);
  if (!wanted) co_return problem_answer(wanted.error());
  auto const made = with.from.admin->ban(*wanted, asked.actor);
  if (!made) co_return problem_answer(problem_of(made.error()));
  with.events->look_at_bans();
  auto answer = json_answer(ban_json(*made), 201);
  answer.fields.push_back({"Location", "/api/v1/bans/" + std::to_string(made->id)});
  co_return answer;
}

answering lift_ban(context& with, call asked) {
  auto const id = number_of(asked.id);
  if (!id) co_return problem_answer(id.error());
  auto const lifted = with.from.admin->lift_ban(*id, asked.actor);
  if (!lifted) co_return problem_answer(problem_of(lifted.error()));
  with.events->look_at_bans();
  co_return no_content();
}

}  // namespace waggle::api
