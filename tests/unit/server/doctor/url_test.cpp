// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waggle::doctor {
namespace {

using testing::HasSubstr;

url good(std::string_view text) {
  auto const reading = read_tracker_url(text);
  EXPECT_EQ(reading.problem, "") << text;
  return reading.value.value_or(url{});
}

std::string problem_of(std::string_view text) {
  auto const reading = read_tracker_url(text);
  EXPECT_FALSE(reading.value) << text;
  return reading.problem;
}

TEST(DoctorUrl, HasThePortOfItsSchemeUnlessItNamesOne) {
  EXPECT_EQ(good("ws://host").port, 80);
  EXPECT_EQ(good("wss://host").port, 443);
  EXPECT_EQ(good("wss://host:8443/").port, 8443);
  EXPECT_TRUE(good("WSS://host").tls());
  EXPECT_FALSE(good("ws://host").tls());
}

TEST(DoctorUrl, KeepsPathAndQuery) {
  EXPECT_EQ(good("ws://host").target, "/");
  EXPECT_EQ(good("ws://host/").target, "/");
  EXPECT_EQ(good("ws://host/tracker/socket?token=a:b@c").target, "/tracker/socket?token=a:b@c");
  EXPECT_EQ(good("ws://host?a=b").target, "/?a=b");
  EXPECT_EQ(good("ws://host?a=b").host, "host");
}

TEST(DoctorUrl, TakesIpv6InBrackets) {
  EXPECT_EQ(good("ws://[::1]:8000/").host, "::1");
  EXPECT_EQ(good("ws://[::1]:8000/").port, 8000);
  EXPECT_EQ(good("ws://[::1]:8000/").host_field(), "[::1]:8000");
  EXPECT_EQ(good("wss://[2001:db8::7]").host_field(), "[2001:db8::7]");
}

TEST(DoctorUrl, HostFieldLeavesTheSchemesOwnPortOut) {
  EXPECT_EQ(good("wss://host:443/").host_field(), "host");
  EXPECT_EQ(good("ws://host:443/").host_field(), "host:443");
}

TEST(DoctorUrl, SaysWhatWasProbablyMeant) {
  EXPECT_THAT(problem_of("tracker.example.org/x"), HasSubstr("wss://tracker.example.org/x"));
  EXPECT_THAT(problem_of("https://host/x"), HasSubstr("wss://host/x"));
  EXPECT_THAT(problem_of("http://host:8000"), HasSubstr(" ws://host:8000"));
  EXPECT_THAT(problem_of("udp://host:6969"), HasSubstr("ws:// and wss://"));
}

TEST(DoctorUrl, RefusesWhatBrowsersRefuse) {
  EXPECT_THAT(problem_of("ws://"), HasSubstr("host is missing"));
  EXPECT_THAT(problem_of("ws://:80/"), HasSubstr("host is missing"));
  EXPECT_THAT(problem_of("ws://ho st/"), HasSubstr("not a host name"));
  EXPECT_THAT(problem_of("ws://host\r\nX: y/"), HasSubstr("not a host name"));
  EXPECT_THAT(problem_of("ws://b\xc3\xbc"
                         "cher.example/"),
              HasSubstr("xn--"));
  EXPECT_THAT(problem_of("ws://[::1/"), HasSubstr("]"));
  EXPECT_THAT(problem_of("ws://[::1]x/"), HasSubstr("not a port"));
  EXPECT_THAT(problem_of("ws://user:word@host/"), HasSubstr("user name"));
  EXPECT_THAT(problem_of("ws://host/#part"), HasSubstr("#"));
  EXPECT_THAT(problem_of("ws://host/a b"), HasSubstr("%20"));
  for (auto const* const port : {":", ":0", ":65536", ":80x", ":-1", ":8000000000"}) {
    EXPECT_THAT(problem_of(std::string{"ws://host"} + port), HasSubstr("not a port"));
  }
}

TEST(DoctorUrl, InternalListenerIsHttpAndNothingElse) {
  auto const reading = read_internal_url("http://127.0.0.1:8001/");
  ASSERT_TRUE(reading.value);
  EXPECT_EQ(reading.value->host_field(), "127.0.0.1:8001");
  for (auto const* const wrong : {"https://127.0.0.1:8001", "127.0.0.1:8001", "ws://127.0.0.1:8001",
                                  "http://127.0.0.1:8001/stats.json", "http://"}) {
    EXPECT_FALSE(read_internal_url(wrong).value) << wrong;
    EXPECT_NE(read_internal_url(wrong).problem, "") << wrong;
  }
}

}  // namespace
}  // namespace waggle::doctor
