// SPDX-License-Identifier: Apache-2.0
// Addresses to listen on.
#include "config/endpoint.hpp"

#include "config/settings.hpp"

#include <gtest/gtest.h>

namespace waggle {
namespace {

using endpoint = endpoint_setting;

TEST(Endpoint, IsReadInEachForm) {
  EXPECT_EQ(parse_endpoint("[::]:8000"), (endpoint{"::", 8000}));
  EXPECT_EQ(parse_endpoint("[2001:db8::1]:1"), (endpoint{"2001:db8::1", 1}));
  EXPECT_EQ(parse_endpoint("0.0.0.0:8000"), (endpoint{"0.0.0.0", 8000}));
  EXPECT_EQ(parse_endpoint(":8000"), (endpoint{"::", 8000}));
  EXPECT_EQ(parse_endpoint("localhost:65535"), (endpoint{"127.0.0.1", 65535}));
  EXPECT_EQ(parse_endpoint("127.0.0.1:0"), (endpoint{"127.0.0.1", 0}));
}

TEST(Endpoint, OfOtherFormsIsNone) {
  for (auto const* text : {"",
                           ":",
                           "8000",
                           "localhost",
                           "127.0.0.1",
                           "127.0.0.1:",
                           "127.0.0.1:65536",
                           "127.0.0.1:-1",
                           "127.0.0.1:+1",
                           "127.0.0.1:80x",
                           "127.0.0.1: 80",
                           "::1:8000",
                           "[::1]",
                           "[::1]8000",
                           "[:8000",
                           "[]:8000",
                           "[127.0.0.1]:80",
                           "[::1%lo]:80",
                           "example.org:80",
                           "256.0.0.1:80",
                           "1.2.3:80",
                           "http://[::]:80"}) {
    EXPECT_EQ(parse_endpoint(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_endpoint(std::string_view("127.0.0.1\0:80", 13)), std::nullopt);
}

TEST(Endpoint, IsWrittenInTheFormThatIsRead) {
  for (auto const* text : {"[::]:8000", "0.0.0.0:0", "[fe80::1]:443"}) {
    EXPECT_EQ(to_string(parse_endpoint(text).value()), text);
  }
}

TEST(PlainListeners, DefaultToPort8000OfEveryAddress) {
  EXPECT_EQ(plain_listeners({}, /*ipv6_available=*/true), (std::vector<endpoint>{{"::", 8000}}));
  EXPECT_EQ(plain_listeners({}, /*ipv6_available=*/false),
            (std::vector<endpoint>{{"0.0.0.0", 8000}}));
}

TEST(PlainListeners, AreNoneWhereAnotherListenerIsGiven) {
  network_settings behind_proxy;
  behind_proxy.listen_proxy = {{"::", 8002}};
  EXPECT_TRUE(plain_listeners(behind_proxy, /*ipv6_available=*/true).empty());
  network_settings tls_behind_proxy;
  tls_behind_proxy.listen_tls_proxy = {{"::", 8002}};
  EXPECT_TRUE(plain_listeners(tls_behind_proxy, /*ipv6_available=*/true).empty());

  network_settings network;
  network.listen_tls = {{"::", 8443}};
  EXPECT_TRUE(plain_listeners(network, /*ipv6_available=*/true).empty());

  network.listen = {{"::", 1}};
  EXPECT_EQ(plain_listeners(network, /*ipv6_available=*/true), network.listen);
}

TEST(LogLevel, OfAnAreaFollowsTheGeneralOneUnlessSet) {
  log_settings log;
  log.level = log_level::warn;
  log.net = log_level::trace;

  EXPECT_EQ(effective_level(log, log.net), log_level::trace);
  EXPECT_EQ(effective_level(log, log.shard), log_level::warn);
}

}  // namespace
}  // namespace waggle
