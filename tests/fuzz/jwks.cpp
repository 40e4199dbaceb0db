// SPDX-License-Identifier: Apache-2.0
// Fuzz target of reading keys: a JWK Set, and a PEM text. Either there are keys or there are
// problems, both within their bounds, and nothing verifies that none of the keys has signed.
#include "server/auth/key_set.hpp"
#include "server/auth/token_mint.hpp"
#include "server/auth/token_verifier.hpp"
#include "tests/fuzz/require.hpp"

#include <openssl/err.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace {

using waggle::fuzz::require;

namespace auth = waggle::auth;

std::string const unsigned_token =
    "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE4MDAwMDA2MDB9." + std::string(43, 'A');

void check(auth::key_sources const& sources) {
  auth::key_limits const limits{.keys_max = 8, .jwk_set_bytes_max = 32'768, .rsa_bits_max = 4096};
  auto const outcome = auth::make_key_set(sources, limits);
  require(ERR_peek_error() == 0);
  require((outcome.keys == nullptr) == !outcome.problems.empty());
  require(outcome.problems.size() <= limits.keys_max + 1);
  require(outcome.passed_over.size() <= limits.keys_max);
  for (auto const& problem : outcome.problems) require(problem.size() < 1'000);
  if (!outcome.keys) return;
  require(outcome.keys->keys().size() <= limits.keys_max);
  for (auto const& key : outcome.keys->keys()) {
    require(key.jwk != nullptr && key.kid.size() <= limits.kid_bytes_max);
  }
  require(!auth::verify(unsigned_token, *outcome.keys, {}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string const input{data, data + size};  // widening copy: bytes to char
  if (input.starts_with("-----")) {
    check({.public_pems = {{"p", input}}});
    return 0;
  }
  check({.jwk_set = input});
  return 0;
}
