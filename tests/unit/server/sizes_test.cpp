// SPDX-License-Identifier: Apache-2.0
// What things cost in memory, counted by this program's operator new: a regression is a red build,
// not a surprise. The figures are in docs/performance.md.
#include "server/core/offer_routes.hpp"
#include "server/core/shard.hpp"
#include "server/net/ws_session.hpp"
#include "server/session/tracker_conversation.hpp"
#include "tests/support/deadline.hpp"
#include "tests/support/tracker_client.hpp"
#include "tests/support/ws_client.hpp"
#include "tests/unit/server/core_rig.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <future>
#include <iostream>
#include <new>
#include <string>

namespace {

/// Bytes that this thread has from the allocator, with what the allocator adds to each block. A
/// core allocates and frees on its own thread, so that clients in this program do not count.
thread_local std::int64_t live_bytes = 0;

constexpr std::size_t block_head_bytes = 8;

std::int64_t block_bytes(void* block) {
  return static_cast<std::int64_t>(::malloc_usable_size(block) + block_head_bytes);
}

void* counted(void* block) {
  if (block == nullptr) throw std::bad_alloc{};
  live_bytes += block_bytes(block);
  return block;
}

void uncounted(void* block) noexcept {
  if (block != nullptr) live_bytes -= block_bytes(block);
  std::free(block);
}

}  // namespace

void* operator new(std::size_t bytes) {
  return counted(std::malloc(std::max<std::size_t>(bytes, 1)));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  auto const unit = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(unit, (bytes + unit - 1) / unit * unit));
}
void operator delete(void* block) noexcept {
  uncounted(block);
}
void operator delete(void* block, std::size_t /*bytes*/) noexcept {
  uncounted(block);
}
void operator delete(void* block, std::align_val_t /*alignment*/) noexcept {
  uncounted(block);
}
void operator delete(void* block, std::size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept {
  uncounted(block);
}

namespace waggle::test {
namespace {

static_assert(sizeof(member) == 64);
static_assert(sizeof(swarm) <= 56);
static_assert(sizeof(shard_message) <= 136);
static_assert(sizeof(session_message) <= 112);
static_assert(sizeof(outbox::entry) <= 128);
static_assert(sizeof(tracker_conversation) <= 120);
static_assert(sizeof(native_conversation) <= 144);
static_assert(sizeof(mesh::node) <= 52);
static_assert(sizeof(mesh::link) <= 20);
static_assert(sizeof(net::ws_session) <= 384);

/// Says the figure in any case, for docs/performance.md.
void expect_at_most(double bytes_max, double bytes, char const* what) {
  std::cout << "[  FIGURE  ] " << bytes << " bytes: " << what << '\n';
  EXPECT_LE(bytes, bytes_max) << what;
}

waggle::announce_message announce_of(std::uint32_t number, bool own_swarm) {
  waggle::announce_message message;
  message.from = {.slot = number, .generation = 1};
  for (std::size_t at = 0; at < 4; ++at) {
    message.peer.value[at] = static_cast<std::uint8_t>(number >> (8 * at));
  }
  if (own_swarm) std::copy_n(message.peer.value.begin(), 4, message.swarm.value.begin());
  message.interval = std::chrono::seconds{60};
  return message;
}

/// The most that a membership cost at any size from 50,000 to 400,000, which the tables pass both
/// just after growing and just before.
double most_bytes_a_membership(bool own_swarms) {
  auto const before = live_bytes;
  shard_limits limits;
  limits.recorder_bytes = 0;  // the same for however many
  shard subject{limits, {.first = 1, .second = 2}, 3};
  outbox out;
  double most = 0;
  for (std::uint32_t number = 1; number <= 400'000; ++number) {
    subject.handle(announce_of(number, own_swarms), core_time{1000}, out);
    out.clear();
    if (number < 50'000 || number % 1'000 != 0) continue;
    most = std::max(most, static_cast<double>(live_bytes - before) / number);
  }
  return most;
}

TEST(Sizes, AMembershipInABigSwarmTakesAtMost95Bytes) {
  expect_at_most(95, most_bytes_a_membership(/*own_swarms=*/false), "a membership at most");
}

TEST(Sizes, AMembershipAndASwarmForItAloneTakeAtMost172Bytes) {
  expect_at_most(172, most_bytes_a_membership(/*own_swarms=*/true), "the same, with its swarm");
}

TEST(Sizes, ARouteForAnAnswerTakesAtMost130Bytes) {
  auto const before = live_bytes;
  offer_routes routes{{}, {.first = 1, .second = 2}};
  double most = 0;
  for (std::uint32_t number = 1; number <= 300'000; ++number) {
    auto const who = announce_of(number, false);
    auto const sender = announce_of(number / 10, false);
    routes.add({.swarm = who.swarm, .receiver = {who.from, who.peer}, .tag = number},
               {sender.from, sender.peer}, core_time{1000});
    if (number < 50'000 || number % 1'000 != 0) continue;
    most = std::max(most, static_cast<double>(live_bytes - before) / number);
  }
  expect_at_most(130, most, "a route at most, ten a sender");
}

/// What the thread of a core has from the allocator.
std::int64_t bytes_of(core_loop& loop) {
  std::promise<std::int64_t> answer;
  loop.ask([&](core_loop&) { answer.set_value(live_bytes); });
  return answer.get_future().get();
}

/// What each of 300 more connections costs a core, once 50 are there.
template <class Connect, class Settle>
double bytes_a_connection(Connect connect, Settle settle) {
  constexpr std::size_t warm = 50;
  constexpr std::size_t more = 300;
  core_options options;
  options.where = {.seed = {.first = 1, .second = 2}, .cores = 1};
  net::address_counts addresses{{.first = 1, .second = 2}};
  net::client_ledger ledger{{.first = 3, .second = 4}};
  options.clients.counts = &addresses;
  options.clients.ledger = &ledger;
  core_loop loop{options};
  loop.connect({&loop});
  net::error_code error;
  auto sockets = net::listen_on({net::asio::ip::address_v4::loopback(), 0}, {}, 1, {}, error);
  EXPECT_FALSE(error) << error.message();
  endpoint const at{.scheme = "ws", .host = "127.0.0.1", .port = sockets.at.port()};
  loop.listen(sockets.at.protocol(), sockets.take(0), {});
  running const thread{loop};

  for (std::size_t count = 0; count < warm; ++count) connect(at);
  settle(loop);
  auto const before = bytes_of(loop);
  for (std::size_t count = 0; count < more; ++count) connect(at);
  settle(loop);
  auto const after = bytes_of(loop);

  EXPECT_EQ(snapshot_of(loop).peers, warm + more);
  return static_cast<double>(after - before) / more;
}

/// All that a core keeps for a connection that has announced and is quiet: session, transport,
/// conversation, membership, deadline, and its places in tables. The kernel's socket comes on top.
double bytes_of_an_announced_connection() {
  auto const swarm = fresh_swarm();
  std::deque<tracker_client> clients;
  return bytes_a_connection(
      [&](endpoint const& at) {
        auto& client = clients.emplace_back(at);
        static_cast<void>(client.announce({.swarm = swarm, .peer = fresh_peer()}));
      },
      [](core_loop&) {});
}

TEST(Sizes, AnIdleAnnouncedConnectionTakesAtMost836BytesOfHeap) {
  expect_at_most(836, bytes_of_an_announced_connection(), "an announced connection");
}

/// With the links of its peer, eight on average, of which each is counted once.
TEST(Sizes, AnIdleNativePeerTakesAtMostAFifthMore) {
  std::deque<ws_client> clients;
  auto const connect = [&](endpoint const& at) {
    auto& client = clients.emplace_back(
        ws_client::connect(at, {.headers = {{"Sec-WebSocket-Protocol", "waggle.v1"}}}));
    client.send_text(R"({"t":"hello"})");
    client.send_text(R"({"t":"join","s":1,"swarm":"movie"})");
    for (std::string heard; heard.find(R"("t":"joined")") == std::string::npos;) {
      heard = client.receive_text();
    }
  };
  // Every link opens in time, as those of browsers do.
  auto const settle = [&](core_loop& loop) {
    ASSERT_TRUE(eventually([&] {
      for (auto& client : clients) {
        client.pump();
        while (auto const got = client.receive(std::chrono::milliseconds{0})) {
          auto const link = got->payload.find(R"("c":)");
          if (got->payload.find(R"("init":true)") == std::string::npos) continue;
          auto const end = got->payload.find(',', link);
          client.send_text(R"({"t":"link","s":1,)" + got->payload.substr(link, end - link) +
                           R"(,"ok":true})");
        }
      }
      return snapshot_of(loop).native_links_pending == 0;
    }));
  };

  auto const bytes = bytes_a_connection(connect, settle);

  expect_at_most(1.2 * bytes_of_an_announced_connection(), bytes, "a native peer");
}

}  // namespace
}  // namespace waggle::test
