// SPDX-License-Identifier: Apache-2.0
#include "server/session/ice_page.hpp"

#include "protocol/json/writer.hpp"
#include "server/core/tenant_directory.hpp"
#include "server/session/upgrade.hpp"

namespace waggle {
namespace {

web_answer refusal(http_refusal const& what) {
  return {.status = what.status, .text = refusal_response(what)};
}

std::string matrix_body(turn_offer const& turn) {
  std::string body;
  json::writer to{body};
  to.raw(R"({"username":)").text(turn.username).raw(R"(,"password":)").text(turn.credential);
  to.raw(R"(,"ttl":)").number(turn.ttl_s).raw(R"(,"uris":[)");
  bool first = true;
  for (auto const& url : turn.urls) {
    if (!first) to.raw(",");
    first = false;
    to.text(url);
  }
  to.raw("]}");
  return body;
}

}  // namespace

bool is_ice_path(std::string_view path) {
  return path == "/ice" || (path.starts_with("/t/") && path.ends_with("/ice"));
}

std::optional<web_answer> answer_ice(web_request const& asked, admission_rules const& rules,
                                     ice_servers const& servers, bool within_rate) {
  auto const decision = decide_admission(
      {.target = asked.target, .origin = asked.origin, .address = asked.client}, rules);
  auto const turn = servers.turn_for(decision.tenant);
  if (!turn) return std::nullopt;
  if (decision.refused) return refusal(refusal_for(*decision.refused));
  auto const* const policy = rules.tenants.find(decision.tenant);
  auto const of_an_allowed_page =
      !asked.origin.empty() && policy != nullptr && !policy->origins.empty();
  if (!of_an_allowed_page && !decision.token) {
    return refusal({403, "for pages of an origin that access.origins lists, or with a token"});
  }
  if (!within_rate) return refusal({429, "too often", std::chrono::seconds{10}});
  std::string fields;
  if (!asked.origin.empty()) {
    // Its origin has been admitted, so it holds nothing that ends a field.
    fields.append("Access-Control-Allow-Origin: ").append(asked.origin);
    fields.append("\r\nVary: Origin\r\n");
  }
  if (asked.method == "OPTIONS") {
    web_answer answer{.status = 204, .text = web_answer_head(204, {}, 0)};
    answer.text.append(fields).append("Access-Control-Allow-Methods: GET\r\n\r\n");
    return answer;
  }
  std::string body;
  auto const query = asked.target.substr(path_of(asked.target).size());
  if (query.find("format=matrix") != std::string_view::npos) {
    body = matrix_body(*turn);
  } else {
    auto const offer = servers.offer_to(decision.tenant, host_of(asked.host));
    body = R"({"iceServers":)" + offer.json + R"(,"ttl":)" + std::to_string(offer.ttl_s) + "}";
  }
  web_answer answer{.status = 200, .text = web_answer_head(200, "application/json", body.size())};
  answer.text.append(fields).append("Cache-Control: no-store\r\n\r\n");
  if (asked.method != "HEAD") answer.text.append(body);
  return answer;
}

}  // namespace waggle
