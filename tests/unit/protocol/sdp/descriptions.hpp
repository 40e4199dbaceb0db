// SPDX-License-Identifier: Apache-2.0
// Offers of a data channel as browsers write them, and how a body with one is made and read again.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace waggle::sdp::test {

/// Chromium: host candidates behind mDNS names, both addresses of a STUN server's answers. 970
/// bytes.
inline constexpr std::string_view chromium_offer =
    "v=0\r\n"
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE 0\r\n"
    "a=extmap-allow-mixed\r\n"
    "a=msid-semantic: WMS\r\n"
    "m=application 49923 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    "c=IN IP4 203.0.113.77\r\n"
    "a=candidate:3520472903 1 udp 2113937151 0d7ce9f4-2f6a-4d4e-9d0b-3a1c5f7e9b21.local 49923 typ "
    "host generation 0 network-cost 999\r\n"
    "a=candidate:1127543905 1 udp 2113939711 7be1c3d8-64a9-4a57-8f0e-c2d4b6a80f13.local 60210 typ "
    "host generation 0 network-cost 999\r\n"
    "a=candidate:1842163049 1 udp 1677729535 203.0.113.77 49923 typ srflx raddr 0.0.0.0 rport 0 "
    "generation 0 network-cost 999\r\n"
    "a=candidate:2217689411 1 udp 1677732095 2001:db8:5:123::a7 60210 typ srflx raddr :: rport 0 "
    "generation 0 network-cost 999\r\n"
    "a=ice-ufrag:t7mc\r\n"
    "a=ice-pwd:1lyXmLFhVUeYlpfYvjuCmVLR\r\n"
    "a=ice-options:trickle\r\n"
    "a=fingerprint:sha-256 49:66:12:17:0D:1C:91:AE:57:4C:C6:36:DD:D5:97:D2:7D:62:C9:9A:7F:B9:A3:F4:"
    "70:03:E7:43:91:73:23:5E\r\n"
    "a=setup:actpass\r\n"
    "a=mid:0\r\n"
    "a=sctp-port:5000\r\n"
    "a=max-message-size:262144\r\n";

/// Firefox with the addresses of its network allowed: transports in capitals, no extensions, a
/// relay candidate that tells the public address as the related one.
inline constexpr std::string_view firefox_answer =
    "v=0\r\n"
    "o=mozilla...THIS_IS_SDPARTA-128.0 5136163476157104310 0 IN IP4 0.0.0.0\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=fingerprint:sha-256 9C:1B:7E:2D:05:A3:44:F8:61:DE:0B:7A:3F:92:C8:15:EE:70:4D:B6:29:83:5A:F1:"
    "0C:67:D4:9E:38:B2:51:AF\r\n"
    "a=group:BUNDLE 0\r\n"
    "a=ice-options:trickle\r\n"
    "a=msid-semantic:WMS *\r\n"
    "m=application 52114 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    "c=IN IP4 198.51.100.20\r\n"
    "a=candidate:0 1 UDP 2122252543 192.168.178.24 52114 typ host\r\n"
    "a=candidate:2 1 TCP 2105524479 192.168.178.24 9 typ host tcptype active\r\n"
    "a=candidate:1 1 UDP 1686052863 203.0.113.99 52114 typ srflx raddr 192.168.178.24 rport "
    "52114\r\n"
    "a=candidate:3 1 UDP 92216831 198.51.100.20 61002 typ relay raddr 203.0.113.99 rport 52114\r\n"
    "a=sendrecv\r\n"
    "a=end-of-candidates\r\n"
    "a=ice-pwd:a5c0f3de81b7426e9d3c5f70a1b2c3d4\r\n"
    "a=ice-ufrag:7f1e9a3c\r\n"
    "a=mid:0\r\n"
    "a=setup:active\r\n"
    "a=sctp-port:5000\r\n"
    "a=max-message-size:1073741823\r\n";

/// A body as JSON.stringify writes one.
inline std::string body_of(std::string_view type, std::string_view sdp) {
  return R"({"type":)" + nlohmann::json(type).dump() + R"(,"sdp":)" + nlohmann::json(sdp).dump() +
         "}";
}

inline std::string sdp_of(std::string_view body) {
  return nlohmann::json::parse(body).at("sdp").get<std::string>();
}

/// `text` with the first `what` replaced, which must be there.
inline std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string out{text};
  return out.replace(out.find(what), what.size(), by);
}

}  // namespace waggle::sdp::test
