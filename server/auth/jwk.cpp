// SPDX-License-Identifier: Apache-2.0
#include "server/auth/jwk.hpp"

#include <openssl/core_names.h>

#include <algorithm>
#include <array>
#include <span>

namespace waggle::auth {
namespace {

/// What RFC 7518 section 6 says of a type of key, as far as it is used here.
struct key_type {
  std::string_view name;
  signature_algorithm algorithm;
  std::span<char const* const> needed;   // to verify
  std::span<char const* const> secret;   // to sign, in addition
  std::span<char const* const> further;  // speeds signing up
};

constexpr std::array oct_needed{"k"};
constexpr std::array rsa_needed{"n", "e"};
constexpr std::array rsa_further{"p", "q", "dp", "dq", "qi"};
constexpr std::array ec_needed{"x", "y"};
constexpr std::array private_half{"d"};
constexpr std::array key_types{
    key_type{"oct", signature_algorithm::hs256, oct_needed, {}, {}},
    key_type{"RSA", signature_algorithm::rs256, rsa_needed, private_half, rsa_further},
    key_type{"EC", signature_algorithm::es256, ec_needed, private_half, {}},
};

jwk_reading problem(std::string text) {
  return {.problem = std::move(text)};
}

jwk_reading passed_over(std::string text) {
  return {.passed_over = std::move(text)};
}

json_t const* member(json_t const* jwk, char const* name) {
  return json_object_get(jwk, name);
}

/// Whether `use` and `key_ops` (RFC 7517 sections 4.2 and 4.3) allow what the key is wanted for.
std::optional<jwk_reading> refusal_by_use(json_t const* jwk, key_purpose purpose) {
  if (auto const* use = member(jwk, "use")) {
    auto const text = text_of(use);
    if (!text) return problem("use is not a string");
    if (*text != "sig") return passed_over("its use is not \"sig\"");
  }
  auto const* operations = member(jwk, "key_ops");
  if (operations == nullptr) return std::nullopt;
  if (!json_is_array(operations)) return problem("key_ops is not an array");
  auto const* const wanted = purpose == key_purpose::verify ? "verify" : "sign";
  for (std::size_t i = 0; i < json_array_size(operations); ++i) {
    if (text_of(json_array_get(operations, i)) == wanted) return std::nullopt;
  }
  return passed_over(std::string{"its key_ops do not hold \""} + wanted + '"');
}

/// Whether `alg` and `crv` are those that we know.
std::optional<jwk_reading> refusal_by_algorithm(json_t const* jwk, key_type const& type) {
  if (auto const* named = member(jwk, "alg")) {
    auto const text = text_of(named);
    if (!text) return problem("alg is not a string");
    if (*text != to_text(type.algorithm)) {
      return passed_over(std::string{"its alg is not "} + to_text(type.algorithm));
    }
  }
  if (type.algorithm != signature_algorithm::es256) return std::nullopt;
  auto const curve = text_of(member(jwk, "crv"));
  if (!curve) return problem("crv is missing or not a string");
  if (*curve != "P-256") return passed_over("its crv is not P-256");
  return std::nullopt;
}

/// The names that the key is wanted to have.
std::vector<char const*> needed_members(key_type const& type, key_purpose purpose) {
  std::vector<char const*> names(type.needed.begin(), type.needed.end());
  if (purpose == key_purpose::sign)
    names.insert(names.end(), type.secret.begin(), type.secret.end());
  return names;
}

/// Only what libjose needs, so that no other member of the key changes what it does.
json_owner bare_jwk(json_t const* jwk, key_type const& type, key_purpose purpose) {
  auto names = needed_members(type, purpose);
  if (purpose == key_purpose::sign) {
    for (auto const* name : type.further) {
      if (json_is_string(member(jwk, name))) names.push_back(name);
    }
  }
  json_owner bare{json_object()};
  auto const put = [&bare](char const* name, std::string_view text) {
    if (json_object_set_new(bare.get(), name, json_text(text).release()) != 0) {
      throw std::bad_alloc{};
    }
  };
  put("kty", type.name);
  put("alg", to_text(type.algorithm));
  if (type.algorithm == signature_algorithm::es256) put("crv", "P-256");
  for (auto const* name : names) put(name, text_of(member(jwk, name)).value());
  return bare;
}

std::string secret_problem(json_t const* jwk, key_limits const& limits) {
  auto const bytes = decode_base64url(text_of(member(jwk, "k")).value())->size();
  if (bytes >= limits.secret_bytes_min && bytes <= limits.secret_bytes_max) return {};
  auto const few = bytes < limits.secret_bytes_min;
  return std::to_string(bytes) + (few ? " bytes, at least " : " bytes, at most ") +
         std::to_string(few ? limits.secret_bytes_min : limits.secret_bytes_max);
}

std::string rsa_problem(EVP_PKEY const& key, key_limits const& limits) {
  auto const bits = EVP_PKEY_get_bits(&key);
  if (bits < limits.rsa_bits_min) {
    return "an RSA key of " + std::to_string(bits) + " bits, at least " +
           std::to_string(limits.rsa_bits_min);
  }
  if (bits > limits.rsa_bits_max) {
    return "an RSA key of " + std::to_string(bits) + " bits, at most " +
           std::to_string(limits.rsa_bits_max);
  }
  BIGNUM* exponent = nullptr;
  if (EVP_PKEY_get_bn_param(&key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) return "has no exponent";
  auto const exponent_bits = BN_num_bits(exponent);
  auto const odd = BN_is_odd(exponent) == 1;
  BN_free(exponent);
  // An exponent of 1 makes every message its own signature.
  if (odd && exponent_bits >= 2 && exponent_bits <= limits.rsa_exponent_bits_max) return {};
  return "its exponent is not an odd number of 2 to 64 bits";
}

std::string material_problem(json_t const* bare, key_type const& type, key_limits const& limits) {
  if (type.algorithm == signature_algorithm::hs256) return secret_problem(bare, limits);
  quiet_call const quiet;
  pkey_owner const key{jose_openssl_jwk_to_EVP_PKEY(quiet.config(), bare)};
  if (!key) {
    return type.algorithm == signature_algorithm::es256 ? "x, y or d is no key of P-256"
                                                        : "its numbers are no RSA key";
  }
  return type.algorithm == signature_algorithm::rs256 ? rsa_problem(*key, limits) : std::string{};
}

}  // namespace

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char what) {
    auto const byte = static_cast<unsigned char>(what);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::string kid_problem(std::string_view kid, key_limits const& limits) {
  if (kid.size() > limits.kid_bytes_max) {
    return "its kid has " + std::to_string(kid.size()) + " bytes, at most " +
           std::to_string(limits.kid_bytes_max);
  }
  return has_control_characters(kid) ? "its kid has control characters" : "";
}

json_owner jwk_of_secret(std::string_view bytes) {
  json_owner jwk{
      json_pack("{s:s, s:o}", "kty", "oct", "k",
                bytes.empty() ? json_string("") : jose_b64_enc(bytes.data(), bytes.size()))};
  if (!jwk) throw std::bad_alloc{};
  return jwk;
}

jwk_reading read_jwk(json_t const* jwk, key_purpose purpose, key_limits const& limits) {
  if (!json_is_object(jwk)) return problem("not an object");
  auto const kty = text_of(member(jwk, "kty"));
  if (!kty) return problem("kty is missing or not a string");
  auto const* const type = std::find_if(key_types.begin(), key_types.end(),
                                        [&](key_type const& known) { return known.name == *kty; });
  if (type == key_types.end()) return passed_over("its kty is none of oct, RSA, EC");
  if (auto const refused = refusal_by_use(jwk, purpose)) return *refused;
  if (auto const refused = refusal_by_algorithm(jwk, *type)) return *refused;

  std::string kid;
  if (auto const* named = member(jwk, "kid")) {
    auto const text = text_of(named);
    if (!text || text->empty()) return problem("kid is not a string, or empty");
    if (auto wrong = kid_problem(*text, limits); !wrong.empty()) return problem(std::move(wrong));
    kid = *text;
  }
  for (auto const* name : needed_members(*type, purpose)) {
    auto const text = text_of(member(jwk, name));
    if (!text) return problem(std::string{name} + " is missing or not a string");
    if (!decode_base64url(*text)) return problem(std::string{name} + " is not base64url");
  }
  auto bare = bare_jwk(jwk, *type, purpose);
  if (auto wrong = material_problem(bare.get(), *type, limits); !wrong.empty()) {
    return problem(std::move(wrong));
  }
  return {.key = verification_key{.kid = std::move(kid),
                                  .algorithm = type->algorithm,
                                  .jwk = {bare.release(), json_release{}}}};
}

}  // namespace waggle::auth
