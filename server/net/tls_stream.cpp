// SPDX-License-Identifier: Apache-2.0
#include "server/net/tls_stream.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <new>

namespace waggle::net {
namespace {

constexpr std::size_t record_bytes_max = 16 * 1024;  // RFC 8446 section 5.1

}  // namespace

// OpenSSL keeps the number of the descriptor, which the kernel gives to the next connection once
// this one is closed: whatever calls OpenSSL asks first whether it is still ours.
tls_stream::tls_stream(polled_socket socket, SSL_CTX* context)
    : socket_(std::move(socket)), ssl_(SSL_new(context)) {
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.descriptor()) != 1) throw std::bad_alloc{};
  SSL_set_accept_state(ssl_.get());
}

io_status tls_stream::status_of(int returned) {
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ:
      return io_status::want_read;
    case SSL_ERROR_WANT_WRITE:
      return io_status::want_write;
    case SSL_ERROR_ZERO_RETURN:
      return io_status::end_of_file;
    default:
      broken_ = true;
      return io_status::failed;
  }
}

io_status tls_stream::handshake() {
  if (!socket_.is_open()) return io_status::failed;
  ERR_clear_error();  // SSL_get_error looks at the thread's queue, which other sessions share
  auto const returned = SSL_do_handshake(ssl_.get());
  return returned == 1 ? io_status::done : status_of(returned);
}

io_result tls_stream::read_some(std::span<char> into) {
  if (!socket_.is_open()) return {io_status::failed};
  std::size_t total = 0;
  // A record holds at most 16 KiB; several may be waiting behind one readiness.
  while (total < into.size()) {
    ERR_clear_error();
    std::size_t received = 0;
    auto const returned =
        SSL_read_ex(ssl_.get(), into.data() + total, into.size() - total, &received);
    if (returned != 1) {
      // What was read comes first; the status is found again by the next call.
      auto const status = status_of(returned);
      if (total == 0) return {status};
      break;
    }
    total += received;
  }
  return {io_status::done, total};
}

io_result tls_stream::write_some(std::span<char const> from) {
  if (!socket_.is_open()) return {io_status::failed};
  ERR_clear_error();
  std::size_t sent = 0;
  auto const returned =
      SSL_write_ex(ssl_.get(), from.data(), std::min(from.size(), record_bytes_max), &sent);
  return returned == 1 ? io_result{io_status::done, sent} : io_result{status_of(returned)};
}

bool tls_stream::has_buffered_input() const {
  return SSL_has_pending(ssl_.get()) == 1;
}

void tls_stream::shut_down_write() {
  if (!socket_.is_open()) return;
  if (!broken_ && SSL_is_init_finished(ssl_.get()) == 1) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());  // close_notify; whether it gets out does not matter any more
  }
  socket_.shut_down_write();
}

}  // namespace waggle::net
