// SPDX-License-Identifier: Apache-2.0
#include "server/token_command.hpp"

#include "config/commands.hpp"
#include "protocol/token_claims.hpp"
#include "server/auth/token_mint.hpp"
#include "server/runtime/regular_file.hpp"

#include <ostream>

namespace waggle {
namespace {

constexpr std::size_t key_bytes_max = std::size_t{64} * 1024;

/// Where the key comes from, for what is said of it, and what is there.
struct key_text {
  std::string where;
  runtime::file_content content;
};

key_text read_key(std::string const& option, std::string const& path) {
  return {.where = option + ' ' + path,
          .content = runtime::read_regular_file(path, {.bytes_max = key_bytes_max})};
}

/// Editors end a file with a newline that is no part of the secret.
std::string_view without_final_newline(std::string_view bytes) {
  if (bytes.ends_with('\n')) bytes.remove_suffix(1);
  if (bytes.ends_with('\r')) bytes.remove_suffix(1);
  return bytes;
}

/// The key that the line names, or what is wrong with it.
auth::signing_key_outcome signing_key_for(token_line const& asked) {
  auto const secret = asked.secret_file.has_value();
  auto const text = secret ? read_key("--secret-file", *asked.secret_file)
                           : read_key("--jwk", asked.jwk_file.value_or(""));
  if (!text.content.problem.empty()) return {.problem = text.where + ": " + text.content.problem};
  auto outcome = secret ? auth::signing_key_of_secret(without_final_newline(text.content.bytes))
                        : auth::signing_key_of_jwk(text.content.bytes);
  if (!outcome.problem.empty()) outcome.problem = text.where + ": " + outcome.problem;
  return outcome;
}

token_claims claims_for(token_line const& asked, std::chrono::sys_seconds now) {
  token_claims claims{.expires = now + asked.lifetime,
                      .issuer = asked.issuer.value_or(""),
                      .audiences = asked.audiences,
                      .id = asked.id.value_or(""),
                      .subject = asked.subject.value_or(""),
                      .tenant = asked.tenant.value_or("")};
  if (!asked.swarms.empty()) claims.swarms = asked.swarms;
  if (!asked.origins.empty()) claims.origin_globs = asked.origins;
  claims.caps = {
      .connections = asked.connections_max, .swarms = asked.swarms_max, .offers = asked.offers_max};
  return claims;
}

}  // namespace

int run_token(token_line const& asked, std::chrono::sys_seconds now, std::ostream& out,
              std::ostream& err) {
  auto outcome = signing_key_for(asked);
  if (!outcome.key) {
    err << outcome.problem << '\n';
    return exit_refused;
  }
  if (asked.kid) outcome.key->kid = *asked.kid;
  auto const minted = auth::mint(claims_for(asked, now), *outcome.key);
  if (!minted.token) {
    err << minted.problem << '\n';
    return exit_refused;
  }
  out << *minted.token << '\n';
  return out ? exit_ok : exit_refused;
}

}  // namespace waggle
