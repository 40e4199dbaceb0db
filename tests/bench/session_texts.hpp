// SPDX-License-Identifier: Apache-2.0
// What a browser sends: announces with offers of real size, as decode() wants them.
#pragma once

#include "protocol/dialect.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace waggle::bench {

/// About 1.4 KB once escaped, with the line lengths of Chromium's description of a data channel.
inline std::string description() {
  std::string sdp =
      R"(v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n)"
      R"(a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n)"
      R"(m=application 49923 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 203.0.113.7\r\n)";
  for (int candidate = 0; candidate < 8; ++candidate) {
    sdp += R"(a=candidate:1467250027 1 udp 2122260223 192.168.0.196 4624)" +
           std::to_string(candidate) + R"( typ host generation 0 network-id 1\r\n)";
  }
  sdp += R"(a=ice-ufrag:t7mc\r\na=ice-pwd:1lyXmLFhVUeYlpfYvjuCmVLR\r\na=ice-options:trickle\r\n)"
         R"(a=fingerprint:sha-256 49:66:12:17:0D:1C:91:AE:57:4C:C6:36:DD:D5:97:D2:7D:62:C9:9A:)"
         R"(7F:B9:A3:F4:70:03:E7:43:91:73:23:5E\r\na=setup:actpass\r\na=mid:0\r\n)"
         R"(a=sctp-port:5000\r\na=max-message-size:262144\r\n)";
  return sdp;
}

/// A whole announce of `peer`, which has twenty characters that JSON need not escape.
inline std::string announce_text(int offers,
                                 std::string const& peer = R"(-WW0300-\u0010bbbbbbbbbbb)") {
  std::string text =
      R"({"numwant":10,"uploaded":0,"downloaded":0,"left":1048576,"event":"started",)"
      R"("action":"announce","info_hash":"aaaaaaaaaa\u0000\u0001cccccccc","peer_id":")" +
      peer + R"(","offers":[)";
  for (int i = 0; i < offers; ++i) {
    if (i != 0) text += ',';
    text += R"({"offer":{"type":"offer","sdp":")" + description() +
            R"("},"offer_id":"\u0012\u00ef0123456789abcdef0)" + std::to_string(i % 10) + "\"}";
  }
  return text + "]}";
}

inline std::string const peer_mark = "-WW0300-000000000000";
inline constexpr std::string_view swarm_mark = "cccccccc";  // the end of the info hash

/// An answer of a peer to the offer with the id that announce_text() gave its number 0.
inline std::string answer_text() {
  return R"({"action":"announce","info_hash":"aaaaaaaaaa\u0000\u0001cccccccc","peer_id":")" +
         peer_mark + R"(","answer":{"type":"answer","sdp":")" + description() +
         R"("},"offer_id":"\u0012\u00ef0123456789abcdef00"})";
}

/// With the padding that decode() asks for behind it.
class padded_text {
 public:
  explicit padded_text(std::string text) : text_(std::move(text)), size_(text_.size()) {
    text_.append(decode_padding_bytes, ' ');
  }
  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::string text_;
  std::size_t size_;
};

/// The text of whoever says it next: its peer id is written over the mark, and its swarm, where it
/// has one of its own, over the end of the hash.
class patched_text {
 public:
  explicit patched_text(std::string text)
      : peer_(text.find(peer_mark) + peer_mark.size()),
        swarm_(text.find(swarm_mark) + swarm_mark.size()),
        offer_(text.rfind('"') - 1),
        size_(text.size()),
        text_(std::move(text)) {
    text_.append(decode_padding_bytes, ' ');
  }
  void set_peer(std::uint32_t number) { write(number, peer_, 12); }
  void set_swarm(std::uint32_t number) { write(number, swarm_, swarm_mark.size()); }
  /// Only of an answer, which ends with the offer's id.
  void set_offer(char last) { text_[offer_] = last; }
  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

 private:
  void write(std::uint32_t number, std::size_t behind, std::size_t digits) {
    for (std::size_t digit = 1; digit <= digits; ++digit, number /= 10) {
      text_[behind - digit] = static_cast<char>('0' + number % 10);
    }
  }

  std::size_t peer_;   // behind the peer id
  std::size_t swarm_;  // behind the info hash
  std::size_t offer_;  // last character of the offer id
  std::size_t size_;
  std::string text_;
};

}  // namespace waggle::bench
