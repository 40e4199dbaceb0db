// SPDX-License-Identifier: Apache-2.0
// Sec-WebSocket-Key and Sec-WebSocket-Accept (RFC 6455 §1.3, §4.2.2).
#include "protocol/websocket/handshake.hpp"

#include <gtest/gtest.h>

#include <string>

namespace waggle::websocket {
namespace {

TEST(Handshake, ExampleOfTheRfcGivesItsAcceptValue) {
  auto const token = derive_accept("dGhlIHNhbXBsZSBub25jZQ==");

  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(token->text(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(Handshake, KeyOfSixteenZeroBytesIsAKey) {
  auto const token = derive_accept("AAAAAAAAAAAAAAAAAAAAAA==");

  ASSERT_TRUE(token.has_value());
  // printf %s AAAAAAAAAAAAAAAAAAAAAA==258EAFA5-... | openssl sha1 -binary | base64
  EXPECT_EQ(token->text(), "ICX+Yqv66kxgM0FcWaLWlFLwTAI=");
}

TEST(Handshake, EveryCharacterOfTheAlphabetIsAccepted) {
  EXPECT_TRUE(is_websocket_key("ABCDEFGHIJKLMNOPQRSTUV=="));
  EXPECT_TRUE(is_websocket_key("WXYZabcdefghijklmnopqr=="));
  EXPECT_TRUE(is_websocket_key("stuvwxyz0123456789+/AA=="));
}

TEST(Handshake, WhatIsNotSixteenBytesOfBase64IsRefused) {
  for (std::string_view const key :
       {"", "==", "AAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAAA==",
        "AAAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAA===", "AAAAAAAAAA-AAAAAAAAAAA==", "AAAAAAAAAA_AAAAAAAAAAA==",
        " AAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAA= ", "AAAAAAAAAA=AAAAAAAAAAA==",
        "\xC3\x84"
        "AAAAAAAAAAAAAAAAAAAA=="})
    EXPECT_FALSE(derive_accept(key).has_value()) << '"' << key << '"';
}

TEST(Handshake, AnyForeignCharacterInAnyPlaceIsRefused) {
  std::string const good = "AAAAAAAAAAAAAAAAAAAAAA==";
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto bad = good;
    bad[at] = '\0';
    EXPECT_FALSE(is_websocket_key(bad)) << at;
  }
}

}  // namespace
}  // namespace waggle::websocket
