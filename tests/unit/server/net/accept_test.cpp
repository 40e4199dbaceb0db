// SPDX-License-Identifier: Apache-2.0
// Accepting beside traffic: neither starves the other, whatever the speed of the machine. Turns of
// the loop are counted, not time.
#include "server/core/ban_list.hpp"
#include "server/core/tenant_directory.hpp"
#include "server/net/listener.hpp"
#include "tests/unit/server/net/loopback.hpp"

#include <boost/asio/post.hpp>
#include <netinet/tcp.h>

#include <algorithm>
#include <vector>

namespace waggle::net::test {
namespace {

constexpr std::size_t crowd = 300;

class patient_host final : public connection_host {
 public:
  [[nodiscard]] setup_limits const& setup() const override { return limits; }
  [[nodiscard]] client_rules const& clients() const override { return rules; }
  [[nodiscard]] admission_rules admissions() const override {
    return {tenants, banned_addresses, nullptr};
  }
  [[nodiscard]] core_counters& facts() override { return counters; }
  [[nodiscard]] tls_context current_tls() const override { return {}; }
  [[nodiscard]] bool healthy() const override { return true; }
  void open_session(std::unique_ptr<byte_stream> /*stream*/, std::span<char const> /*early*/,
                    admission /*with*/) override {}

  setup_limits limits;
  core_counters counters;
  address_counts counts{{1, 2}};
  client_ledger ledger{{3, 4}};
  client_rules rules{.counts = &counts, .ledger = &ledger};
  tenant_directory tenants;
  ban_list banned_addresses;
};

/// A listener in whose queue a crowd waits, on a loop that always has something else to do.
class Accepting : public testing::Test {
 protected:
  Accepting() { make_room_for(2 * crowd); }

  void make_room_for(std::size_t most) {
    error_code error;
    auto sockets = listen_on({asio::ip::address_v4::loopback(), 0}, transport::plain, 1, {}, error);
    ASSERT_FALSE(error) << error.message();
    at_ = sockets.at;
    gate_ = std::make_unique<runtime::gate>(most);
    descriptor_ = sockets.take(0);
    listener_ = std::make_unique<listener>(context_, host_, *gate_, at_.protocol(), descriptor_,
                                           entrance{transport::plain});
  }

  void knock(std::size_t count) {
    while (count-- > 0) {
      auto const client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
      ASSERT_EQ(::connect(client, at_.data(), static_cast<socklen_t>(at_.size())), 0);
      clients_.push_back(std::make_unique<far_end>(client));
    }
  }
  [[nodiscard]] std::size_t accepted() {
    return host_.counters.value(counter::connections_accepted, label::transport::plain);
  }
  [[nodiscard]] std::size_t pauses() { return host_.counters.value(counter::accepts_paused); }
  /// Work that is ready whenever it is the loop's turn; notes how many came in since its last.
  void keep_busy() {
    came_in_.push_back(accepted());
    asio::post(context_, [this] { keep_busy(); });
  }

  patient_host host_;
  std::unique_ptr<runtime::gate> gate_;
  asio::io_context context_{1};  // its connections use the two above
  tcp::endpoint at_;
  std::unique_ptr<listener> listener_;
  int descriptor_ = -1;  // the listener's
  std::vector<std::unique_ptr<far_end>> clients_;
  std::vector<std::size_t> came_in_;  // until each turn of the work
};

TEST_F(Accepting, LetsTrafficRunInAStormOfNewcomers) {
  knock(crowd);
  listener_->start();
  keep_busy();

  ASSERT_TRUE(waggle::test::eventually([&] {
    context_.run_one();
    return accepted() == crowd;
  }));

  came_in_.push_back(accepted());
  std::size_t most = 0;
  for (std::size_t turn = 1; turn < came_in_.size(); ++turn) {
    most = std::max(most, came_in_[turn] - came_in_[turn - 1]);
  }
  EXPECT_LT(most, crowd / 2) << "between two turns of the traffic";
}

TEST_F(Accepting, LetsSeveralNewcomersInPerTurnOfTheTraffic) {
  knock(crowd);
  listener_->start();
  keep_busy();

  ASSERT_TRUE(waggle::test::eventually([&] {
    context_.run_one();
    return accepted() == crowd;
  }));

  auto const first = std::ranges::find_if(came_in_, [](auto count) { return count > 0; });
  auto const turns = static_cast<std::size_t>(came_in_.end() - first);
  EXPECT_LT(turns, crowd / 2) << "one a turn would take as many turns as there are newcomers";
}

TEST_F(Accepting, IsNotPausedByAFullHouseAtWhoseDoorNobodyWaits) {
  make_room_for(2);
  knock(2);
  listener_->start();

  ASSERT_TRUE(waggle::test::eventually([&] {
    context_.poll();
    return accepted() == 2;
  }));
  context_.poll();

  EXPECT_EQ(pauses(), 0U);
}

TEST_F(Accepting, PausesOnceSomebodyWaitsInVainAndLetsHimInAsSoonAsThereIsRoom) {
  make_room_for(2);
  knock(3);
  listener_->start();
  ASSERT_TRUE(waggle::test::eventually([&] {
    context_.poll();
    return pauses() > 0;
  }));
  EXPECT_EQ(accepted(), 2U);

  clients_.front()->leave();

  EXPECT_TRUE(waggle::test::eventually([&] {
    context_.poll();
    return accepted() == 3;
  }));
}

TEST_F(Accepting, NewConnectionsHaveTheBuffersThatWereAskedForLast) {
  auto const send_buffer = [&] {
    int bytes = 0;
    socklen_t size = sizeof bytes;
    EXPECT_EQ(::getsockopt(descriptor_, SOL_SOCKET, SO_SNDBUF, &bytes, &size), 0);
    return bytes;
  };
  auto const backlog = [&] {
    tcp_info info{};
    socklen_t size = sizeof info;
    EXPECT_EQ(::getsockopt(descriptor_, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    return info.tcpi_sacked;  // of a socket that listens: the longest its queue may be
  };
  EXPECT_EQ(send_buffer(), 128 * 1024);
  EXPECT_EQ(backlog(), 1024U);

  listener_->use({.backlog = 7, .send_buffer_bytes = 16 * 1024});

  EXPECT_EQ(send_buffer(), 16 * 1024) << "which accepted sockets inherit";
  EXPECT_EQ(backlog(), 7U);
}

}  // namespace
}  // namespace waggle::net::test
