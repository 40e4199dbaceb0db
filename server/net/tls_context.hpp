// SPDX-License-Identifier: Apache-2.0
// The server's TLS settings as one immutable snapshot that all cores share: certificate, versions,
// ALPN, and session ticket keys, so that a client which comes back to another core can resume.
#pragma once

#include "server/runtime/regular_file.hpp"

#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <cstddef>
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
  std::string key;          // PEM without a passphrase, any key type OpenSSL reads
};

/// What the two files say, or why they could not be read.
struct tls_pair {
  runtime::file_content certificate;
  runtime::file_content key;
};

/// Of each file; a megabyte is far above any real chain.
inline constexpr runtime::file_limits tls_file_limits{.bytes_max = 1024 * 1024};

[[nodiscard]] tls_pair read_tls(tls_files const& files,
                                runtime::file_limits const& limits = tls_file_limits);

/// Reference-counted by OpenSSL too: sessions keep using the context they were opened with.
using tls_context = std::shared_ptr<SSL_CTX>;

/// A context, or why a pair of files was refused, in words for the operator.
struct tls_load {
  tls_context context;
  std::string problem;                 // empty on success
  std::string serial;                  // of the leaf certificate, hexadecimal
  std::chrono::sys_seconds not_after;  // when the leaf certificate expires
};

/// Makes a context of a certificate and its key. TLS 1.2 and 1.3, ALPN http/1.1, tickets by `keys`,
/// no session cache, no renegotiation. An expired certificate is no reason to refuse.
///
/// A client resumes with a ticket of another context of this function as long as `keys` are the
/// same: no session id context is set, and none is needed where no client certificate is asked for.
///
/// @param files  names `pair` in what the operator reads.
[[nodiscard]] tls_load load_tls(tls_files const& files, tls_pair const& pair,
                                ticket_keys const& keys);
/// The same of the files as they are now.
[[nodiscard]] tls_load load_tls(tls_files const& files, ticket_keys const& keys);

}  // namespace waggle::net
