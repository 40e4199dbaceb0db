// SPDX-License-Identifier: Apache-2.0
// What a session needs of a transport: non-blocking reads and writes, and to be told when to try
// again. Implemented by tcp_stream, tls_stream and, in tests, by a stream in memory whose n-th
// operation fails. Used on one core only.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

namespace waggle::net {

enum class io_status : std::uint8_t {
  done,         // `bytes` were moved (at least one)
  want_read,    // try again when the transport is readable
  want_write,   // try again when the transport is writable
  end_of_file,  // the peer will send nothing more
  failed,       // the connection is unusable
};

struct io_result {
  io_status status = io_status::failed;
  std::size_t bytes = 0;
};

/// Whether `error`, an errno, says no more than that a socket is not ready.
[[nodiscard]] inline bool would_block(int error) {
  return error == EAGAIN || error == EINTR;
}

/// Which kind of listener a connection came through.
enum class transport : std::uint8_t { plain, tls };

enum class readiness : std::uint8_t { readable, writable };

/// Who waits for a transport. Counted without atomics: it lives on one core. A pending wait holds a
/// reference, so that its owner cannot vanish under it.
class stream_user {
 public:
  stream_user(stream_user const&) = delete;
  stream_user& operator=(stream_user const&) = delete;

  /// The transport may have become ready; `ok` is false if the wait was cancelled or failed.
  virtual void on_ready(readiness what, bool ok) = 0;

  friend void intrusive_ptr_add_ref(stream_user* user) { ++user->references_; }
  friend void intrusive_ptr_release(stream_user* user) {
    if (--user->references_ == 0) delete user;
  }

 protected:
  stream_user() = default;
  virtual ~stream_user() = default;

 private:
  std::uint32_t references_ = 0;
};

class byte_stream {
 public:
  byte_stream() = default;
  byte_stream(byte_stream const&) = delete;
  byte_stream& operator=(byte_stream const&) = delete;
  virtual ~byte_stream() = default;

  /// Never blocks. `into` is not empty.
  [[nodiscard]] virtual io_result read_some(std::span<char> into) = 0;
  /// Never blocks. After want_write the same bytes must be offered again (they may have moved).
  [[nodiscard]] virtual io_result write_some(std::span<char const> from) = 0;
  /// Bytes that the transport has taken from the socket and not yet given to read_some(): the
  /// socket will not become readable for them.
  [[nodiscard]] virtual bool has_buffered_input() const = 0;

  /// Calls user->on_ready() once, never from inside this call. At most one wait of each kind.
  virtual void wait(readiness what, boost::intrusive_ptr<stream_user> user) = 0;

  /// Says that nothing more will be written; reading goes on. Idempotent.
  virtual void shut_down_write() = 0;
  /// Ends both directions and cancels the waits. Idempotent.
  virtual void close() = 0;
};

}  // namespace waggle::net
