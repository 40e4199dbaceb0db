// SPDX-License-Identifier: Apache-2.0
// An offer that is as large as the message may be, from one peer to another: both directions of the
// way are tried at once. Each size has connections of its own, since a refusal closes them.
#include "server/doctor/peer.hpp"

#include <array>

namespace waggle::doctor {
namespace {

using kind = tracker_message::kind;

struct size_tried {
  std::size_t bytes;
  verdict unless_passed;
  char const* means;
};

// The server's own limit, session.message_bytes_max, is 64 KiB unless it was changed.
constexpr std::array<size_tried, 2> sizes{
    {{24'000, verdict::fail, "an announce with ten offers has this size"},
     {60'000, verdict::warn, "announces of browsers are smaller, so this is no harm yet"}}};

std::string kilobytes(std::size_t bytes) {
  return std::to_string(bytes / 1'000) + " KB";
}

/// Empty if it arrived; else what happened.
net::awaitable<std::string> try_size(examination& who, std::size_t bytes) {
  auto const swarm = who.swarm ? *who.swarm : fresh_swarm();
  auto receiver = co_await open_peer(who, swarm, /*complete=*/true);
  auto sender = co_await open_peer(who, swarm, /*complete=*/false);
  if (!receiver.connection || !sender.connection) {
    co_return receiver.problem.empty() ? sender.problem : receiver.problem;
  }
  auto const joined = co_await receiver.ask(announce_text(receiver.self, "started"), kind::reply);
  if (!joined.message) co_return joined.problem;
  auto const empty = announce_text(sender.self, "started", description{.id = fresh_offer_id()});
  description const offer{.id = fresh_offer_id(), .sdp = std::string(bytes - empty.size(), 'x')};
  auto const replied =
      co_await sender.ask(announce_text(sender.self, "started", offer), kind::reply);
  std::string problem = replied.problem;
  if (replied.end.how == ending::close_frame && replied.end.code == 1'009) {
    problem += ": longer than session.message_bytes_max, or than the proxy's limit";
  }
  if (replied.message) {
    auto const got = co_await receiver.await(kind::offer);
    problem = got.problem;
    if (got.message && got.message->carried.sdp != offer.sdp) problem = "it arrived changed";
  }
  // Said in so many words: with --info-hash the next size comes to the same swarm.
  if (replied.message) {
    static_cast<void>(co_await sender.ask(announce_text(sender.self, "stopped"), kind::reply));
  }
  static_cast<void>(co_await receiver.ask(announce_text(receiver.self, "stopped"), kind::reply));
  sender.connection->drop();
  receiver.connection->drop();
  co_return problem;
}

}  // namespace

net::awaitable<void> check_frames(examination& who) {
  std::size_t passed = 0;
  for (auto const& size : sizes) {
    auto const problem = co_await try_size(who, size.bytes);
    if (!problem.empty()) {
      who.add("frames", size.unless_passed,
              "a message of " + kilobytes(size.bytes) + " did not get through (" + problem + "); " +
                  size.means + (passed > 0 ? "; " + kilobytes(passed) + " passed" : ""));
      co_return;
    }
    passed = size.bytes;
  }
  who.add("frames", verdict::ok, "messages up to " + kilobytes(passed) + " get through");
}

}  // namespace waggle::doctor
