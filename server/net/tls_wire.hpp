// SPDX-License-Identifier: Apache-2.0
// The socket as OpenSSL sees it: one BIO for all TLS connections of a core, over two buffers of the
// core. One recv takes many records and one send carries many; by itself OpenSSL asks the kernel
// twice for each record it reads, and once more to hear that there is none. One core only.
#pragma once

#include <openssl/bio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace waggle::net {

/// What the wire knows of one connection between its turns: mostly nothing.
struct wire_end {
  int descriptor = -1;
  std::string unread;     // records that came with others, and which nobody has asked for yet
  std::string unsent;     // records that the kernel had no room for, or which wait for company
  bool deferred = false;  // `unsent` goes with whatever is sent next
  bool broken = false;    // of no more use: refused by the kernel, or by OpenSSL
};

class tls_wire {
 public:
  static constexpr std::size_t input_bytes_max = 64 * 1024;  // of one recv
  /// Of one send: two full records. What a peer that does not read makes us hold.
  static constexpr std::size_t output_bytes_max = 33 * 1024;

  tls_wire() = default;
  tls_wire(tls_wire const&) = delete;
  tls_wire& operator=(tls_wire const&) = delete;

  /// For SSL_set_bio(), once for each direction. Makes the buffers when it is first called, so that
  /// a core without TLS has none.
  /// @throws std::bad_alloc
  [[nodiscard]] BIO* new_reference();

  /// What OpenSSL does from here to leave() concerns this connection.
  /// @param input_bytes  how much of its records is taken from the socket at a time, about.
  void enter(wire_end& end, std::size_t input_bytes = input_bytes_max);
  /// Sends what was gathered; keeps what is left for the connection's next turn.
  void leave();
  /// The same, but what was gathered goes with what the connection sends next.
  void leave_and_defer();

  /// Between enter() and leave(): gathers what OpenSSL writes, instead of sending it at once.
  void gather(bool more) { gathers_ = more; }
  /// Everything that came was handed out, and the socket had no more.
  [[nodiscard]] bool drained() const { return drained_ && input_.empty(); }

  /// Outside of any turn: sends what an earlier turn left. Whether nothing is left.
  static bool send_rest(wire_end& end);

 private:
  struct free_bio {
    void operator()(BIO* bio) const { BIO_free(bio); }
  };

  // Called by OpenSSL, whose frames no exception may cross.
  static int on_read(BIO* bio, char* into, int size) noexcept;
  static int on_write(BIO* bio, char const* from, int size) noexcept;
  static long on_control(BIO* bio, int command, long number, void* pointer) noexcept;
  static BIO_METHOD const* method();

  bool receive(BIO* bio);
  void keep_unread();
  bool send(std::span<char const> last);

  std::unique_ptr<BIO, free_bio> bio_;
  std::vector<char> buffer_;
  std::string gathered_;  // to be sent; capacity output_bytes_max

  // of the turn
  wire_end* end_ = nullptr;
  std::span<char const> input_;  // not yet handed out; in buffer_ or in end_->unread
  std::size_t input_bytes_ = 0;
  std::size_t deferred_bytes_ = 0;  // of gathered_, from an earlier turn
  bool drained_ = false;            // the socket had less than was asked for
  bool ended_ = false;              // the peer sends nothing more
  bool gathers_ = false;
};

}  // namespace waggle::net
