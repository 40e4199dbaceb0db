// SPDX-License-Identifier: Apache-2.0
#include "config/token_options.hpp"

#include "config/cli.hpp"
#include "config/units.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <system_error>

namespace waggle {
namespace {

void add_list(CLI::App& app, std::string const& name, std::vector<std::string>& to,
              std::string const& doc) {
  app.add_option(name, to, doc + " Repeatable.")
      ->type_name("TEXT")
      ->type_size(1)
      ->expected(1)
      ->take_all();
}

void add_text(CLI::App& app, std::string const& name, std::optional<std::string>& to,
              std::string const& doc) {
  app.add_option(name, to, doc)->type_name("TEXT");
}

// CLI11 would read "-1" as the greatest number, and nothing as 0.
void add_count(CLI::App& app, std::string const& name, std::optional<std::uint32_t>& to,
               std::string const& doc) {
  auto const read = [&to, name](std::string const& text) {
    std::uint32_t count = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{} || rest != end) {
      throw CLI::ValidationError(name, "expected a whole number, found \"" + text + "\"");
    }
    to = count;
  };
  app.add_option_function<std::string>(name, read, doc)->type_name("N");
}

void add_key(CLI::App& app, token_line& to) {
  auto* key = app.add_option_group("Key", "What signs the token: exactly one.");
  key->add_option("--secret-file", to.secret_file,
                  "Shared secret for HS256: the bytes of this file without the newline at the end.")
      ->type_name("FILE");
  key->add_option("--jwk", to.jwk_file,
                  "Private JSON Web Key: RSA (RS256), EC on P-256 (ES256) or oct (HS256).")
      ->type_name("FILE");
  key->require_option(1);
  add_text(app, "--kid", to.kid, "Name of the key in the token's header (that of the JWK).");
}

}  // namespace

void add_token(CLI::App& app, cli& line) {
  auto& to = line.token;
  auto* token = app.add_subcommand("token", "Print a new token, to try out what it lets in.");
  add_key(*token, to);
  add_text(*token, "--tenant", to.tenant, "Tenant that it is for.");
  add_list(*token, "--swarm", to.swarms, "Swarm, or prefix and *, that it lets in (all).");
  add_list(*token, "--origin", to.origins, "Origin, or pattern of origins, that may use it (all).");
  auto const read_lifetime = [&to](std::string const& text) {
    auto const time = parse_duration(text);
    if (time && *time >= std::chrono::seconds{1} && *time <= token_line::lifetime_max) {
      to.lifetime = std::chrono::duration_cast<std::chrono::seconds>(*time);
      return;
    }
    throw CLI::ValidationError(
        "--expires", "expected a time from 1s to 87600h, like 15m or 6h, found \"" + text + "\"");
  };
  token
      ->add_option_function<std::string>("--expires", read_lifetime,
                                         "From now until it ends (15m).")
      ->type_name("TIME");
  add_text(*token, "--id", to.id, "Its name (jti), for counting and revoking it.");
  add_text(*token, "--subject", to.subject, "Who it is for (sub).");
  add_text(*token, "--issuer", to.issuer, "Who makes it (iss).");
  add_list(*token, "--audience", to.audiences, "What accepts it (aud).");
  add_count(*token, "--connections", to.connections_max, "Connections with it at the same time.");
  add_count(*token, "--swarms", to.swarms_max, "Memberships of each connection.");
  add_count(*token, "--offers", to.offers_max, "Offers relayed for each announce.");
  token->callback([&line] { line.run = cli::command::token; });
}

}  // namespace waggle
