// SPDX-License-Identifier: Apache-2.0
// A client's end of a TCP connection, plain or TLS, where every operation has a deadline.
// TLS goes through memory buffers, so that a test decides how the records are cut. One thread.
#pragma once

#include "tests/support/deadline.hpp"
#include "tests/support/endpoint.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

namespace waggle::test {

/// What a TLS client of a test offers.
struct tls_options {
  int version_min = TLS1_2_VERSION;
  int version_max = TLS1_3_VERSION;
  std::string alpn = {};                      // wire form: length byte, name, ...
  std::shared_ptr<SSL_SESSION> session = {};  // to resume
  std::size_t hello_piece_bytes = 0;          // > 0: the ClientHello is sent in pieces of this size
};

class stream {
 public:
  enum class read_result { bytes, closed, nothing };

  /// Connects; with TLS if the endpoint says so. Throws std::runtime_error.
  static stream connect(endpoint const& at, tls_options const& options = {});

  stream(stream&& other) noexcept;
  stream& operator=(stream&& other) noexcept;
  stream(stream const&) = delete;
  stream& operator=(stream const&) = delete;
  ~stream();

  /// Sends everything. False: the peer closed or does not read.
  bool send(std::string_view bytes, milliseconds within = patience);

  /// Sends in pieces, each a segment (and a TLS record) of its own as far as TCP allows.
  bool send_in_pieces(std::string_view bytes, std::size_t piece_bytes);

  /// Appends what arrives first. `nothing`: the deadline passed.
  read_result read(std::string& into, milliseconds within = patience);

  /// Reads and throws away until the peer closed. False: it did not in time.
  [[nodiscard]] bool closes(milliseconds within = patience);

  /// Ends the sending direction, or resets the connection without a word.
  void shut_down();
  void reset();

  [[nodiscard]] int tls_version() const;
  [[nodiscard]] std::string alpn() const;
  [[nodiscard]] bool resumed() const;
  [[nodiscard]] std::shared_ptr<SSL_SESSION> session() const;
  /// Of the server's certificate; that of a resumed session is the one it began with.
  [[nodiscard]] long serial() const;

 private:
  struct tls_state;

  explicit stream(int fd);
  void start_tls(tls_options const& options);
  bool flush_tls(std::size_t piece_bytes, milliseconds within);
  bool send_raw(std::string_view bytes, milliseconds within);
  read_result read_raw(std::string& into, milliseconds within);

  int fd_ = -1;
  std::unique_ptr<tls_state> tls_;
};

}  // namespace waggle::test
