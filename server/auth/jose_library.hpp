// SPDX-License-Identifier: Apache-2.0
// libjose, jansson and OpenSSL as this folder uses them: their headers, owners of what they hand
// out, and silence. No header that others include includes this one. Any thread: libjose keeps no
// state but tables that are written before main(), and counts references without atomics only in
// objects that live for one call.
#pragma once

#include <jansson.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <cstdarg>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>

extern "C" {
#include <jose/b64.h>
#include <jose/cfg.h>
#include <jose/jwk.h>
#include <jose/jws.h>
#include <jose/openssl.h>
}

namespace waggle::auth {

struct json_release {
  void operator()(json_t* value) const { json_decref(value); }
};
using json_owner = std::unique_ptr<json_t, json_release>;

struct pkey_release {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using pkey_owner = std::unique_ptr<EVP_PKEY, pkey_release>;

/// For the time of one call: libjose tells nobody what went wrong (it would print parts of the
/// token to stderr), and the errors that OpenSSL remembers for this thread are taken away again
/// (TLS on the same thread would take them for its own).
class quiet_call {
 public:
  quiet_call() : config_(jose_cfg()) {
    if (config_ == nullptr) throw std::bad_alloc{};
    jose_cfg_set_err_func(
        config_, [](void*, char const*, int, std::uint64_t, char const*, va_list) {}, nullptr);
    ERR_set_mark();
  }
  ~quiet_call() {
    ERR_pop_to_mark();
    jose_cfg_decref(config_);
  }
  quiet_call(quiet_call const&) = delete;
  quiet_call& operator=(quiet_call const&) = delete;

  [[nodiscard]] jose_cfg_t* config() const { return config_; }

 private:
  jose_cfg_t* config_;
};

/// One JSON value; null where `text` is anything else, or an object in it names a member twice.
[[nodiscard]] inline json_owner parse_json(std::string_view text, json_error_t* error = nullptr) {
  return json_owner{json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES, error)};
}

/// A string of JSON; null unless it is UTF-8.
[[nodiscard]] inline json_owner json_text(std::string_view text) {
  return json_owner{json_stringn(text.data(), text.size())};
}

/// The text of a JSON string; nothing for another value, or none.
[[nodiscard]] inline std::optional<std::string_view> text_of(json_t const* value) {
  if (!json_is_string(value)) return std::nullopt;
  return std::string_view{json_string_value(value), json_string_length(value)};
}

/// Base64url as RFC 7515 section 2 wants it: no padding, no white space, no bits left over.
[[nodiscard]] inline std::optional<std::string> decode_base64url(std::string_view text) {
  auto const bytes = jose_b64_dec_buf(text.data(), text.size(), nullptr, 0);
  if (bytes == SIZE_MAX) return std::nullopt;
  std::string decoded(bytes, '\0');
  if (jose_b64_dec_buf(text.data(), text.size(), decoded.data(), bytes) != bytes) {
    return std::nullopt;
  }
  return decoded;
}

}  // namespace waggle::auth
