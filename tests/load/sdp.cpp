// SPDX-License-Identifier: Apache-2.0
#include "tests/load/sdp.hpp"

#include <array>

namespace waggle::load {
namespace {

constexpr std::size_t shortest = 400;
constexpr std::size_t longest = 2500;

std::string make(std::size_t which) {
  auto const n = std::to_string(1000 + which * 7);
  std::string text = R"(v=0\r\no=- 46117317)" + n + R"( 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n)" +
                     R"(a=group:BUNDLE 0\r\na=msid-semantic: WMS\r\n)"
                     R"(m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n)"
                     R"(a=ice-ufrag:wQ)" +
                     n + R"(\r\na=ice-pwd:8sKgTnJ0bWx4Yc/5E+o)" + n +
                     R"(\r\n)"
                     R"(a=fingerprint:sha-256 )";
  auto const goal = shortest + which * (longest - shortest) / (sdp_texts - 1);
  for (std::size_t i = 0; i < 32 && text.size() < shortest; ++i) text += i == 0 ? "7B" : ":7B";
  text += R"(\r\na=setup:actpass\r\na=mid:0\r\n)";
  for (std::size_t port = 40'000 + which; text.size() + 110 < goal; port += 13) {
    text += R"(a=candidate:1467250027 1 udp 2122260223 192.168.1.)" + std::to_string(port % 250) +
            " " + std::to_string(port) + R"( typ host generation 0 network-id 1\r\n)";
  }
  text += R"(a=max-message-size:262144\r\n)";
  return text;
}

}  // namespace

std::string_view sdp_text(std::size_t which) {
  static auto const texts = [] {
    std::array<std::string, sdp_texts> all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = make(i);
    return all;
  }();
  return texts[which % sdp_texts];
}

}  // namespace waggle::load
