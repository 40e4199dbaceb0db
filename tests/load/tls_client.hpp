// SPDX-License-Identifier: Apache-2.0
// What the TLS connections of a load have in common. It believes every certificate.
#pragma once

#include <openssl/ssl.h>

#include <memory>

namespace waggle::load {

class tls_client {
 public:
  tls_client() : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                         SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                         SSL_MODE_RELEASE_BUFFERS);
  }
  [[nodiscard]] SSL_CTX* context() const { return context_.get(); }

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
};

}  // namespace waggle::load
