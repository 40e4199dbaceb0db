// SPDX-License-Identifier: Apache-2.0
#include "tests/hostile/tokens.hpp"

#include "server/auth/token_mint.hpp"

#include <stdexcept>

namespace waggle::test {
namespace {

std::string header_of(std::string const& token) {
  return token.substr(0, token.find('.'));
}
std::string payload_of(std::string const& token) {
  auto const begin = token.find('.') + 1;
  return token.substr(begin, token.rfind('.') - begin);
}
std::string signature_of(std::string const& token) {
  return token.substr(token.rfind('.') + 1);
}

}  // namespace

token_claims claims_for(std::string const& tenant, std::chrono::seconds lifetime) {
  auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return {.expires = now + lifetime, .tenant = tenant};
}

std::string signed_by(std::string_view secret, token_claims const& claims) {
  auto const key = auth::signing_key_of_secret(secret);
  if (!key.key) throw std::runtime_error(key.problem);
  auto const minted = auth::mint(claims, *key.key);
  if (!minted.token) throw std::runtime_error(minted.problem);
  return *minted.token;
}

std::string unsecured(std::string const& token) {
  return "eyJhbGciOiJub25lIn0." + payload_of(token) + ".";  // {"alg":"none"}
}

std::string with_payload_of(std::string const& token, std::string const& other) {
  return header_of(token) + '.' + payload_of(other) + '.' + signature_of(token);
}

ws_options showing(std::string const& token, std::string const& path) {
  return {.path = path + "?token=" + token};
}

std::string with_token(std::string announce, std::string const& token) {
  announce.insert(1, "\"token\":\"" + token + "\",");
  return announce;
}

}  // namespace waggle::test
