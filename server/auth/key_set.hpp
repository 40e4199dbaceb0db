// SPDX-License-Identifier: Apache-2.0
// The keys that verify the tokens of one tenant: shared secrets, a JWK Set, public keys in PEM.
// Made once and never changed, so every core reads it without a lock. No I/O: texts are arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct json_t;  // of jansson

namespace waggle::auth {

struct key_limits {
  std::size_t keys_max = 64;
  std::size_t jwk_set_bytes_max = std::size_t{256} * 1024;
  std::size_t pem_bytes_max = std::size_t{16} * 1024;
  std::size_t kid_bytes_max = 256;
  std::size_t secret_bytes_min = 32;    // RFC 7518 section 3.2
  std::size_t secret_bytes_max = 1024;  // what libjose takes
  int rsa_bits_min = 2048;              // RFC 7518 section 3.3
  int rsa_bits_max = 8192;              // one check takes 0.5 ms then
  int rsa_exponent_bits_max = 64;
};

/// What a signature is made with (RFC 7518 section 3.1). A key has exactly one, whatever a token
/// says of itself.
enum class signature_algorithm : std::uint8_t { hs256, rs256, es256 };

[[nodiscard]] char const* to_text(signature_algorithm which);

/// One key, checked, and only what verifying needs of it: no private half, no member of a JWK that
/// is about anything else.
struct verification_key {
  std::string kid;  // empty: none
  signature_algorithm algorithm{};
  std::shared_ptr<json_t const> jwk;  // never written again
};

class key_set {
 public:
  key_set() = default;  // of no keys: every token is refused
  explicit key_set(std::vector<verification_key> keys) : keys_(std::move(keys)) {}

  [[nodiscard]] std::span<verification_key const> keys() const { return keys_; }

 private:
  std::vector<verification_key> keys_;  // at most key_limits::keys_max; names differ
};

/// A name and bytes, or PEM text.
struct named_key {
  std::string kid;  // empty: none
  std::string content;
};

struct key_sources {
  std::vector<named_key> secrets;      // for HS256
  std::vector<named_key> public_pems;  // "BEGIN PUBLIC KEY": RSA, or EC on P-256
  std::optional<std::string> jwk_set;  // RFC 7517 section 5, or one JWK alone
};

struct key_set_outcome {
  std::shared_ptr<key_set const> keys;  // null if there are problems

  /// Which key cannot be used, and why, in words for the operator; never a part of a key.
  std::vector<std::string> problems;

  /// Keys of the JWK Set that are well, but for something else: encryption, other algorithms.
  std::vector<std::string> passed_over;
};

[[nodiscard]] key_set_outcome make_key_set(key_sources const& sources,
                                           key_limits const& limits = {});

}  // namespace waggle::auth
