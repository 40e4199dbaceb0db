// SPDX-License-Identifier: Apache-2.0
// Bytes that nobody can guess, from OpenSSL. Knows nothing of the domain. Any thread.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <span>
#include <stdexcept>

namespace waggle::runtime {

/// @throws std::runtime_error if the system has no randomness to give.
inline void fill_with_secrets(std::span<std::uint8_t> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error{"the system has no randomness to give"};
  }
}

/// Makes secrets out of what is no secret, the same ones from the same: they need not be kept.
class sealer {
 public:
  using seal = std::array<std::uint8_t, 16>;

  /// @throws std::runtime_error if the system has no randomness to give.
  sealer() { fill_with_secrets(key_); }

  /// The first half of the HMAC-SHA256 of `of` under a key that was drawn for this object.
  [[nodiscard]] seal operator()(std::span<std::uint8_t const> of) const {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned bytes = 0;
    if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), of.data(), of.size(),
             digest.data(), &bytes) == nullptr) {
      throw std::bad_alloc{};
    }
    seal made{};
    std::copy_n(digest.begin(), made.size(), made.begin());
    return made;
  }

 private:
  std::array<std::uint8_t, 32> key_{};
};

}  // namespace waggle::runtime
