// SPDX-License-Identifier: Apache-2.0
#include "protocol/content/digest.hpp"

#include <openssl/evp.h>

namespace waggle::content {
namespace {

template <class Digest>
std::optional<Digest> digest_of(std::string_view text, EVP_MD const* algorithm) {
  Digest digest{};
  unsigned size = 0;
  auto const done =
      EVP_Digest(text.data(), text.size(), digest.data(), &size, algorithm, /*engine=*/nullptr);
  if (done != 1 || size != digest.size()) return std::nullopt;
  return digest;
}

}  // namespace

std::optional<md5_digest> md5(std::string_view text) {
  return digest_of<md5_digest>(text, EVP_md5());
}

std::optional<sha1_digest> sha1(std::string_view text) {
  return digest_of<sha1_digest>(text, EVP_sha1());
}

std::string base64(std::span<std::uint8_t const> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero
  auto* const to = reinterpret_cast<unsigned char*>(text.data());
  EVP_EncodeBlock(to, bytes.data(), static_cast<int>(bytes.size()));
  text.pop_back();
  return text;
}

}  // namespace waggle::content
