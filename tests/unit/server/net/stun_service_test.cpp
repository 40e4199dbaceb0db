// SPDX-License-Identifier: Apache-2.0
// The STUN server over real sockets, and what each source may ask for.
#include "server/net/stun_service.hpp"

#include "tests/support/deadline.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace waggle::net {
namespace {

using namespace std::chrono_literals;
using test::eventually;

constexpr hash_seed seed{.first = 1, .second = 2};
constexpr std::array<std::uint8_t, 20> request{
    0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

ip_address address(char const* text) {
  return *parse_ip_address(text);
}

TEST(SourceShares, AreBurstAndRateOfEachAddressAndIpv6Network) {
  share_limits const limits{.all = {}, .source = {.burst = 2, .per_second = 1}};
  source_shares shares{limits, 1024, seed};
  EXPECT_TRUE(shares.take(address("192.0.2.1"), 1s));
  EXPECT_TRUE(shares.take(address("192.0.2.1"), 1s));
  EXPECT_FALSE(shares.take(address("192.0.2.1"), 1s));
  EXPECT_TRUE(shares.take(address("192.0.2.2"), 1s)) << "its neighbour";
  EXPECT_TRUE(shares.take(address("192.0.2.1"), 2s)) << "one is back";
  EXPECT_FALSE(shares.take(address("192.0.2.1"), 2s));

  EXPECT_TRUE(shares.take(address("2001:db8:1:2::1"), 1s));
  EXPECT_TRUE(shares.take(address("2001:db8:1:2::2"), 1s));
  EXPECT_FALSE(shares.take(address("2001:db8:1:2::3"), 1s)) << "one customer";
}

TEST(SourceShares, AreBoundedForAllTogether) {
  share_limits const limits{.all = {.burst = 3, .per_second = 3}, .source = {}};
  source_shares shares{limits, 1024, seed};
  int taken = 0;
  for (int i = 1; i <= 10; ++i) {
    taken += shares.take(address(("192.0.2." + std::to_string(i)).c_str()), 1s) ? 1 : 0;
  }
  EXPECT_EQ(taken, 3);
}

class Stun : public testing::Test {
 protected:
  void open(char const* at = "127.0.0.1", share_limits const& limits = {}) {
    service_.emplace(limits, seed);
    error_code error;
    there_ = service_->open({asio::ip::make_address(at), 0}, error);
    ASSERT_FALSE(error) << error.message();
    service_->start();
    client_.open(there_.protocol());
  }
  std::vector<std::uint8_t> ask(std::span<std::uint8_t const> datagram) {
    client_.send_to(asio::buffer(datagram.data(), datagram.size()), there_);
    std::vector<std::uint8_t> got(100);
    pollfd waits{.fd = client_.native_handle(), .events = POLLIN, .revents = 0};
    if (::poll(&waits, 1, 5'000) != 1) return {};
    udp::endpoint from;
    got.resize(client_.receive_from(asio::buffer(got), from));
    EXPECT_EQ(from, there_);
    return got;
  }

  asio::io_context loop_;
  udp::socket client_{loop_};
  udp::endpoint there_;
  std::optional<stun_service> service_;
};

TEST_F(Stun, TellsAClientItsAddressAndPort) {
  open();
  auto const got = ask(request);
  ASSERT_EQ(got.size(), 32U);
  EXPECT_TRUE(std::equal(request.begin() + 8, request.end(), got.begin() + 8));
  auto const port = client_.local_endpoint().port();
  EXPECT_EQ((got[26] << 8 | got[27]) ^ 0x2112, port);
  EXPECT_EQ(got[28] ^ 0x21, 127);
  EXPECT_EQ(service_->counts().answered, 1U);
}

TEST_F(Stun, ServesIpv6Too) {
  open("::1");
  auto const got = ask(request);
  ASSERT_EQ(got.size(), 44U);
  EXPECT_EQ(got[25], 2);
}

TEST_F(Stun, SaysNothingToWhatIsNoRequest) {
  open();
  std::vector<std::uint8_t> const junk(700, 1);
  client_.send_to(asio::buffer(junk), there_);
  client_.send_to(asio::buffer(junk, 1), there_);
  client_.send_to(asio::buffer(junk, 0), there_);
  EXPECT_EQ(ask(request).size(), 32U) << "and goes on";
  EXPECT_EQ(service_->counts().ignored, 3U);
}

TEST_F(Stun, DropsWhatIsOverTheLimit) {
  open("127.0.0.1", {.all = {}, .source = {.burst = 5, .per_second = 1}});
  for (int i = 0; i < 50; ++i) client_.send_to(asio::buffer(request), there_);
  EXPECT_TRUE(
      eventually([&] { return service_->counts().answered + service_->counts().limited == 50U; }));
  EXPECT_GE(service_->counts().limited, 40U);
}

TEST_F(Stun, SaysWhyItCannotListen) {
  open();
  stun_service other{{}, seed};
  error_code error;
  static_cast<void>(other.open(there_, error));
  EXPECT_EQ(error, asio::error::address_in_use);
}

}  // namespace
}  // namespace waggle::net
