// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/doctor.hpp"

#include "server/doctor/answer_words.hpp"
#include "server/doctor/certificate_check.hpp"
#include "server/doctor/examination.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <ostream>

namespace waggle::doctor {
namespace {

namespace asio = net::asio;

constexpr int exit_wrong_request = 2;
constexpr std::size_t addresses_tried_max = 8;
constexpr std::chrono::seconds worth_a_word{2};

void tell_upgrade(examination& who, dialed const& call) {
  auto const& answer = call.answer;
  if (answer.connection) {
    who.add("upgrade", verdict::ok,
            "WebSocket" + (answer.server.empty() ? std::string{} : " through " + answer.server) +
                " in " + milliseconds_text(call.upgrade_took));
  } else if (answer.status != 0) {
    who.add("upgrade", verdict::fail,
            words_for_answer({.status = answer.status,
                              .reason = answer.reason,
                              .server = answer.server,
                              .location = answer.location,
                              .body = answer.body}));
  } else {
    who.add("upgrade", verdict::fail,
            words_for_no_answer(call.error, who.calls.options().where.tls()));
  }
}

/// The checks of one call, as far as it got.
void tell_call(examination& who, dialed const& call) {
  auto const& options = who.calls.options();
  if (call.reached == dialed::step::tcp) {
    who.add("connect", verdict::fail, words_for_connect_fault(call.error));
    return;
  }
  if (call.reached == dialed::step::tls) {
    who.add("tls", verdict::fail, words_for_tls_fault(call.error));
    return;
  }
  if (call.tls) {
    who.add("tls", verdict::ok,
            call.tls->protocol + ", " + call.tls->cipher + ", handshake in " +
                milliseconds_text(call.tls_took));
    who.found.add(judge_certificate(*call.tls, {.host = options.where.host,
                                                .now = std::chrono::system_clock::now(),
                                                .insecure = options.insecure,
                                                .authorities_known = has_system_authorities()}));
  } else if (!who.at.address().is_loopback()) {
    who.add("tls", verdict::warn,
            "none: pages that are served over https cannot use ws://, only wss://");
  }
  if (call.reached != dialed::step::certificate) tell_upgrade(who, call);
}

/// Finds an address of the host that takes connections, and tells of those that do not.
net::awaitable<bool> find_address(examination& who) {
  auto const& where = who.calls.options().where;
  auto const found = co_await who.calls.resolve();
  if (found.all.empty()) {
    who.add("address", verdict::fail,
            where.host + (found.error ? ": " + found.error.message()
                                      : " has no address that --from can reach"));
    co_return false;
  }
  std::string good;
  std::string bad;
  for (std::size_t i = 0; i < found.all.size() && i < addresses_tried_max; ++i) {
    auto const& at = found.all[i];
    auto const call = co_await who.calls.connect(at);
    auto const address = at.address().to_string();
    if (call.stream) {
      if (good.empty()) who.at = at;
      good += (good.empty() ? "" : ", ") + address + " (" + milliseconds_text(call.took) + ")";
    } else {
      bad += (bad.empty() ? "" : "; ") + address + ": " + words_for_connect_fault(call.error);
    }
  }
  auto const port = "port " + std::to_string(where.port);
  if (good.empty()) {
    who.add("address", verdict::fail, port + " cannot be reached. " + bad);
  } else if (!bad.empty()) {
    who.add("address", verdict::warn,
            port + " of " + good + " answers, but not all addresses of " + where.host +
                " do, and some clients will try those: " + bad);
  } else {
    who.add("address", verdict::ok, port + " of " + good + " takes connections");
  }
  co_return !good.empty();
}

void rethrow(std::exception_ptr const& error) {
  if (error) std::rethrow_exception(error);  // only the lack of memory gets here
}

/// All checks; `err` hears why nothing happens for a while.
net::awaitable<void> examine(examination& who, std::ostream& err) {
  auto const found = co_await find_address(who);
  if (!found) co_return;
  auto call = co_await who.calls.dial(who.at, {});
  tell_call(who, call);
  if (!call.answer.connection) co_return;
  co_await call.answer.connection->close(who.timeout());
  // Silence takes long, so it begins first and runs beside the rest.
  auto const silent_until = clock::now() + who.idle;
  asio::co_spawn(co_await asio::this_coro::executor, check_silence(who), rethrow);
  auto const exchanged = co_await check_exchange(who);
  if (exchanged) {
    co_await check_frames(who);
  } else {
    who.add("frames", verdict::skip, "not tried, since small messages do not get through");
  }
  co_await check_trust(who);
  auto const left = std::chrono::ceil<std::chrono::seconds>(silent_until - clock::now());
  if (left > worth_a_word) {
    err << "doctor: the check of silence takes up to " << left.count() << " s more" << std::endl;
  }
}

/// What the request says, understood. `problem`: what is wrong with it.
struct understood {
  dial_options dial;
  std::optional<std::string> swarm;
  std::optional<url> internal;
  std::string problem;
};

understood understand(request const& asked) {
  understood made;
  auto where = read_tracker_url(asked.url);
  if (!where.value) return {.problem = where.problem};
  made.dial = {.where = std::move(*where.value),
               .timeout = asked.timeout,
               .insecure = asked.insecure,
               .from = std::nullopt,
               .user_agent = "waggle-doctor/" + asked.version};
  if (asked.internal) {
    auto internal = read_internal_url(*asked.internal);
    if (!internal.value) return {.problem = "--internal: " + internal.problem};
    made.internal = std::move(internal.value);
  }
  if (asked.from) {
    net::error_code error;
    made.dial.from = asio::ip::make_address(*asked.from, error);
    if (error) return {.problem = "--from: \"" + *asked.from + "\" is not an IP address"};
  }
  if (asked.info_hash) {
    made.swarm = swarm_from_hex(*asked.info_hash);
    if (!made.swarm) return {.problem = "--info-hash: 40 hexadecimal digits are expected"};
  }
  return made;
}

}  // namespace

int run_doctor(request const& asked, std::ostream& out, std::ostream& err) {
  auto const wanted = understand(asked);
  if (!wanted.problem.empty()) {
    err << "doctor: " << wanted.problem << '\n';
    return exit_wrong_request;
  }
  asio::ssl::context tls{asio::ssl::context::tls_client};
  net::error_code unreadable;
  tls.set_default_verify_paths(unreadable);
  if (asked.ca) {
    tls.load_verify_file(*asked.ca, unreadable);
    if (unreadable) {
      err << "doctor: --ca " << *asked.ca << ": " << unreadable.message() << '\n';
      return exit_wrong_request;
    }
  }
  asio::io_context loop{1};
  report found{asked.json ? nullptr : &out};
  dialer calls{wanted.dial, tls};
  examination who{.calls = calls,
                  .at = {},
                  .found = found,
                  .swarm = wanted.swarm,
                  .internal = wanted.internal,
                  .idle = asked.idle};
  asio::co_spawn(loop, examine(who, err), rethrow);
  loop.run();
  if (asked.json) {
    out << found.json() << '\n';
  } else {
    out << found.summary() << '\n';
  }
  return found.exit_code();
}

}  // namespace waggle::doctor
