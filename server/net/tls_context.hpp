// SPDX-License-Identifier: Apache-2.0
// The server's TLS settings as one immutable snapshot that all cores share: certificate, versions,
// ALPN, and session ticket keys, so that a client which comes back to another core can resume.
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string>

namespace waggle::net {

/// The keys that seal session tickets (RFC 5077, RFC 8446 section 4.6.1). Made once per process,
/// so that tickets survive a change of the certificate.
struct ticket_keys {
  // OpenSSL's layout: 16 bytes name, 32 bytes HMAC secret, 32 bytes AES key.
  std::array<unsigned char, 80> bytes{};

  /// @throws std::runtime_error if the system has no randomness to give.
  [[nodiscard]] static ticket_keys random();
};

struct tls_files {
  std::string certificate;  // PEM chain, leaf first
  std::string key;          // PEM, any key type OpenSSL reads
};

/// Reference-counted by OpenSSL too: sessions keep using the context they were opened with.
using tls_context = std::shared_ptr<SSL_CTX>;

/// Why a pair of files was refused, in words for the operator; empty on success.
struct tls_load {
  tls_context context;
  std::string problem;
};

/// Loads a certificate and its key. TLS 1.2 and 1.3, ALPN http/1.1, tickets by `keys`, no session
/// cache, no renegotiation.
[[nodiscard]] tls_load load_tls(tls_files const& files, ticket_keys const& keys);

}  // namespace waggle::net
