// SPDX-License-Identifier: Apache-2.0
#include "server/net/tls_stream.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <new>
#include <utility>

namespace waggle::net {
namespace {

constexpr std::size_t record_bytes_max = 16 * 1024;  // RFC 8446 section 5.1
constexpr std::size_t batch_bytes_max = 2 * record_bytes_max;

}  // namespace

tls_stream::tls_stream(polled_socket socket, SSL_CTX* context, tls_wire& wire)
    : socket_(std::move(socket)), wire_(wire), ssl_(SSL_new(context)) {
  if (!ssl_) throw std::bad_alloc{};
  SSL_set0_rbio(ssl_.get(), wire_.new_reference());
  SSL_set0_wbio(ssl_.get(), wire_.new_reference());
  SSL_set_accept_state(ssl_.get());
  end_.descriptor = socket_.descriptor();
}

/// Within a turn: SSL_get_error looks at the wire.
io_status tls_stream::status_of(int returned) {
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ:
      return io_status::want_read;
    case SSL_ERROR_WANT_WRITE:
      return io_status::want_write;
    case SSL_ERROR_ZERO_RETURN:
      return io_status::end_of_file;
    default:
      end_.broken = true;
      return io_status::failed;
  }
}

io_status tls_stream::handshake() {
  if (!socket_.is_open() || end_.broken) return io_status::failed;
  if (!tls_wire::send_rest(end_)) return end_.broken ? io_status::failed : io_status::want_write;
  wire_.enter(end_);
  auto const status = shake();
  // In TLS 1.3 only a ticket is left to be said when the client is ready, and it can go with the
  // first answer: a send less. In TLS 1.2 the client waits for our last word.
  if (status == io_status::done && SSL_version(ssl_.get()) >= TLS1_3_VERSION) {
    wire_.leave_and_defer();
  } else {
    wire_.leave();
  }
  if (status == io_status::failed || end_.broken) return io_status::failed;
  // The client cannot go on before it has what we said.
  if (status == io_status::want_read && !end_.unsent.empty()) return io_status::want_write;
  return status;
}

io_status tls_stream::shake() {
  ERR_clear_error();  // SSL_get_error looks at the thread's queue, which other sessions share
  auto const returned = SSL_do_handshake(ssl_.get());
  return returned == 1 ? io_status::done : status_of(returned);
}

io_result tls_stream::read_some(std::span<char> into) {
  if (!socket_.is_open()) return {io_status::failed};
  wire_.enter(end_, into.size());
  auto const got = read_records(into);
  wire_.leave();
  // OpenSSL has something to say before it reads on, and there is no room for it.
  if (got.status == io_status::want_write) static_cast<void>(tls_wire::send_rest(end_));
  return got;
}

io_result tls_stream::read_records(std::span<char> into) {
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
    if (wire_.drained() && SSL_has_pending(ssl_.get()) == 0) break;
  }
  return {io_status::done, total};
}

// All of a batch is reported as written, or nothing of it yet: what the kernel has no room for is
// encrypted already, and must not be so again.
io_result tls_stream::write_some(std::span<char const> from) {
  if (!socket_.is_open() || end_.broken) return {io_status::failed};
  if (!end_.deferred && !tls_wire::send_rest(end_)) {
    return {end_.broken ? io_status::failed : io_status::want_write};
  }
  if (owed_ != 0) return {io_status::done, std::exchange(owed_, 0)};
  wire_.enter(end_);
  auto const wrote = write_records(from.first(std::min(from.size(), batch_bytes_max)));
  wire_.leave();
  if (end_.broken) return {io_status::failed};
  if (end_.unsent.empty()) return wrote;
  owed_ = wrote.bytes;
  return {io_status::want_write};
}

io_result tls_stream::write_records(std::span<char const> from) {
  std::size_t total = 0;
  while (total < from.size()) {
    auto const record = from.subspan(total, std::min(from.size() - total, record_bytes_max));
    wire_.gather(/*more=*/total + record.size() < from.size());
    ERR_clear_error();
    std::size_t sent = 0;
    auto const returned = SSL_write_ex(ssl_.get(), record.data(), record.size(), &sent);
    if (returned != 1) {
      auto const status = status_of(returned);
      if (total == 0 || status == io_status::failed) return {status};
      break;
    }
    total += sent;
  }
  return {io_status::done, total};
}

bool tls_stream::has_buffered_input() const {
  return !end_.unread.empty() || SSL_has_pending(ssl_.get()) == 1;
}

void tls_stream::shut_down_write() {
  if (!socket_.is_open()) return;
  // After a fatal error SSL_shutdown must not be called.
  if (!end_.broken && SSL_is_init_finished(ssl_.get()) == 1) {
    wire_.enter(end_);
    ERR_clear_error();
    SSL_shutdown(ssl_.get());  // close_notify; whether it gets out does not matter any more
    wire_.leave();
  }
  socket_.shut_down_write();
}

}  // namespace waggle::net
