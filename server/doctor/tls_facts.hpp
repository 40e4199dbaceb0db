// SPDX-License-Identifier: Apache-2.0
// What a TLS handshake showed: the protocol, the certificate, and everything that a browser would
// find wrong with it. Read once after the handshake.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <string>
#include <vector>

namespace waggle::doctor {

/// One reason not to trust a chain: X509_V_ERR_..., and how far from the server's own certificate.
struct chain_fault {
  int code = 0;
  int depth = 0;
  bool operator==(chain_fault const&) const = default;
};

struct tls_facts {
  std::string protocol;  // "TLSv1.3"
  std::string cipher;
  std::vector<std::string> names;  // that the certificate is for
  std::string issuer;
  std::chrono::system_clock::time_point not_before;
  std::chrono::system_clock::time_point not_after;
  std::size_t chain_length = 0;  // certificates that the server sent
  std::vector<chain_fault> faults;
};

/// Facts of an established connection; `faults` were collected on the way.
[[nodiscard]] tls_facts read_tls_facts(SSL const* connection, std::vector<chain_fault> faults);

/// Whether this machine has certificate authorities of its own where OpenSSL looks for them.
[[nodiscard]] bool has_system_authorities();

}  // namespace waggle::doctor
