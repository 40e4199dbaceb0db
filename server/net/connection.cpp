// SPDX-License-Identifier: Apache-2.0
#include "server/net/connection.hpp"

#include "server/core/keyed_hash.hpp"
#include "server/core/tenant_directory.hpp"
#include "server/log.hpp"
#include "server/net/admission_desk.hpp"
#include "server/net/connection_setup.hpp"
#include "server/net/http_head.hpp"
#include "server/net/proxy_entrance.hpp"
#include "server/session/admission.hpp"
#include "server/session/upgrade.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <unistd.h>

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle::net {
namespace {

constexpr std::size_t first_bytes = 1024;  // the heads of browsers have 400 to 700
constexpr std::size_t early_bytes_max = 8192;

using failed = label::handshake;

using setup_ptr = std::shared_ptr<connection_setup>;

// set_up() owns the set-up for as long as it runs, so what it awaits takes a reference. Every
// co_await is a statement of its own: GCC 12 destroys temporaries wrongly in conditions with one.

void count_answer(connection_setup const& at, upgrade_answer answer) {
  auto& facts = at.host.facts();
  switch (answer) {
    case upgrade_answer::switch_protocols:
      return facts.add(counter::http_requests, label::http::upgraded);
    case upgrade_answer::health:
      return facts.add(counter::http_requests, label::http::health);
    case upgrade_answer::upgrade_required:
      fail(at, failed::not_upgrade);
      return facts.add(counter::http_requests, label::http::upgrade_required);
    case upgrade_answer::bad_request:
      fail(at, failed::bad_request);
      return facts.add(counter::http_requests, label::http::bad_request);
  }
}

label::http answer_label(unsigned status) {
  switch (status) {
    case 401:
      return label::http::unauthorized;
    case 403:
      return label::http::forbidden;
    case 429:
      return label::http::too_many;
    default:
      return label::http::unavailable;
  }
}

using learned = label::learned;
static_assert(static_cast<int>(address_source::socket) == static_cast<int>(learned::socket) &&
              static_cast<int>(address_source::proxy_protocol) ==
                  static_cast<int>(learned::proxy_protocol) &&
              static_cast<int>(address_source::forwarded) == static_cast<int>(learned::forwarded) &&
              static_cast<int>(address_source::x_forwarded_for) ==
                  static_cast<int>(learned::x_forwarded_for));

/// Settles whose connection it is.
void know_client(connection_setup& at, http_head const& head) {
  auto const& rules = at.host.clients();
  auto& client = at.let_in.client;
  if (rules.trust.covers(client.address)) {
    client = find_client(client, head.joined(name_of(rules.trust.field)), rules.trust);
  }
  arrive(at, /*known=*/true);
}

/// Counts it from here to its end.
void count_client(connection_setup& at, http_head const& head) {
  know_client(at, head);
  auto const& rules = at.host.clients();
  auto& client = at.let_in.client;
  at.let_in.counted = rules.counts->enter(client.address);
  at.let_in.browser = browser_name{head.joined("User-Agent")};
  at.host.facts().add(counter::client_addresses_learned, static_cast<learned>(client.source));
  if (auto const& log = log::net(); log->should_log(spdlog::level::debug)) {
    log->debug("client known address={} source={}", to_string(client.address),
               label::values<learned>[static_cast<std::size_t>(client.source)]);
  }
}

/// A number for the public address: equal for equal ones, and no use to whoever reads it.
std::uint32_t tag_of(ip_address const& client, hash_seed const& seed) {
  auto const bytes = counting_key(client).bytes();
  return static_cast<std::uint32_t>(
      key_digest(seed)
          .add(std::string_view{reinterpret_cast<char const*>(bytes.data()), bytes.size()})
          .finish());
}

/// Decides whether the client is let in, and as whose; counts it with its tenant and token.
std::optional<admission_reason> admit(connection_setup& at, http_head const& head,
                                      std::string_view target) {
  auto const rules = at.host.admissions();
  auto const origin = head.joined("Origin");
  auto decision = decide_admission(
      {.target = target, .origin = origin, .address = at.let_in.client.address}, rules);
  if (decision.refused) {
    static_cast<void>(is_refused(at, *decision.refused));  // counts it
    return decision.refused;
  }
  if (auto const why = find_refusal(at)) return why;
  auto const* const policy = rules.tenants.find(decision.tenant);
  auto& ledger = *at.host.clients().ledger;
  auto entered =
      ledger.enter(decision.tenant, policy->limits.connections_max, decision.token.get());
  if (entered.over && is_refused(at, *entered.over)) return entered.over;
  at.let_in.registered = std::move(entered.held);
  at.let_in.who = std::make_unique<newcomer>(newcomer{
      .standing = {.tenant = decision.tenant,
                   .address_tag = tag_of(at.let_in.client.address, ledger.seed()),
                   .token = std::move(decision.token)},
      .origin = policy->tokens == token_rule::ignored ? std::string{} : origin,
      .host = at.let_in.speaks == spoken::native ? std::string{host_of(head.joined("Host"))}
                                                 : std::string{}});
  return std::nullopt;
}

/// False: there is no such page, and nothing has been said.
awaitable<bool> answer_page(connection_setup& at, http_head& head, request_head const& request) {
  know_client(at, head);
  auto const host = head.joined("Host");
  auto const origin = head.joined("Origin");
  auto const known = head.joined("If-None-Match");
  auto page = at.host.find_page({.method = request.method,
                                 .target = request.target,
                                 .host = host,
                                 .origin = origin,
                                 .if_none_match = known,
                                 .client = at.let_in.client.address});
  if (!page) co_return false;
  if (at.refused) {
    auto const told = refusal_for(*at.refused);
    at.host.facts().add(counter::http_requests, answer_label(told.status));
    auto refusal = refusal_response(told);
    co_await refuse(at, std::move(refusal));
    co_return true;
  }
  at.host.facts().add(counter::http_requests, label::http::page);
  auto const told = co_await write_all(at, std::move(page->text));
  if (!told) co_return true;
  if (request.method != "HEAD") {
    auto const written = co_await write_bytes(at, page->bytes);
    if (!written) co_return true;
  }
  co_await finish_writing(at);
  co_return true;
}

/// Answers a complete head; a 101 hands the connection over, with the bytes behind the head.
awaitable<void> answer(connection_setup& at, http_head& head, std::span<char const> early) {
  auto const request = head.view();
  auto const decision = decide_upgrade(request, at.host.setup().native);
  at.let_in.speaks = decision.speaks;
  if (decision.answer == upgrade_answer::switch_protocols) {
    count_client(at, head);
    if (auto const why = admit(at, head, request.target)) {
      at.let_in.counted = {};
      if (!is_of_quota(*why)) {
        fail(at, *why == admission_reason::banned ? failed::banned : failed::refused);
      }
      auto const told = refusal_for(*why);
      at.host.facts().add(counter::http_requests, answer_label(told.status));
      auto refusal = refusal_response(told);
      co_await refuse(at, std::move(refusal));
      co_return;
    }
  }
  if (decision.no_websocket && decision.answer == upgrade_answer::upgrade_required) {
    auto const served = co_await answer_page(at, head, request);
    if (served) co_return;
  }
  count_answer(at, decision.answer);
  auto response =
      upgrade_response(decision, at.host.healthy(), /*head_only=*/request.method == "HEAD");
  if (decision.answer != upgrade_answer::switch_protocols) {
    co_await refuse(at, std::move(response));
    co_return;
  }
  auto const written = co_await write_all(at, std::move(response));
  if (!written) co_return;
  at.deadline.cancel();
  at.host.open_session(std::move(at.stream), early, std::move(at.let_in));
}

awaitable<void> set_up(setup_ptr owned) {
  auto& at = *owned;
  if (at.let_in.through.with_proxy_header) {
    auto const taken = co_await take_proxy_header(at);
    if (!taken) co_return;
    at.make_stream();
  }
  arrive(at, /*known=*/!at.host.clients().trust.covers(at.let_in.client.address));
  if (at.handshake() != nullptr) {
    if (at.refused) co_return;  // a handshake to tell it so would cost more than it
    auto const secured = co_await shake_hands(at);
    if (!secured) co_return fail(at, at.timed_out ? failed::timeout : failed::tls);
  }
  http_head head{at.host.setup().head_bytes_max};
  // Room behind the head for the first frames, which some clients send without waiting. It grows
  // with what comes: whoever sends nothing holds little until the deadline.
  auto const bytes_max = at.host.setup().head_bytes_max + early_bytes_max;
  std::vector<char> bytes(first_bytes);
  std::size_t filled = 0;
  auto state = http_head::state::need_more;
  while (state == http_head::state::need_more) {
    if (filled == bytes.size()) bytes.resize(std::min(2 * bytes.size(), bytes_max));
    auto const got = co_await read_some(at, std::span{bytes}.subspan(filled));
    if (got == 0) co_return fail(at, at.timed_out ? failed::timeout : failed::closed);
    filled += got;
    state = head.feed({bytes.data(), filled});
  }
  if (state == http_head::state::complete) {
    co_await answer(at, head, std::span<char const>{bytes}.first(filled).subspan(head.bytes()));
  } else if (state == http_head::state::too_large) {
    fail(at, failed::head_too_large);
    co_await refuse(at, refusal_response(431, "the request head is too large"));
  } else {
    fail(at, failed::bad_request);
    at.host.facts().add(counter::http_requests, label::http::bad_request);
    co_await refuse(at, refusal_response(400, "this is not an HTTP request"));
  }
}

void start_deadline(setup_ptr const& at) {
  at->deadline.expires_after(at->host.setup().deadline);
  at->deadline.async_wait([weak = std::weak_ptr{at}](error_code const& error) {
    auto const late = weak.lock();
    if (error || !late) return;
    late->timed_out = true;
    late->close();
  });
}

}  // namespace

void start_connection(connection_host& host, asio::io_context& context, int descriptor,
                      admission with) {
  std::shared_ptr<connection_setup> at;
  try {
    at = std::make_shared<connection_setup>(host, context, descriptor, std::move(with));
  } catch (std::exception const&) {
    ::close(descriptor);
    return host.facts().add(counter::handshakes_failed, failed::closed);
  }
  try {
    if (!at->let_in.through.with_proxy_header) at->make_stream();
    start_deadline(at);
    asio::co_spawn(context.get_executor(), set_up(std::move(at)),
                   [&host](std::exception_ptr const& error) {
                     // Only the lack of memory gets here; the connection is gone with its frame.
                     if (error) host.facts().add(counter::handshakes_failed, failed::closed);
                   });
  } catch (std::exception const&) {
    host.facts().add(counter::handshakes_failed, failed::closed);
  }
}

}  // namespace waggle::net
