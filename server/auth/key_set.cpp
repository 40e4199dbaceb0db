// SPDX-License-Identifier: Apache-2.0
#include "server/auth/key_set.hpp"

#include "server/auth/jose_library.hpp"
#include "server/auth/jwk.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>

#include <algorithm>

namespace waggle::auth {

char const* to_text(signature_algorithm which) {
  switch (which) {
    case signature_algorithm::hs256:
      return "HS256";
    case signature_algorithm::rs256:
      return "RS256";
    case signature_algorithm::es256:
      return "ES256";
  }
  return "";
}

namespace {

std::string in_quotes(std::string_view name) {
  return '"' + std::string{name} + '"';
}

/// "secret "a"", or "secret 2" where there is no name that can be shown.
std::string label(std::string_view kind, std::size_t index, std::string_view kid,
                  key_limits const& limits) {
  auto const shown = !kid.empty() && kid_problem(kid, limits).empty();
  return std::string{kind} + ' ' + (shown ? in_quotes(kid) : std::to_string(index + 1));
}

json_owner public_jwk_of_pem(std::string const& pem) {
  quiet_call const quiet;
  std::unique_ptr<BIO, decltype(&BIO_free)> const text{
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
  if (!text) throw std::bad_alloc{};
  // Without a callback of ours OpenSSL asks the terminal for the passphrase of an encrypted block.
  auto const no_passphrase = [](char*, int, int, void*) { return -1; };
  pkey_owner const key{PEM_read_bio_PUBKEY(text.get(), nullptr, no_passphrase, nullptr)};
  if (!key) return nullptr;
  return json_owner{jose_openssl_jwk_from_EVP_PKEY(quiet.config(), key.get())};
}

class collector {
 public:
  explicit collector(key_limits const& limits) : limits_(limits) {}

  void take_secrets(std::vector<named_key> const& secrets) {
    for (std::size_t i = 0; i < secrets.size(); ++i) {
      auto const& [kid, bytes] = secrets[i];
      auto const name = label("secret", i, kid, limits_);
      if (bytes.size() > limits_.secret_bytes_max) {
        report(name, std::to_string(bytes.size()) + " bytes, at most " +
                         std::to_string(limits_.secret_bytes_max));
        continue;
      }
      take_named(name, kid, *jwk_of_secret(bytes));
    }
  }

  void take_public_pems(std::vector<named_key> const& pems) {
    for (std::size_t i = 0; i < pems.size(); ++i) {
      auto const& [kid, pem] = pems[i];
      auto const name = label("public key", i, kid, limits_);
      if (pem.size() > limits_.pem_bytes_max) {
        report(name, "longer than " + std::to_string(limits_.pem_bytes_max) + " bytes");
        continue;
      }
      if (pem.find("PRIVATE KEY-----") != std::string::npos) {
        report(name, "holds a private key; only the public one belongs here");
        continue;
      }
      if (auto const jwk = public_jwk_of_pem(pem)) {
        take_named(name, kid, *jwk);
      } else {
        report(name, "not a PEM public key of RSA or of EC on P-256");
      }
    }
  }

  void take_jwk_set(std::string const& text) {
    if (text.size() > limits_.jwk_set_bytes_max) {
      return report("JWK Set",
                    "longer than " + std::to_string(limits_.jwk_set_bytes_max) + " bytes");
    }
    json_error_t error{};
    auto const parsed = parse_json(text, &error);
    if (!parsed) {
      // Only the place: what jansson says more quotes the text, and there may be secrets in it.
      return report("JWK Set", "not JSON, or a name occurs twice: line " +
                                   std::to_string(error.line) + ", column " +
                                   std::to_string(error.column));
    }
    auto const* const keys = json_object_get(parsed.get(), "keys");
    auto const alone = keys == nullptr && json_object_get(parsed.get(), "kty") != nullptr;
    if (!alone && !json_is_array(keys)) return report("JWK Set", "no array \"keys\"");
    auto const before = keys_.size() + problems_.size();
    if (alone) {
      take_jwk(*parsed, 0);
    } else {
      if (json_array_size(keys) > limits_.keys_max) return report_too_many();
      for (std::size_t i = 0; i < json_array_size(keys); ++i) {
        take_jwk(*json_array_get(keys, i), i);
      }
    }
    if (keys_.size() + problems_.size() == before) report("JWK Set", "no key that verifies tokens");
  }

  [[nodiscard]] key_set_outcome take() && {
    if (keys_.size() > limits_.keys_max) report_too_many();
    key_set_outcome outcome{.problems = std::move(problems_),
                            .passed_over = std::move(passed_over_)};
    if (outcome.problems.empty()) outcome.keys = std::make_shared<key_set const>(std::move(keys_));
    return outcome;
  }

 private:
  void report(std::string const& name, std::string const& why) {
    problems_.push_back(name + ": " + why);
  }

  void report_too_many() {
    problems_.push_back("more than " + std::to_string(limits_.keys_max) + " keys");
  }

  /// A key whose name stands beside it.
  void take_named(std::string const& name, std::string const& kid, json_t const& jwk) {
    if (auto const wrong = kid_problem(kid, limits_); !wrong.empty()) return report(name, wrong);
    auto reading = read_jwk(&jwk, key_purpose::verify, limits_);
    if (!reading.key) return report(name, reading.problem + reading.passed_over);
    reading.key->kid = kid;
    add(name, std::move(*reading.key));
  }

  void take_jwk(json_t const& jwk, std::size_t index) {
    auto const kid = text_of(json_object_get(&jwk, "kid"));
    auto const name = label("key", index, kid.value_or(""), limits_) + " of the JWK Set";
    auto reading = read_jwk(&jwk, key_purpose::verify, limits_);
    if (reading.key) return add(name, std::move(*reading.key));
    if (!reading.problem.empty()) return report(name, reading.problem);
    passed_over_.push_back(name + ": " + reading.passed_over);
  }

  void add(std::string const& name, verification_key&& key) {
    auto const same = [&key](verification_key const& other) { return other.kid == key.kid; };
    if (!key.kid.empty() && std::any_of(keys_.begin(), keys_.end(), same)) {
      return report(name, "another key has the same kid");
    }
    keys_.push_back(std::move(key));
  }

  key_limits limits_;
  std::vector<verification_key> keys_;
  std::vector<std::string> problems_;
  std::vector<std::string> passed_over_;
};

}  // namespace

key_set_outcome make_key_set(key_sources const& sources, key_limits const& limits) {
  collector all{limits};
  if (sources.secrets.size() + sources.public_pems.size() > limits.keys_max) {
    return {.problems = {"more than " + std::to_string(limits.keys_max) + " keys"}};
  }
  all.take_secrets(sources.secrets);
  all.take_public_pems(sources.public_pems);
  if (sources.jwk_set) all.take_jwk_set(*sources.jwk_set);
  return std::move(all).take();
}

}  // namespace waggle::auth
