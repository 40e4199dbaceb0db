// SPDX-License-Identifier: Apache-2.0
#include "server/control/api/admin_api.hpp"

#include "server/control/api/events.hpp"
#include "server/control/api/problem.hpp"
#include "server/control/api/route.hpp"

#include <utility>

namespace waggle::api {
namespace {

/// "application/json", and with parameters. A page of the web can send it to another site only
/// after asking (CORS), which is never granted: that is what keeps foreign pages from changing
/// anything here.
bool is_json(std::string_view content_type) {
  auto const type = content_type.substr(0, content_type.find_first_of("; \t"));
  constexpr std::string_view json_type = "application/json";
  if (type.size() != json_type.size()) return false;
  for (std::size_t i = 0; i < type.size(); ++i) {
    auto const upper = type[i] >= 'A' && type[i] <= 'Z';
    if ((upper ? static_cast<char>(type[i] - 'A' + 'a') : type[i]) != json_type[i]) return false;
  }
  return true;
}

}  // namespace

bool is_api_path(std::string_view path) {
  return path == "/api" || path.starts_with("/api/");
}

http_answer unreadable_body(unsigned status) {
  if (status == 413) return problem_answer({413, "the body is longer than 16 KiB"});
  return problem_answer({400, "the body cannot be read"});
}

admin_api::admin_api(net::asio::io_context& loop, parts from)
    : authority_(from.options.token, from.loopback),
      context_{.loop = loop, .from = std::move(from), .started_at = wall_now()} {
  context_.from.options.token.clear();  // its digest is enough
  context_.events = std::make_shared<event_hub>(context_);
}

std::optional<http_answer> admin_api::refusal(http_request const& request, std::string_view path) {
  auto const match = match_route(request.method, path);
  auto const without_token = match.found != nullptr && match.found->traits.without_token;
  if (!without_token) {
    auto const judged = authority_.judge(request);
    if (judged.refused) {
      log::warn_limited(warnings_, *log::control(), log::coarse_now(),
                        "admin request refused status={} method={} why=\"{}\"",
                        judged.refused->status, name_of(request.method), judged.refused->detail);
      auto answer = problem_answer(*judged.refused);
      if (answer.status == 401) answer.fields.push_back({"WWW-Authenticate", "Bearer"});
      return answer;
    }
  }
  if (match.found == nullptr && match.allow.empty()) {
    return problem_answer({404, "there is nothing at this path; see /api/v1/openapi.json"});
  }
  if (match.found == nullptr) {
    auto answer = problem_answer({405, "this path has the methods " + match.allow});
    answer.fields.push_back({"Allow", match.allow});
    return answer;
  }
  if (match.found->traits.changes && !is_json(request.content_type)) {
    return problem_answer({415, "what changes something needs Content-Type: application/json"});
  }
  return std::nullopt;
}

net::awaitable<http_answer> admin_api::answer(http_request request, std::string path,
                                              std::string query) {
  auto const match = match_route(request.method, path);
  if (context_.from.admin == nullptr && !match.found->traits.without_admin) {
    co_return problem_answer({503, "not available in this build"});
  }
  call asked{.id = std::string{match.id},
             .query = std::move(query),
             .body = std::move(request.body),
             .actor = authority_.judge(request).actor};
  co_return co_await match.found->run(context_, std::move(asked));
}

void admin_api::stop() {
  context_.events->stop();
}

void admin_api::publish(std::string_view name, std::string const& data) {
  context_.events->publish(name, data);
}

}  // namespace waggle::api
