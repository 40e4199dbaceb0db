// SPDX-License-Identifier: Apache-2.0
// A seeder B that waits and a leecher A that offers, as pages do it. Named coroutines, every
// co_await a statement of its own (GCC 12).
#include "server/doctor/peer.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>

namespace waggle::doctor {
namespace {

using kind = tracker_message::kind;

constexpr std::size_t sdp_bytes = 2'048;  // a browser's description with its candidates
constexpr std::size_t latency_rounds = 5;
constexpr std::chrono::milliseconds slow_answer{500};  // a page's user begins to notice
constexpr std::chrono::milliseconds recount_pause{20};

std::string counts_text(std::int64_t complete, std::int64_t incomplete) {
  return std::to_string(complete) + " complete and " + std::to_string(incomplete) + " incomplete";
}

/// The first announce of a peer; the check "announce" fails or the counts are compared.
net::awaitable<bool> join(examination& who, peer& self, std::int64_t complete,
                          std::int64_t incomplete) {
  auto const got = co_await self.ask(announce_text(self.self, "started"), kind::reply);
  if (!got.message) {
    who.add("announce", verdict::fail, "no reply to an announce: " + got.problem);
    co_return false;
  }
  auto const& reply = *got.message;
  if (reply.complete == complete && reply.incomplete == incomplete) co_return true;
  if (!reply.said.empty() || reply.complete + reply.incomplete == 0) {
    who.add("announce", verdict::fail,
            "the server does not serve this swarm" +
                (reply.said.empty() ? "" : ": \"" + excerpt(reply.said) + "\"") +
                "; if access.mode is allow, list an info hash for doctor and give it by "
                "--info-hash");
    co_return false;
  }
  who.add(
      "counts", verdict::fail,
      "the server counts " + counts_text(reply.complete, reply.incomplete) + " and not " +
          counts_text(complete, incomplete) +
          (who.swarm ? "; are others in this swarm?"
                     : "; does the proxy spread clients over servers that do not share swarms?"));
  co_return false;
}

/// The time of an announce without offers and its reply, the median of some.
net::awaitable<std::optional<clock::duration>> measure_reply(peer& self) {
  std::array<clock::duration, latency_rounds> took{};
  for (auto& one : took) {
    auto const started = clock::now();
    auto const got = co_await self.ask(announce_text(self.self, ""), kind::reply);
    if (!got.message) co_return std::nullopt;
    one = clock::now() - started;
  }
  std::nth_element(took.begin(), took.begin() + latency_rounds / 2, took.end());
  co_return took[latency_rounds / 2];
}

struct relayed {
  std::optional<tracker_message> message;
  clock::duration took{};
};

/// Sends `text` from one to the other; fails the check `name` unless what arrives is `sent`.
net::awaitable<relayed> relay(examination& who, std::string name, peer& from, peer& to,
                              std::string text, description sent) {
  auto const wanted = name == "offer" ? kind::offer : kind::answer;
  auto const started = clock::now();
  relayed made;
  auto const gone = co_await from.connection->send(std::move(text), who.timeout());
  if (gone.how != ending::none) {
    who.add(name, verdict::fail, "could not be sent: " + words_for(gone));
    co_return made;
  }
  auto got = co_await to.await(wanted);
  made.took = clock::now() - started;
  if (!got.message) {
    who.add(name, verdict::fail, "did not arrive at the other peer: " + got.problem);
    co_return made;
  }
  if (got.message->carried.sdp != sent.sdp || got.message->carried.id != sent.id) {
    who.add(name, verdict::fail, "arrived changed; something between the peers rewrites messages");
    co_return made;
  }
  made.message = std::move(got.message);
  co_return made;
}

net::awaitable<bool> offer_and_answer(examination& who, peer& a, peer& b) {
  description const offer{.id = fresh_offer_id(), .sdp = some_sdp(sdp_bytes)};
  auto const offered = co_await relay(who, "offer", a, b, announce_text(a.self, "", offer), offer);
  if (!offered.message) co_return false;
  who.add("offer", verdict::ok,
          "a description of 2 KB went from one peer to the other in " +
              milliseconds_text(offered.took));

  description const reply{.id = offer.id, .sdp = some_sdp(sdp_bytes)};
  auto const answered =
      co_await relay(who, "answer", b, a, answer_text(b.self, offered.message->peer, reply), reply);
  if (!answered.message) co_return false;
  who.add("answer", verdict::ok, "came back in " + milliseconds_text(answered.took));
  co_return true;
}

/// Asks until the swarm is empty again, or the time is over.
net::awaitable<void> await_empty(examination& who, std::string swarm) {
  auto third = co_await open_peer(who, swarm, /*complete=*/false);
  if (!third.connection) {
    who.add("leave", verdict::fail, third.problem);
    co_return;
  }
  net::timer pause{co_await net::asio::this_coro::executor};
  auto const started = clock::now();
  for (;;) {
    auto const got = co_await third.ask(scrape_text(swarm), kind::scrape);
    auto const took = clock::now() - started;
    if (!got.message) {
      who.add("leave", verdict::fail, "no reply to a scrape: " + got.problem);
      co_return;
    }
    if (got.message->complete == 0 && got.message->incomplete == 0) {
      who.add("leave", verdict::ok,
              "one peer said goodbye, the other broke off; the counts returned to zero within " +
                  milliseconds_text(took));
      break;
    }
    if (took > who.timeout()) {
      who.add("leave", verdict::fail,
              "both peers are gone, and the server still counts " +
                  counts_text(got.message->complete, got.message->incomplete) + " after " +
                  seconds_text(took) +
                  "; the proxy keeps its connection to Waggle open when a client leaves");
      break;
    }
    pause.expires_after(recount_pause);
    co_await pause.async_wait(net::as_result);
  }
  co_await third.connection->close(who.timeout());
}

net::awaitable<void> leave(examination& who, peer& a, peer& b) {
  auto const gone = co_await a.ask(announce_text(a.self, "stopped"), kind::reply);
  if (gone.message) co_await a.connection->close(who.timeout());
  b.connection->drop();
  co_await await_empty(who, a.self.swarm);
}

}  // namespace

net::awaitable<bool> check_exchange(examination& who) {
  auto const swarm = who.swarm ? *who.swarm : fresh_swarm();
  auto b = co_await open_peer(who, swarm, /*complete=*/true);
  auto a = co_await open_peer(who, swarm, /*complete=*/false);
  if (!a.connection || !b.connection) {
    who.add("announce", verdict::fail, a.problem.empty() ? b.problem : a.problem);
    co_return false;
  }
  auto const b_in = co_await join(who, b, 1, 0);
  if (!b_in) co_return false;
  auto const a_in = co_await join(who, a, 1, 1);
  if (!a_in) co_return false;
  who.add("announce", verdict::ok,
          who.swarm ? "two peers joined the given swarm" : "two peers joined a random swarm");
  who.add("counts", verdict::ok, "1 seeder and 1 leecher, as it is");
  auto const took = co_await measure_reply(a);
  if (!took) {
    who.add("latency", verdict::fail, "an announce got no reply");
    co_return false;
  }
  auto const exchanged = co_await offer_and_answer(who, a, b);
  if (!exchanged) co_return false;
  who.add("latency", *took < slow_answer ? verdict::ok : verdict::warn,
          "an announce is answered in " + milliseconds_text(*took) + " (median of " +
              std::to_string(latency_rounds) + ")" +
              (*took < slow_answer ? "" : "; that is slow: is the server far away, or busy?"));
  co_await leave(who, a, b);
  co_return true;
}

}  // namespace waggle::doctor
