// SPDX-License-Identifier: Apache-2.0
// Listening sockets: one a core, all on the same port, and never silently beside another server.
#include "server/net/listener.hpp"

#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>

namespace waggle::net {
namespace {

tcp::endpoint const any_port{asio::ip::address_v4::loopback(), 0};

/// Whether a TCP connection to `at` is accepted by the kernel.
bool connects(tcp::endpoint const& at) {
  asio::io_context context{1};
  tcp_socket socket{context.get_executor()};
  error_code error;
  socket.connect(at, error);
  return !error;
}

std::uint16_t port_of(int descriptor) {
  tcp::endpoint at;
  auto size = static_cast<socklen_t>(at.capacity());
  EXPECT_EQ(::getsockname(descriptor, at.data(), &size), 0);
  at.resize(size);
  return at.port();
}

int option(int descriptor, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(::getsockopt(descriptor, level, name, &value, &size), 0);
  return value;
}

TEST(ListenOn, PicksOnePortForAllCores) {
  error_code error;

  auto const sockets = listen_on(any_port, transport::plain, 4, {}, error);

  ASSERT_FALSE(error) << error.message();
  EXPECT_NE(sockets.at.port(), 0U);
  ASSERT_EQ(sockets.descriptors.size(), 4U);
  EXPECT_EQ(std::set(sockets.descriptors.begin(), sockets.descriptors.end()).size(), 4U);
  for (auto const descriptor : sockets.descriptors) {
    EXPECT_EQ(port_of(descriptor), sockets.at.port());
    EXPECT_EQ(option(descriptor, SOL_SOCKET, SO_ACCEPTCONN), 1);
    EXPECT_EQ(option(descriptor, IPPROTO_TCP, TCP_NODELAY), 1);
  }
  EXPECT_TRUE(connects(sockets.at));
}

TEST(ListenOn, IsRefusedWhereSomebodyListens) {
  error_code error;
  auto const first = listen_on(any_port, transport::plain, 1, {}, error);
  ASSERT_FALSE(error);

  // The first one's sockets are SO_REUSEPORT and of the same user: the kernel would let it join.
  auto const second = listen_on(first.at, transport::plain, 2, {}, error);

  EXPECT_EQ(error, asio::error::address_in_use);
  EXPECT_TRUE(second.descriptors.empty());
  EXPECT_TRUE(connects(first.at));
}

TEST(ListenOn, IsRefusedOnAnAddressOfAnotherMachine) {
  error_code error;

  auto const sockets =
      listen_on({asio::ip::make_address("192.0.2.1"), 0}, transport::plain, 1, {}, error);

  EXPECT_TRUE(error);
  EXPECT_TRUE(sockets.descriptors.empty());
}

TEST(ListenOn, MayListenAgainOnceTheFirstIsGone) {
  error_code error;
  tcp::endpoint at;
  {
    auto const first = listen_on(any_port, transport::plain, 2, {}, error);
    at = first.at;
    EXPECT_TRUE(connects(at));
  }
  EXPECT_FALSE(connects(at));

  auto const second = listen_on(at, transport::plain, 2, {}, error);

  EXPECT_FALSE(error) << error.message();
  EXPECT_TRUE(connects(at));
}

TEST(ListenOn, ServesBothFamiliesOnTheAnyAddressOfVersion6) {
  error_code error;
  auto const sockets = listen_on({asio::ip::address_v6::any(), 0}, transport::plain, 1, {}, error);
  if (error == asio::error::address_family_not_supported) GTEST_SKIP() << "no IPv6 here";
  ASSERT_FALSE(error) << error.message();

  EXPECT_TRUE(connects({asio::ip::address_v4::loopback(), sockets.at.port()}));
  EXPECT_TRUE(connects({asio::ip::address_v6::loopback(), sockets.at.port()}));
}

TEST(ListeningSockets, GiveEachSocketAwayOnce) {
  error_code error;
  auto sockets = listen_on(any_port, transport::tls, 2, {}, error);
  ASSERT_FALSE(error);
  auto const at = sockets.at;

  auto const mine = sockets.take(0);

  EXPECT_GE(mine, 0);
  EXPECT_EQ(sockets.take(0), -1);
  EXPECT_EQ(sockets.kind, transport::tls);
  {
    auto const moved = std::move(sockets);
    EXPECT_EQ(moved.descriptors.size(), 2U);
    EXPECT_EQ(moved.at, at);
  }
  EXPECT_EQ(port_of(mine), at.port()) << "what was taken stays open";
  ::close(mine);
}

}  // namespace
}  // namespace waggle::net
