// SPDX-License-Identifier: Apache-2.0
// Binding requests and their answers; the bytes are those of RFC 5769.
#include "protocol/stun/binding.hpp"

#include <boost/crc.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace waggle::stun {
namespace {

using testing::ElementsAreArray;
using bytes = std::vector<std::uint8_t>;

bytes of_hex(std::string_view text) {
  bytes all;
  int digits = 0;
  for (char const c : text) {
    if (c == ' ') continue;
    auto const value = c <= '9' ? c - '0' : c - 'a' + 10;
    if (digits++ % 2 == 0) {
      all.push_back(static_cast<std::uint8_t>(value << 4));
    } else {
      all.back() = static_cast<std::uint8_t>(all.back() | value);
    }
  }
  return all;
}

constexpr auto id = "21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae";

bytes request_with(std::string_view attributes = {}, std::string_view type = "00 01") {
  auto all = of_hex(type);
  auto const rest = of_hex(attributes);
  all.push_back(static_cast<std::uint8_t>(rest.size() >> 8U));
  all.push_back(static_cast<std::uint8_t>(rest.size()));
  auto const transaction = of_hex(id);
  all.insert(all.end(), transaction.begin(), transaction.end());
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

transport_address const sample_v4{*parse_ip_address("192.0.2.1"), 32853};
transport_address const sample_v6{*parse_ip_address("2001:db8:1234:5678:11:2233:4455:6677"), 32853};

struct said {
  outcome is;
  bytes all;
};

said answer_to(bytes const& datagram, transport_address const& from = sample_v4) {
  std::array<std::uint8_t, answer_bytes_max> out{};
  auto const made = answer_binding(datagram, from, out);
  EXPECT_LE(made.bytes, datagram.size() + 32) << "nobody is flooded by answers";
  return {made.is, bytes(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(made.bytes))};
}

TEST(StunBinding, IsToldItsIpv4Address) {
  auto const [is, all] = answer_to(request_with());
  EXPECT_EQ(is, outcome::answered);
  auto expected = of_hex("01 01 00 0c");
  for (auto const one : of_hex(id)) expected.push_back(one);
  for (auto const one : of_hex("00 20 00 08 00 01 a1 47 e1 12 a6 43")) expected.push_back(one);
  EXPECT_THAT(all, ElementsAreArray(expected));
}

TEST(StunBinding, IsToldItsIpv6Address) {
  auto const [is, all] = answer_to(request_with(), sample_v6);
  EXPECT_EQ(is, outcome::answered);
  auto expected = of_hex("01 01 00 18");
  for (auto const one : of_hex(id)) expected.push_back(one);
  for (auto const one :
       of_hex("00 20 00 14 00 02 a1 47 01 13 a9 fa a5 d3 f1 79 bc 25 f4 b5 be d2 b9 d9")) {
    expected.push_back(one);
  }
  EXPECT_THAT(all, ElementsAreArray(expected));
}

// RFC 5769 section 2.1: a check of ICE, whose PRIORITY (0024) is none of a STUN server's business.
constexpr auto sample_attributes =
    "80 22 00 10 53 54 55 4e 20 74 65 73 74 20 63 6c 69 65 6e 74 00 24 00 04 6e 00 01 ff "
    "80 29 00 08 93 2f f9 b1 51 26 3b 36 00 06 00 09 65 76 74 6a 3a 68 36 76 59 20 20 20 "
    "00 08 00 14 9a ea a7 0c bf d8 cb 56 78 1e f2 b5 b2 d3 f2 49 c1 b5 71 a2 80 28 00 04 e5 7a 3b "
    "cf";

TEST(StunBinding, ThatAsksForWhatIsNotKnownIsToldSoAndEndsWithAFingerprintIfItHadOne) {
  auto const [is, all] = answer_to(request_with(sample_attributes));
  EXPECT_EQ(is, outcome::refused);
  ASSERT_EQ(all.size(), 20U + 8 + 8 + 8);
  auto const expected = of_hex("00 09 00 04 00 00 04 14 00 0a 00 02 00 24 00 00 80 28 00 04");
  EXPECT_THAT(bytes(all.begin() + 20, all.begin() + 40), ElementsAreArray(expected));
  EXPECT_EQ(all[0], 0x01);
  EXPECT_EQ(all[1], 0x11);
  EXPECT_EQ(all[3], all.size() - 20);

  auto damaged = request_with(sample_attributes);
  damaged.back() ^= 1U;
  EXPECT_EQ(answer_to(damaged).is, outcome::ignored);
  damaged = request_with(sample_attributes);
  damaged[30] ^= 1U;
  EXPECT_EQ(answer_to(damaged).is, outcome::ignored) << "it covers all";
}

bytes fingerprint_of(bytes const& before) {
  boost::crc_32_type crc;
  crc.process_bytes(before.data(), before.size());
  auto const value = crc.checksum() ^ 0x5354554eU;
  bytes all;
  for (int shift = 24; shift >= 0; shift -= 8)
    all.push_back(static_cast<std::uint8_t>(value >> shift));
  return all;
}

TEST(StunBinding, HasAFingerprintWhereTheRequestHadOne) {
  auto asked = request_with("80 28 00 04 00 00 00 00");
  EXPECT_EQ(answer_to(asked).is, outcome::ignored) << "that is not of its bytes";
  auto const right = fingerprint_of({asked.begin(), asked.end() - 8});
  std::copy(right.begin(), right.end(), asked.end() - 4);

  auto const [is, all] = answer_to(asked);

  EXPECT_EQ(is, outcome::answered);
  ASSERT_EQ(all.size(), 20U + 12 + 8);
  EXPECT_EQ(all[3], all.size() - 20) << "the length counts it";
  EXPECT_THAT(bytes(all.end() - 4, all.end()),
              ElementsAreArray(fingerprint_of({all.begin(), all.end() - 8})));
}

TEST(StunBinding, NamesAttributesUpToABound) {
  std::string many;
  for (int i = 0; i < 20; ++i)
    many += "70 0" + std::string(1, "0123456789abcdef"[i % 16]) + " 00 00 ";
  auto const [is, all] = answer_to(request_with(many));
  EXPECT_EQ(is, outcome::refused);
  EXPECT_LE(all.size(), answer_bytes_max);
  EXPECT_EQ(answer_to(request_with("00 03 00 04 00 00 00 06")).is, outcome::refused)
      << "CHANGE-REQUEST of RFC 5780";
  EXPECT_EQ(answer_to(request_with("7f ff 00 01 aa 00 00 00")).is, outcome::refused);
  EXPECT_EQ(answer_to(request_with("c0 57 00 04 00 01 00 00")).is, outcome::answered)
      << "what may be left out is";
}

TEST(StunBinding, OfAccountsIsAnsweredAsThereAreNone) {
  EXPECT_EQ(answer_to(request_with("00 06 00 03 61 62 63 00")).is, outcome::answered);
}

TEST(StunBinding, WhatIsNoBindingRequestIsIgnored) {
  EXPECT_EQ(answer_to({}).is, outcome::ignored);
  EXPECT_EQ(answer_to(bytes(19)).is, outcome::ignored);
  EXPECT_EQ(answer_to(request_with({}, "00 11")).is, outcome::ignored) << "an indication";
  EXPECT_EQ(answer_to(request_with({}, "01 01")).is, outcome::ignored) << "an answer: no loops";
  EXPECT_EQ(answer_to(request_with({}, "00 03")).is, outcome::ignored) << "Allocate, of TURN";
  auto foreign = request_with();
  foreign[4] = 0;
  EXPECT_EQ(answer_to(foreign).is, outcome::ignored) << "without the cookie";
  auto longer = request_with();
  longer.push_back(0);
  EXPECT_EQ(answer_to(longer).is, outcome::ignored);
  auto lying = request_with("80 22 00 04 61 62 63 64");
  lying[21 + 2] = 8;
  EXPECT_EQ(answer_to(lying).is, outcome::ignored) << "an attribute that ends behind the datagram";
  bytes huge = request_with();
  huge.resize(20 + 600);
  huge[2] = 600 >> 8;
  huge[3] = 600 & 0xff;
  EXPECT_EQ(answer_to(huge).is, outcome::ignored);
}

}  // namespace
}  // namespace waggle::stun
