// SPDX-License-Identifier: Apache-2.0
#include "server/control/api/auth.hpp"

#include "protocol/ip_address.hpp"
#include "server/runtime/regular_file.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

namespace waggle::api {
namespace {

constexpr std::size_t token_file_bytes_max = 4'096;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

/// "Bearer TOKEN" -> TOKEN (RFC 6750 §2.1); anything else gives nothing.
std::string_view bearer_token(std::string_view field) {
  constexpr std::string_view scheme = "Bearer ";
  if (!same_word(field.substr(0, scheme.size()), scheme)) return {};
  field.remove_prefix(scheme.size());
  field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
  return field;
}

/// "[::1]:80" -> "::1", "name:80" -> "name".
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, std::min(host.find(']'), host.size()) - 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

authority::authority(std::string_view token, bool loopback) : loopback_(loopback) {
  if (!token.empty()) digest_ = digest_of(token);
}

authority::digest authority::digest_of(std::string_view token) {
  digest made{};
  if (EVP_Digest(token.data(), token.size(), made.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error{"OpenSSL cannot make a SHA-256 digest"};
  }
  return made;
}

verdict authority::judge(http_request const& request) const {
  if (digest_) {
    auto const given = bearer_token(request.authorization);
    if (given.empty()) return {{}, problem{401, "the admin token is needed"}};
    // Of digests, so that the time taken tells neither the length nor a prefix of the token.
    auto const shown = digest_of(given);
    if (CRYPTO_memcmp(shown.data(), digest_->data(), shown.size()) != 0) {
      return {{}, problem{401, "this is not the admin token"}};
    }
    return {"token", {}};
  }
  if (!loopback_) return {{}, problem{404, "there is nothing here"}};
  if (!names_loopback(request.host)) {
    return {{},
            problem{403,
                    "without admin.token the Host of a request must be localhost or a loopback "
                    "address"}};
  }
  return {"loopback", {}};
}

bool names_loopback(std::string_view host) {
  auto const name = without_port(host);
  if (same_word(name, "localhost")) return true;
  auto const address = parse_ip_address(name);
  if (!address) return false;
  static auto const networks = {parse_ip_network("127.0.0.0/8"), parse_ip_network("::1")};
  return std::any_of(networks.begin(), networks.end(), [&address](auto const& network) {
    return network && network->contains(*address);
  });
}

token_read read_token(token_source const& from) {
  if (from.file.empty()) return {.token = from.token, .problem = {}};
  auto const refuse = [&from](std::string const& why) {
    return token_read{.token = {},
                      .problem = "admin.token_file: cannot use \"" + from.file + "\": " + why};
  };
  auto const file = runtime::read_regular_file(from.file, {.bytes_max = token_file_bytes_max});
  if (!file.problem.empty()) return refuse(file.problem);
  std::string_view token = file.bytes;
  if (token.ends_with('\n')) token.remove_suffix(1);
  if (token.ends_with('\r')) token.remove_suffix(1);
  if (token.empty()) return refuse("it holds no token");
  auto const odd = [](char c) { return c <= ' ' || c == '\x7f'; };
  if (std::any_of(token.begin(), token.end(), odd)) {
    return refuse("a token has no spaces, lines or control characters");
  }
  return {.token = std::string{token}, .problem = {}};
}

}  // namespace waggle::api
