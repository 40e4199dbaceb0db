// SPDX-License-Identifier: Apache-2.0
#include "server/net/tls_context.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <ctime>
#include <new>
#include <stdexcept>
#include <string_view>
#include <utility>

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
  // What browsers offer. By default a client may pick the finite field of 8192 bits, whose
  // handshake costs us 100 ms of CPU time, and the client nothing.
  if (SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1) throw std::bad_alloc{};
}

using bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

bio reader_of(std::string const& text) {
  bio made{BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
  if (!made) throw std::bad_alloc{};
  return made;
}

// OpenSSL's own callback asks at the terminal, and waits for who never answers.
int no_passphrase(char* /*into*/, int /*size*/, int /*for_writing*/, void* /*argument*/) {
  return -1;
}

/// As SSL_CTX_use_certificate_chain_file: the first certificate is the leaf.
bool use_chain(SSL_CTX* context, std::string const& pem) {
  auto const from = reader_of(pem);
  std::unique_ptr<X509, decltype(&X509_free)> const leaf{
      PEM_read_bio_X509_AUX(from.get(), nullptr, no_passphrase, nullptr), X509_free};
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) return false;
  while (auto* const issuer = PEM_read_bio_X509(from.get(), nullptr, no_passphrase, nullptr)) {
    if (SSL_CTX_add0_chain_cert(context, issuer) == 1) continue;
    X509_free(issuer);
    return false;
  }
  // The end of the text is the one error that is none.
  auto const last = ERR_peek_last_error();
  if (ERR_GET_LIB(last) != ERR_LIB_PEM || ERR_GET_REASON(last) != PEM_R_NO_START_LINE) return false;
  ERR_clear_error();
  return true;
}

using private_key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

private_key read_key(std::string const& pem) {
  auto const from = reader_of(pem);
  return {PEM_read_bio_PrivateKey(from.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free};
}

// OpenSSL keeps a pair for each type of key: by itself it takes an RSA key that stands beside an EC
// certificate, into the place of another pair. The first check tells the operator why not.
bool use_key(SSL_CTX* context, X509* leaf, EVP_PKEY* key) {
  return X509_check_private_key(leaf, key) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1 &&
         SSL_CTX_check_private_key(context) == 1;
}

std::string serial_of(X509 const* certificate) {
  std::unique_ptr<BIGNUM, decltype(&BN_free)> const number{
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr), BN_free};
  if (!number) return {};
  std::unique_ptr<char, void (*)(char*)> const hex{BN_bn2hex(number.get()),
                                                   [](char* text) { OPENSSL_free(text); }};
  return hex ? hex.get() : std::string{};
}

std::chrono::sys_seconds not_after_of(X509 const* certificate) {
  std::tm fields{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &fields) != 1) return {};
  return std::chrono::sys_seconds{std::chrono::seconds{::timegm(&fields)}};
}

}  // namespace

ticket_keys ticket_keys::random() {
  ticket_keys keys;
  if (RAND_bytes(keys.bytes.data(), static_cast<int>(keys.bytes.size())) != 1) {
    throw std::runtime_error{openssl_problem("cannot make TLS ticket keys")};
  }
  return keys;
}

tls_pair read_tls(tls_files const& files, runtime::file_limits const& limits) {
  return {runtime::read_regular_file(files.certificate, limits),
          runtime::read_regular_file(files.key, limits)};
}

tls_load load_tls(tls_files const& files, tls_pair const& pair, ticket_keys const& keys) {
  ERR_clear_error();
  tls_load made{.context = tls_context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free}};
  auto const refused = [](std::string why) { return tls_load{.problem = std::move(why)}; };
  if (!made.context) return refused(openssl_problem("cannot create a TLS context"));
  set_options(made.context.get());

  auto sealed = keys.bytes;  // OpenSSL takes a non-const pointer
  if (SSL_CTX_set_tlsext_ticket_keys(made.context.get(), sealed.data(),
                                     static_cast<int>(sealed.size())) != 1) {
    return refused(openssl_problem("cannot set the TLS ticket keys"));
  }
  auto const unusable = "cannot use the certificate " + files.certificate;
  if (!pair.certificate.problem.empty()) return refused(unusable + ": " + pair.certificate.problem);
  if (!use_chain(made.context.get(), pair.certificate.bytes)) {
    return refused(openssl_problem(unusable));
  }
  auto const unfit = "cannot use the key " + files.key;
  if (!pair.key.problem.empty()) return refused(unfit + ": " + pair.key.problem);
  auto const key = read_key(pair.key.bytes);
  if (!key) {
    ERR_clear_error();  // what OpenSSL says of it ("DECODER routines::unsupported") helps nobody
    return refused(unfit + ": no private key in PEM, or one with a passphrase");
  }
  auto* const leaf = SSL_CTX_get0_certificate(made.context.get());
  if (!use_key(made.context.get(), leaf, key.get())) return refused(openssl_problem(unfit));
  made.serial = serial_of(leaf);
  made.not_after = not_after_of(leaf);
  return made;
}

tls_load load_tls(tls_files const& files, ticket_keys const& keys) {
  return load_tls(files, read_tls(files), keys);
}

}  // namespace waggle::net
