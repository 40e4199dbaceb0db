// SPDX-License-Identifier: Apache-2.0
// A connection on which the client says nothing, apart from the pongs that the server asks for:
// what a page does between two announces. A proxy that is too impatient shows here.
#include "server/doctor/examination.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <memory>

namespace waggle::doctor {
namespace {

constexpr char const* name = "silence";

/// Shared with ask_at_the_end(), which may outlive the check.
struct silence {
  silence(std::unique_ptr<link> made, net::executor const& executor)
      : connection(std::move(made)), end(executor) {}

  std::unique_ptr<link> connection;
  net::timer end;
  clock::time_point since = clock::now();  // when something was last sent or received
  std::size_t pings = 0;
  clock::duration before_ping{};  // silence that the first ping ended
  bool asked = false;             // the time is over, and the server was asked something
  bool over = false;              // the check has its result
};

void note_ping(silence& at) {
  auto const now = clock::now();
  if (at.pings++ == 0) at.before_ping = now - at.since;
  at.since = now;
}

void tell_survival(examination& who, silence const& at) {
  auto text =
      "a silent connection lived for " + whole_seconds_text(who.idle) + " and was of use then";
  if (at.pings > 0) {
    text += "; the server pinged after " + seconds_text(at.before_ping) +
            " of silence, so there is never more of it";
  } else {
    text += ", without a ping of the server; --idle SECONDS waits longer";
  }
  who.add(name, verdict::ok, std::move(text));
}

void tell_end(examination& who, silence const& at, received const& end) {
  auto const silent = clock::now() - at.since;
  auto text = "cut after " + seconds_text(silent) + " of silence: " + words_for(end);
  if (end.how == ending::fin || end.how == ending::reset) {
    text +=
        ", so not by Waggle; raise the proxy's read timeout above 60 s (nginx: proxy_read_timeout "
        "and proxy_send_timeout, HAProxy: timeout tunnel), or let the server ping earlier "
        "(session.ping_after)";
  } else if (end.how == ending::close_frame && end.code == 1'001) {
    text += ", the server or the proxy is being stopped or reloaded";
  }
  who.add(name, verdict::fail, std::move(text));
}

void tell_death(examination& who, silence const& at) {
  who.add(name, verdict::fail,
          "after " + seconds_text(clock::now() - at.since) +
              " of silence nothing gets through any more, and nobody closed the connection: a "
              "firewall or an address translation on the way has forgotten it; let it remember "
              "longer, or let the server ping earlier (session.ping_after)");
}

/// Says something once the time is over: a connection that is only forgotten looks alive till then.
net::awaitable<void> ask_at_the_end(std::shared_ptr<silence> at, std::chrono::milliseconds within) {
  auto const [stopped] = co_await at->end.async_wait(net::as_result);
  if (stopped || at->over) co_return;
  at->asked = true;
  // Whether it went out shows in what comes back.
  static_cast<void>(co_await at->connection->send(scrape_text(fresh_swarm()), within));
}

}  // namespace

net::awaitable<void> check_silence(examination& who) {
  if (who.idle.count() == 0) {
    who.add(name, verdict::skip, "not measured, as --idle 0 says");
    co_return;
  }
  auto call = co_await who.calls.dial(who.at, {});
  if (!call.answer.connection) {
    who.add(name, verdict::fail,
            "a further connection could not be opened: " + call.error.message());
    co_return;
  }
  // A page has announced before it is silent; who never says anything is put out (4304).
  static_cast<void>(
      co_await call.answer.connection->send(scrape_text(fresh_swarm()), who.timeout()));
  auto const executor = co_await net::asio::this_coro::executor;
  auto const at = std::make_shared<silence>(std::move(call.answer.connection), executor);
  at->connection->on_ping([&silent = *at] { note_ping(silent); });
  at->end.expires_after(who.idle);
  net::asio::co_spawn(executor, ask_at_the_end(at, who.timeout()), net::asio::detached);

  auto got = co_await at->connection->receive(who.idle + who.timeout());
  while (got.how == ending::none && !at->asked) {  // a message, though none is due
    at->since = clock::now();
    got = co_await at->connection->receive(who.idle + who.timeout());
  }
  at->over = true;
  at->end.cancel();
  if (got.how == ending::none) {
    tell_survival(who, *at);
  } else if (got.how == ending::timeout) {
    tell_death(who, *at);
  } else {
    tell_end(who, *at, got);
  }
  at->connection->drop();
}

}  // namespace waggle::doctor
