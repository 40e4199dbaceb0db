// SPDX-License-Identifier: Apache-2.0
#include "server/net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <string_view>

namespace waggle::net {
namespace {

std::string openssl_problem(std::string_view what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  return std::string{what} + ": " + text.data();
}

// RFC 7301: picks http/1.1 if the client lists it. A client that lists other protocols only is
// served without ALPN, as a server without the extension would.
int select_alpn(SSL* /*ssl*/, unsigned char const** out, unsigned char* out_length,
                unsigned char const* in, unsigned int in_length, void* /*argument*/) {
  constexpr std::string_view wanted = "http/1.1";
  for (unsigned int at = 0; at + in[at] < in_length; at += in[at] + 1U) {
    auto const* const name = in + at + 1;
    if (std::string_view{reinterpret_cast<char const*>(name), in[at]} == wanted) {
      *out = name;
      *out_length = in[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_NOACK;
}

void set_options(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Idle connections give their record buffers back: 19 KB instead of 52 KB each.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Tickets are stateless: nothing is kept here for a client that may come back.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_alpn_select_cb(context, select_alpn, nullptr);
}

}  // namespace

ticket_keys ticket_keys::random() {
  ticket_keys keys;
  if (RAND_bytes(keys.bytes.data(), static_cast<int>(keys.bytes.size())) != 1) {
    throw std::runtime_error{openssl_problem("cannot make TLS ticket keys")};
  }
  return keys;
}

tls_load load_tls(tls_files const& files, ticket_keys const& keys) {
  ERR_clear_error();
  tls_context context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  if (!context) return {nullptr, openssl_problem("cannot create a TLS context")};
  set_options(context.get());

  auto sealed = keys.bytes;  // OpenSSL takes a non-const pointer
  if (SSL_CTX_set_tlsext_ticket_keys(context.get(), sealed.data(),
                                     static_cast<int>(sealed.size())) != 1) {
    return {nullptr, openssl_problem("cannot set the TLS ticket keys")};
  }
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return {nullptr, openssl_problem("cannot use the certificate " + files.certificate)};
  }
  // Refuses a key that does not fit the certificate, too.
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return {nullptr, openssl_problem("cannot use the key " + files.key)};
  }
  return {std::move(context), {}};
}

}  // namespace waggle::net
