// SPDX-License-Identifier: Apache-2.0
#include "protocol/websocket/handshake.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>

namespace waggle::websocket {
namespace {

constexpr std::size_t key_characters = 24;
constexpr std::string_view guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 §1.3

constexpr bool in_base64_alphabet(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

}  // namespace

bool is_websocket_key(std::string_view key) {
  if (key.size() != key_characters || !key.ends_with("==")) return false;
  key.remove_suffix(2);
  return std::all_of(key.begin(), key.end(), in_base64_alphabet);
}

std::optional<accept_token> derive_accept(std::string_view key) {
  if (!is_websocket_key(key)) return std::nullopt;

  std::array<unsigned char, key_characters + guid.size()> hashed{};
  auto const rest = std::copy(key.begin(), key.end(), hashed.begin());
  std::copy(guid.begin(), guid.end(), rest);
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(hashed.data(), hashed.size(), digest.data());

  accept_token token;
  std::array<unsigned char, token.characters.size() + 1> text{};  // OpenSSL ends it with a zero
  EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  std::copy_n(text.begin(), token.characters.size(), token.characters.begin());
  return token;
}

}  // namespace waggle::websocket
