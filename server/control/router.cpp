// SPDX-License-Identifier: Apache-2.0
// Which target gives which page. Control loop only.
#include "server/control/router.hpp"

#include "protocol/tenant_name.hpp"
#include "server/control/awaited.hpp"
#include "server/control/dashboard.hpp"
#include "server/control/stats_json.hpp"
#include "server/metrics/exposition.hpp"

#include <optional>
#include <utility>

namespace waggle {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view text_type = "text/plain; charset=utf-8";
constexpr std::string_view cores_are_late = "the cores did not answer in time";

/// "http://host/path" -> "/path": a server must understand the absolute form (RFC 9112 §3.2.2).
std::string_view origin_form(std::string_view target) {
  constexpr std::string_view scheme = "http://";
  if (!target.starts_with(scheme)) return target;
  auto const slash = target.find('/', scheme.size());
  return slash == std::string_view::npos ? "/" : target.substr(slash);
}

/// The value of the parameter `name` in "a=1&b=2", as it stands there.
std::optional<std::string_view> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    auto const pair = query.substr(0, query.find('&'));
    query.remove_prefix(pair.size() == query.size() ? pair.size() : pair.size() + 1);
    auto const equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    return equals == std::string_view::npos ? "" : pair.substr(equals + 1);
  }
  return std::nullopt;
}

/// Undoes the one escape that clients put into an address: a query may hold a colon as it is, but
/// some write %3A.
std::string with_colons(std::string_view value) {
  std::string text{value};
  for (std::size_t at = 0; (at = text.find("%3", at)) != std::string::npos; ++at) {
    auto const digit = at + 2 < text.size() ? text[at + 2] : '\0';
    if (digit == 'A' || digit == 'a') text.replace(at, 3, ":");
  }
  return text;
}

std::string_view path_of(std::string_view target) {
  auto const whole = origin_form(target);
  return whole.substr(0, whole.find('?'));
}

http_answer unknown_page() {
  return error_answer(404, "no such page; there are /metrics, /healthz, /readyz, /stats.json");
}

}  // namespace

http_answer error_answer(unsigned status, std::string_view error) {
  return {.status = status, .content_type = json_type, .body = error_json(error)};
}

router::router(net::asio::io_context& loop, internal_routes routes)
    : loop_(loop),
      routes_(std::move(routes)),
      source_(std::make_shared<snapshot_source>(loop, routes_.view)),
      api_(std::make_unique<api::admin_api>(loop, api::parts{.view = routes_.view,
                                                             .admin = routes_.admin,
                                                             .source = source_,
                                                             .version = routes_.version,
                                                             .patience = routes_.answer_patience,
                                                             .options = routes_.api,
                                                             .loopback = routes_.loopback})) {}

std::optional<http_answer> router::refusal(http_request const& request) const {
  auto const path = path_of(request.target);
  auto const for_operators = api::is_api_path(path) || is_dashboard_path(path);
  if (for_operators && !api_->reachable()) return unknown_page();
  if (api::is_api_path(path)) return api_->refusal(request, path);
  if (request.method == http_method::get || request.method == http_method::head) return {};
  auto refused = error_answer(405, "only GET and HEAD are served here");
  refused.fields.push_back({"Allow", "GET, HEAD"});
  return refused;
}

net::awaitable<http_answer> router::answer(http_request request) {
  auto const path = path_of(request.target);
  if (api::is_api_path(path)) {
    auto const whole = origin_form(request.target);
    std::string query{path.size() == whole.size() ? "" : whole.substr(path.size() + 1)};
    std::string called{path};
    co_return co_await api_->answer(std::move(request), std::move(called), std::move(query));
  }
  if (is_dashboard_path(path)) co_return dashboard_answer(path, request.if_none_match);
  co_return co_await page(std::move(request.target));
}

http_answer router::unreadable_body(unsigned status) const {
  return api::unreadable_body(status);
}

void router::stop() {
  api_->stop();
}

void router::publish(std::string_view name, std::string const& data) {
  api_->publish(name, data);
}

net::awaitable<http_answer> router::page(std::string target) {
  auto const whole = origin_form(target);
  auto const path = whole.substr(0, whole.find('?'));
  auto const query = path.size() == whole.size() ? "" : whole.substr(path.size() + 1);
  if (path == "/healthz") {
    co_return http_answer{.status = 200, .content_type = text_type, .body = "ok"};
  }
  if (path == "/readyz") co_return ready();
  if (path == "/metrics") co_return co_await metrics();
  if (path == "/stats.json") {
    if (auto const address = parameter(query, "address")) co_return one_address(*address);
    auto const hash = parameter(query, "info_hash");
    if (!hash) co_return co_await stats();
    std::string hex(*hash);
    std::string tenant(parameter(query, "tenant").value_or(""));
    co_return co_await one_swarm(std::move(hex), std::move(tenant));
  }
  co_return unknown_page();
}

http_answer router::one_address(std::string_view written) const {
  auto const address = parse_ip_address(with_colons(written));
  if (!address) return error_answer(400, "address must be a literal IPv4 or IPv6 address");
  return {.status = 200,
          .content_type = json_type,
          .body = address_json(*address, routes_.view.count_address(*address))};
}

http_answer router::ready() const {
  auto const state = routes_.view.ready();
  return {.status = state.ready ? 200U : 503U,
          .content_type = json_type,
          .body = readiness_json(state)};
}

net::awaitable<http_answer> router::metrics() {
  auto const cores = co_await source_->fresh(routes_.answer_patience);
  if (!cores) co_return error_answer(503, cores_are_late);
  exposition const scrape({.cores = *cores,
                           .service = routes_.view.service(),
                           .process = read_process_facts(),
                           .version = routes_.version});
  co_return http_answer{
      .status = 200, .content_type = exposition_content_type, .body = scrape.text()};
}

net::awaitable<http_answer> router::stats() {
  auto const cores = co_await source_->fresh(routes_.answer_patience);
  if (!cores) co_return error_answer(503, cores_are_late);
  server_facts const facts{.uptime = std::chrono::duration_cast<std::chrono::seconds>(
                               std::chrono::steady_clock::now() - started_),
                           .version = routes_.version,
                           .service = routes_.view.service()};
  co_return http_answer{
      .status = 200, .content_type = json_type, .body = stats_json(*cores, facts)};
}

net::awaitable<http_answer> router::one_swarm(std::string hex, std::string tenant) {
  auto swarm = swarm_from_hex(hex);
  if (!swarm) co_return error_answer(400, "info_hash must be 40 hex digits");
  if (!tenant.empty()) swarm->tenant = tenant_id_of(tenant);
  auto const mine = std::make_shared<awaited<swarm_counts>>(loop_);
  std::weak_ptr<awaited<swarm_counts>> const weak = mine;
  std::function<void(swarm_counts)> const done = [weak](swarm_counts counts) {
    if (auto const slot = weak.lock()) slot->arrive(counts);
  };
  routes_.view.count_swarm(*swarm, done);
  auto const counts = co_await awaited<swarm_counts>::wait(mine, routes_.answer_patience);
  if (!counts) co_return error_answer(503, cores_are_late);
  co_return http_answer{
      .status = 200, .content_type = json_type, .body = swarm_json(*swarm, *counts)};
}

}  // namespace waggle
