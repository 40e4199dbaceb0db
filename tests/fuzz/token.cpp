// SPDX-License-Identifier: Apache-2.0
// Fuzz target of verifying tokens. The first byte says what the rest is: a token; header and
// payload that are signed with the right key, so that what lies behind the signature is reached; or
// changes of a good token, of which none may be accepted.
#include "server/auth/token_mint.hpp"
#include "server/auth/token_verifier.hpp"
#include "tests/fuzz/require.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using waggle::fuzz::require;

using namespace std::chrono_literals;
namespace auth = waggle::auth;

constexpr std::chrono::sys_seconds now{1'800'000'000s};

// Keys of RFC 7515 appendix A, with their private halves, which are no secret.
std::string const ec_jwk =
    R"({"kty":"EC","kid":"e","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",)"
    R"("d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})";
std::string const rsa_jwk =
    R"({"kty":"RSA","kid":"r","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"})";
std::string const secret(32, 's');

auth::key_set const& keys() {
  static auto const made = auth::make_key_set(
      {.secrets = {{"s", secret}}, .jwk_set = R"({"keys":[)" + ec_jwk + ',' + rsa_jwk + "]}"});
  require(made.keys != nullptr);
  return *made.keys;
}

waggle::token_claims claims() {
  return {.expires = now + 10min, .id = "t1", .tenant = "acme", .swarms = {{"live/*"}}};
}

std::string const& good_token(bool with_ec) {
  static auto const of_secret = [] {
    auto key = auth::signing_key_of_secret(secret).key.value();
    key.kid = "s";
    return auth::mint(claims(), key).token.value();
  }();
  static auto const of_ec =
      auth::mint(claims(), auth::signing_key_of_jwk(ec_jwk).key.value()).token.value();
  return with_ec ? of_ec : of_secret;
}

std::string base64url(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  auto const length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                      reinterpret_cast<unsigned char const*>(bytes.data()),
                                      static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  while (text.ends_with('=')) text.pop_back();
  for (auto& letter : text) letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
  return text;
}

/// Header and payload, apart by a newline, with a signature that fits.
std::string signed_by_us(std::string_view input) {
  auto const end = input.find('\n');
  auto const header = end == std::string_view::npos ? R"({"alg":"HS256"})" : input.substr(0, end);
  auto const payload = end == std::string_view::npos ? input : input.substr(end + 1);
  auto const text = base64url(header) + '.' + base64url(payload);
  std::array<unsigned char, 32> code{};
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<unsigned char const*>(text.data()), text.size(), code.data(), nullptr);
  return text + '.' + base64url({reinterpret_cast<char const*>(code.data()), code.size()});
}

/// Pairs of bytes: where, and what is put there.
std::string changed(std::string token, std::string_view changes) {
  for (std::size_t i = 0; i + 1 < changes.size(); i += 2) {
    auto const place = static_cast<unsigned char>(changes[i]) * std::size_t{2} +
                       (static_cast<unsigned char>(changes[i + 1]) >> 7U);
    token[place % token.size()] = static_cast<char>(changes[i + 1] & 0x7f);
  }
  return token;
}

/// What holds of every verdict.
bool accepted(std::string_view token) {
  auto const verdict = auth::verify(token, keys(), {.now = now, .grace = 1h});
  require(ERR_peek_error() == 0);
  auto const again = auth::verify(token, keys(), {.now = now, .grace = 1h});
  require(verdict.has_value() == again.has_value());
  if (!verdict) {
    require(verdict.error() == again.error());
    return false;
  }
  require(token.size() <= waggle::token_limits{}.token_bytes_max);
  require(verdict->claims == again->claims && verdict->id == again->id);
  require(verdict->claims.tenant == auth::claimed_tenant(token));
  require(now < verdict->claims.expires + 1h);
  require(verdict->in_grace == (now >= verdict->claims.expires));
  require(!auth::verify(token, auth::key_set{}, {.now = now, .grace = 1h}));
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0) return 0;
  std::string const input{data + 1, data + size};  // widening copy: bytes to char
  if (data[0] % 4 == 0) {
    static_cast<void>(accepted(input));
    return 0;
  }
  if (data[0] % 4 == 1) {
    static_cast<void>(accepted(signed_by_us(input)));
    return 0;
  }
  auto const& good = good_token(data[0] % 4 == 3);
  auto const token = changed(good, input);
  // The same text is the same token. (No other signature of the same text can be found by chance.)
  require(accepted(token) == (token == good));
  return 0;
}
