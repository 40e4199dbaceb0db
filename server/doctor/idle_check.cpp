// SPDX-License-Identifier: Apache-2.0
// A connection on which the client says nothing, apart from the pongs that the server asks for:
// what a page does between two announces. A proxy that is too impatient shows here.
#include "server/doctor/examination.hpp"

#include <algorithm>

namespace waggle::doctor {
namespace {

constexpr char const* name = "silence";

struct silence {
  clock::time_point since;  // when something was last sent or received
  std::size_t pings = 0;
  clock::duration before_ping{};  // silence that the first ping ended
};

void note_ping(silence& at) {
  auto const now = clock::now();
  if (at.pings++ == 0) at.before_ping = now - at.since;
  at.since = now;
}

void tell_survival(examination& who, silence const& at) {
  auto text = "a silent connection lived for " + whole_seconds_text(who.idle);
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
  silence at{.since = clock::now()};
  auto const until = at.since + who.idle;
  call.answer.connection->on_ping([&at] { note_ping(at); });
  received got;
  while (got.how == ending::none) {
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
    got = co_await call.answer.connection->receive(std::max(left, std::chrono::milliseconds{1}));
    if (got.how == ending::none) at.since = clock::now();  // a message, though none is due
  }
  if (got.how == ending::timeout) {
    tell_survival(who, at);
  } else {
    tell_end(who, at, got);
  }
  call.answer.connection->drop();
}

}  // namespace waggle::doctor
