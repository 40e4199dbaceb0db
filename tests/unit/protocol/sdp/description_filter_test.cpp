// SPDX-License-Identifier: Apache-2.0
// What each filter leaves of the descriptions that browsers write.
#include "protocol/sdp/description_filter.hpp"

#include "tests/unit/protocol/sdp/descriptions.hpp"

#include <gtest/gtest.h>

namespace waggle::sdp::test {
namespace {

struct filtered_body {
  outcome how;
  std::string text;
};

filtered_body filtered(std::string_view body, ice_filter which) {
  description_filter filter;
  std::string out = "left over";
  auto const how = filter.apply(body, which, out);
  return {how, out};
}

/// What is left of a description that has to change.
std::string left_of(std::string_view type, std::string_view sdp, ice_filter which) {
  auto const [how, text] = filtered(body_of(type, sdp), which);
  EXPECT_EQ(how, outcome::filtered);
  EXPECT_EQ(text, body_of(type, sdp_of(text)));
  return sdp_of(text);
}

/// What one line becomes, with the line end.
std::string line_left_of(std::string_view line, ice_filter which = ice_filter::relay_only) {
  auto const [how, text] = filtered(body_of("offer", std::string{"v=0\r\n"} += line), which);
  return sdp_of(text).substr(5);
}

constexpr std::string_view chromium_head =
    "v=0\r\n"
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE 0\r\n"
    "a=extmap-allow-mixed\r\n"
    "a=msid-semantic: WMS\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    "c=IN IP4 0.0.0.0\r\n";
constexpr std::string_view chromium_tail =
    "a=ice-ufrag:t7mc\r\n"
    "a=ice-pwd:1lyXmLFhVUeYlpfYvjuCmVLR\r\n"
    "a=ice-options:trickle\r\n"
    "a=fingerprint:sha-256 49:66:12:17:0D:1C:91:AE:57:4C:C6:36:DD:D5:97:D2:7D:62:C9:9A:7F:B9:A3:F4:"
    "70:03:E7:43:91:73:23:5E\r\n"
    "a=setup:actpass\r\n"
    "a=mid:0\r\n"
    "a=sctp-port:5000\r\n"
    "a=max-message-size:262144\r\n";

TEST(DescriptionFilter, OfChromiumNoHostKeepsTheReflexiveCandidates) {
  auto const left = left_of("offer", chromium_offer, ice_filter::no_host);

  EXPECT_EQ(left,
            std::string{chromium_head} +
                "a=candidate:1842163049 1 udp 1677729535 203.0.113.77 49923 typ srflx raddr "
                "0.0.0.0 rport 0 generation 0 network-cost 999\r\n"
                "a=candidate:2217689411 1 udp 1677732095 2001:db8:5:123::a7 60210 typ srflx raddr "
                ":: rport 0 generation 0 network-cost 999\r\n" +
                std::string{chromium_tail});
}

TEST(DescriptionFilter, OfChromiumWithoutTurnRelayOnlyLeavesNoCandidate) {
  auto const left = left_of("offer", chromium_offer, ice_filter::relay_only);

  EXPECT_EQ(left, std::string{chromium_head} + std::string{chromium_tail});
}

constexpr std::string_view firefox_head =
    "v=0\r\n"
    "o=mozilla...THIS_IS_SDPARTA-128.0 5136163476157104310 0 IN IP4 0.0.0.0\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=fingerprint:sha-256 9C:1B:7E:2D:05:A3:44:F8:61:DE:0B:7A:3F:92:C8:15:EE:70:4D:B6:29:83:5A:F1:"
    "0C:67:D4:9E:38:B2:51:AF\r\n"
    "a=group:BUNDLE 0\r\n"
    "a=ice-options:trickle\r\n"
    "a=msid-semantic:WMS *\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    "c=IN IP4 0.0.0.0\r\n";
constexpr std::string_view firefox_relay =
    "a=candidate:3 1 UDP 92216831 198.51.100.20 61002 typ relay raddr 0.0.0.0 rport 0\r\n";
constexpr std::string_view firefox_tail =
    "a=sendrecv\r\n"
    "a=end-of-candidates\r\n"
    "a=ice-pwd:a5c0f3de81b7426e9d3c5f70a1b2c3d4\r\n"
    "a=ice-ufrag:7f1e9a3c\r\n"
    "a=mid:0\r\n"
    "a=setup:active\r\n"
    "a=sctp-port:5000\r\n"
    "a=max-message-size:1073741823\r\n";

TEST(DescriptionFilter, OfFirefoxNoHostKeepsReflexiveAndRelayWithoutWhatTheyAreRelatedTo) {
  auto const left = left_of("answer", firefox_answer, ice_filter::no_host);

  EXPECT_EQ(left, std::string{firefox_head} +
                      "a=candidate:1 1 UDP 1686052863 203.0.113.99 52114 typ srflx raddr 0.0.0.0 "
                      "rport 0\r\n" +
                      std::string{firefox_relay} + std::string{firefox_tail});
}

TEST(DescriptionFilter, OfFirefoxRelayOnlyKeepsTheRelayCandidate) {
  auto const left = left_of("answer", firefox_answer, ice_filter::relay_only);

  EXPECT_EQ(left,
            std::string{firefox_head} + std::string{firefox_relay} + std::string{firefox_tail});
}

TEST(DescriptionFilter, WhatHasNothingToHideIsUnchanged) {
  auto const body = body_of("offer", std::string{chromium_head} + std::string{chromium_tail});

  EXPECT_EQ(filtered(body, ice_filter::relay_only).how, outcome::unchanged);
  EXPECT_EQ(filtered(body, ice_filter::relay_only).text, body);
  EXPECT_EQ(filtered(body, ice_filter::no_host).how, outcome::unchanged);
}

TEST(DescriptionFilter, WhatIsFilteredTwiceIsAsFilteredOnce) {
  for (auto const which : {ice_filter::no_host, ice_filter::relay_only}) {
    auto const once = filtered(body_of("answer", firefox_answer), which);

    auto const twice = filtered(once.text, which);

    EXPECT_EQ(twice.how, outcome::unchanged);
    EXPECT_EQ(twice.text, once.text);
  }
}

TEST(DescriptionFilter, PeerReflexiveCandidatesAreTreatedLikeServerReflexiveOnes) {
  auto const line = "a=candidate:1 1 udp 1 203.0.113.7 9 typ prflx raddr 10.0.0.1 rport 5\r\n";

  EXPECT_EQ(line_left_of(line, ice_filter::no_host),
            "a=candidate:1 1 udp 1 203.0.113.7 9 typ prflx raddr 0.0.0.0 rport 0\r\n");
  EXPECT_EQ(line_left_of(line, ice_filter::relay_only), "");
}

TEST(DescriptionFilter, ACandidateInCapitalsIsOneToo) {
  EXPECT_EQ(
      line_left_of("a=CANDIDATE:1 1 UDP 1 203.0.113.7 9 TYP RELAY RADDR 10.0.0.1 RPORT 5\r\n"),
      "a=candidate:1 1 UDP 1 203.0.113.7 9 typ relay raddr 0.0.0.0 rport 0\r\n");
}

TEST(DescriptionFilter, TheOriginKeepsItsVersionAndLosesItsAddress) {
  EXPECT_EQ(line_left_of("o=rtc 12 3 IN IP4 192.168.1.5\r\n"), "o=rtc 12 3 IN IP4 0.0.0.0\r\n");
  EXPECT_EQ(line_left_of("o=- 12 3 IN IP6 2001:db8::5\r\n"), "o=- 12 3 IN IP4 0.0.0.0\r\n");
  EXPECT_EQ(line_left_of("o=- 12 3 IN IP4 pc.example.org\r\n"), "o=- 12 3 IN IP4 0.0.0.0\r\n");
  EXPECT_EQ(line_left_of("o=- 12 3 IN IP4 127.0.0.1\r\n"), "o=- 12 3 IN IP4 127.0.0.1\r\n");
  EXPECT_EQ(line_left_of("o=- 12 IN IP4 127.0.0.1\r\n"), "");
  EXPECT_EQ(line_left_of("o=- 12 x IN IP4 127.0.0.1\r\n"), "");
  EXPECT_EQ(line_left_of("o=- 12 3 IN IP4 127.0.0.1 192.168.1.5\r\n"), "");
}

TEST(DescriptionFilter, ConnectionLinesOfEitherFamilyNameNoAddress) {
  EXPECT_EQ(line_left_of("c=IN IP4 192.168.1.5\r\n"), "c=IN IP4 0.0.0.0\r\n");
  EXPECT_EQ(line_left_of("c=IN IP6 2001:db8::5\r\n"), "c=IN IP4 0.0.0.0\r\n");
  EXPECT_EQ(line_left_of("c=in ip4 224.2.1.1/127/3\r\n"), "c=IN IP4 0.0.0.0\r\n");
  EXPECT_EQ(line_left_of("c=IN 192.168.1.5\r\n"), "");
}

TEST(DescriptionFilter, AMediaLineLosesItsPortUnlessThatIsZero) {
  EXPECT_EQ(line_left_of("m=audio 52114 UDP/TLS/RTP/SAVPF 111 63\r\n"),
            "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\n");
  EXPECT_EQ(line_left_of("m=audio 52114/2 RTP/AVP 0\r\n"), "m=audio 9 RTP/AVP 0\r\n");
  EXPECT_EQ(line_left_of("m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"),
            "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n");
  EXPECT_EQ(line_left_of("m=video\r\n"), "");
  EXPECT_EQ(line_left_of("m=video x RTP/AVP 0\r\n"), "");
}

TEST(DescriptionFilter, TheRtcpAttributeNamesNoAddress) {
  EXPECT_EQ(line_left_of("a=rtcp:60065 IN IP4 192.168.1.5\r\n"), "a=rtcp:9 IN IP4 0.0.0.0\r\n");
  EXPECT_EQ(line_left_of("a=rtcp:60065\r\n"), "a=rtcp:9\r\n");
  EXPECT_EQ(line_left_of("a=RTCP:60065 IN IP6 ::5\r\n"), "a=rtcp:9 IN IP4 0.0.0.0\r\n");
  EXPECT_EQ(line_left_of("a=rtcp:60065 192.168.1.5\r\n"), "");
  EXPECT_EQ(line_left_of("a=rtcp:192.168.1.5\r\n"), "");
  EXPECT_EQ(line_left_of("a=rtcp-mux\r\n"), "a=rtcp-mux\r\n");
}

TEST(DescriptionFilter, UnknownAttributesStay) {
  EXPECT_EQ(line_left_of("a=x-google-flag:conference\r\n"), "a=x-google-flag:conference\r\n");
  EXPECT_EQ(line_left_of("a=ssrc:1 cname:\"quoted\\\"\r\n"), "a=ssrc:1 cname:\"quoted\\\"\r\n");
  EXPECT_EQ(line_left_of("b=AS:30\r\n"), "b=AS:30\r\n");
}

TEST(DescriptionFilter, LinesMayEndInALineFeedAloneOrInNothing) {
  EXPECT_EQ(line_left_of("a=mid:0\na=setup:active\n"), "a=mid:0\r\na=setup:active\r\n");
  EXPECT_EQ(line_left_of("\r\n\na=mid:0\n\n\r\n"), "a=mid:0\r\n");
  EXPECT_EQ(line_left_of("a=mid:0"), "a=mid:0\r\n");
}

TEST(DescriptionFilter, WhatIsNoDescriptionIsOpaque) {
  // Trystero: an initialisation vector and a cipher text.
  auto const encrypted = R"({"type":"offer","sdp":"31,7,220,9$kq0J3v=0aDf+Pw=="})";

  EXPECT_EQ(filtered(encrypted, ice_filter::relay_only).how, outcome::opaque);
  EXPECT_EQ(filtered(encrypted, ice_filter::relay_only).text, "");
  EXPECT_EQ(filtered("{}", ice_filter::no_host).how, outcome::opaque);
  EXPECT_EQ(filtered(R"({"type":"offer"})", ice_filter::no_host).how, outcome::opaque);
  EXPECT_EQ(filtered(R"({"type":"offer","sdp":null})", ice_filter::no_host).how, outcome::opaque);
  EXPECT_EQ(filtered(R"({"type":"offer","sdp":""})", ice_filter::no_host).how, outcome::opaque);
}

TEST(DescriptionFilter, WhatIsNoObjectIsMalformed) {
  EXPECT_EQ(filtered("", ice_filter::no_host).how, outcome::malformed);
  EXPECT_EQ(filtered("[]", ice_filter::no_host).how, outcome::malformed);
  EXPECT_EQ(filtered(R"({"type":"offer","sdp":"v=0)", ice_filter::no_host).how, outcome::malformed);
  EXPECT_EQ(filtered(R"({"type":"offer","sdp":"v=0"}})", ice_filter::no_host).how,
            outcome::malformed);
}

TEST(DescriptionFilter, ManySmallLinesGrowToNoMoreThanTwice) {
  for (std::string const line :
       {"s=\n", "c=IN x y\n", "a=rtcp:1 x x x\n", "a=x\n", "o=- 1 1 x x x\n",
        "a=candidate:1 1 u 1 ::1 1 typ relay rport\n"}) {
    std::string sdp = "v=\n";
    for (int i = 0; i < 1000; ++i) sdp += line;
    auto const body = body_of("offer", sdp);

    auto const left = filtered(body, ice_filter::relay_only);

    EXPECT_GT(left.text.size(), body.size()) << line;
    EXPECT_LE(left.text.size(), 2 * body.size()) << line;
  }
}

}  // namespace
}  // namespace waggle::sdp::test
