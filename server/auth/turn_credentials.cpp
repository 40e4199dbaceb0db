// SPDX-License-Identifier: Apache-2.0
#include "server/auth/turn_credentials.hpp"

#include "protocol/content/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <span>

namespace waggle::auth {

turn_credentials mint_turn_credentials(std::string_view secret, std::chrono::sys_seconds until,
                                       std::string_view name) {
  turn_credentials made{.username = std::to_string(until.time_since_epoch().count()),
                        .credential = {}};
  if (!name.empty()) made.username.append(":").append(name);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned bytes = 0;
  if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<unsigned char const*>(made.username.data()), made.username.size(),
           digest.data(), &bytes) == nullptr) {
    return made;
  }
  made.credential = content::base64(std::span{digest}.first(bytes));
  return made;
}

}  // namespace waggle::auth
