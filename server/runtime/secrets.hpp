// SPDX-License-Identifier: Apache-2.0
// Bytes that nobody can guess, from OpenSSL. Knows nothing of the domain. Any thread.
#pragma once

#include <openssl/rand.h>

#include <cstdint>
#include <span>
#include <stdexcept>

namespace waggle::runtime {

/// @throws std::runtime_error if the system has no randomness to give.
inline void fill_with_secrets(std::span<std::uint8_t> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error{"the system has no randomness to give"};
  }
}

}  // namespace waggle::runtime
