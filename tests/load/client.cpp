// SPDX-License-Identifier: Apache-2.0
#include "tests/load/client.hpp"

#include "protocol/websocket/frame_writer.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace waggle::load {
namespace {

using websocket::opcode;

// One thread, one client at a time: none of these is in use when another client has its turn.
std::array<char, 256 * 1024> read_buffer;
std::string turn;   // what is sent while input is handled
std::string frame;  // the one that is being made

void set(int socket, int level, int name, int value) {
  ::setsockopt(socket, level, name, &value, sizeof value);
}

}  // namespace

client::~client() {
  if (socket_ < 0) return;
  poller_.forget(*this, socket_);
  ::close(socket_);
}

void client::open() {
  socket_ = ::socket(way_.to.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return end();
  if (way_.receive_buffer_bytes > 0) {
    set(socket_, SOL_SOCKET, SO_RCVBUF, way_.receive_buffer_bytes);
  }
  if (way_.from) {
    // The port is picked when the destination is known: the same one serves several destinations.
    set(socket_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    net::tcp::endpoint const from{*way_.from, 0};
    if (::bind(socket_, from.data(), static_cast<socklen_t>(from.size())) != 0) return end();
  }
  set(socket_, IPPROTO_TCP, TCP_NODELAY, 1);
  if (::connect(socket_, way_.to.data(), static_cast<socklen_t>(way_.to.size())) != 0 &&
      errno != EINPROGRESS) {
    return end();
  }
  if (!poller_.watch(*this, socket_, EPOLLOUT)) end();
}

void client::on_poll(std::uint32_t events) {
  if (!connected_) return on_connected();
  if (!secured_ && !shake_hands()) return;
  if ((events & EPOLLOUT) != 0 && !out_.empty()) {
    write({});
    if (ended_) return;
  }
  if (deaf_) {
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) end();
    return;
  }
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0) read();
}

void client::on_connected() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return end();
  connected_ = true;
  out_ = "GET " + way_.path +
         " HTTP/1.1\r\nHost: load\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  watch();
  if (way_.tls == nullptr) {
    secured_ = true;
    return write({});
  }
  tls_.reset(SSL_new(way_.tls));
  SSL_set_fd(tls_.get(), socket_);
  SSL_set_connect_state(tls_.get());
  if (way_.session != nullptr) {
    // A copy: how this connection ends must not spoil the session for the next one.
    auto* const session = SSL_SESSION_dup(way_.session);
    SSL_set_session(tls_.get(), session);
    SSL_SESSION_free(session);
  }
  static_cast<void>(shake_hands());
}

bool client::shake_hands() {
  ERR_clear_error();
  auto const returned = SSL_do_handshake(tls_.get());
  if (returned == 1) {
    secured_ = true;
    write({});  // the request
    return !ended_;
  }
  auto const error = SSL_get_error(tls_.get(), returned);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) end();
  return false;
}

void client::watch() {
  auto const deaf = deaf_ || (lock_step_ && !out_.empty());
  auto const events = (deaf ? 0U : std::uint32_t{EPOLLIN}) |
                      (out_.empty() || !secured_ ? 0U : std::uint32_t{EPOLLOUT});
  if (events == poller_.events_of(*this)) return;
  if (events == 0) return poller_.forget(*this, socket_);
  if (!poller_.watch(*this, socket_, events)) end();
}

void client::send_text(std::string_view text) {
  if (ended_) return;
  frame.clear();
  websocket::append_masked_frame(frame, {.payload = text});
  send_bytes(frame);
}

void client::send_bytes(std::string_view bytes) {
  if (ended_) return;
  if (reading_) {
    turn += bytes;
  } else {
    write(bytes);
  }
}

void client::stop_reading() {
  deaf_ = true;
  if (connected_ && !ended_) watch();
}

void client::leave(farewell how) {
  if (ended_) return;
  if (!connected_) return end();
  switch (how) {
    case farewell::close_frame: {
      std::string last;
      websocket::append_masked_frame(last, {.type = opcode::close, .payload = {"\x03\xe8", 2}});
      deaf_ = false;
      send_bytes(last);  // the server closes
      if (!ended_) watch();
      return;
    }
    case farewell::end_of_stream:
      ::shutdown(socket_, SHUT_WR);
      return;
    case farewell::reset: {
      linger const at_once{.l_onoff = 1, .l_linger = 0};
      ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return end();
    }
  }
}

client::io client::receive(char* into, std::size_t most, std::size_t& got) {
  if (!tls_) {
    auto const bytes = ::recv(socket_, into, most, 0);
    if (bytes > 0) {
      got = static_cast<std::size_t>(bytes);
      return io::done;
    }
    return bytes < 0 && (errno == EAGAIN || errno == EINTR) ? io::blocked : io::over;
  }
  ERR_clear_error();
  auto const returned = SSL_read_ex(tls_.get(), into, most, &got);
  if (returned == 1) return io::done;
  auto const error = SSL_get_error(tls_.get(), returned);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? io::blocked : io::over;
}

client::io client::transmit(std::string_view bytes, std::size_t& sent) {
  if (!tls_) {
    auto const done = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (done >= 0) {
      sent = static_cast<std::size_t>(done);
      return io::done;
    }
    return errno == EAGAIN || errno == EINTR ? io::blocked : io::over;
  }
  ERR_clear_error();
  auto const returned = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &sent);
  if (returned == 1) return io::done;
  auto const error = SSL_get_error(tls_.get(), returned);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? io::blocked : io::over;
}

// What the kernel has not given by the end of a full buffer is told again in the next turn; what
// OpenSSL has is not.
void client::read() {
  turn.clear();
  reading_ = true;
  do {
    std::size_t got = 0;
    auto const how = receive(read_buffer.data(), read_buffer.size(), got);
    if (how == io::over) {
      reading_ = false;
      return end();
    }
    if (how == io::blocked) break;
    std::string_view bytes{read_buffer.data(), got};
    if (!in_.empty()) {
      in_ += bytes;
      bytes = in_;
    }
    auto const rest = bytes.substr(handle_input(bytes));
    if (rest.empty()) {
      if (!in_.empty()) std::string{}.swap(in_);
    } else if (rest.size() != in_.size()) {
      in_ = std::string{rest};
    }
  } while (tls_ && !ended_ && !deaf_ && SSL_pending(tls_.get()) > 0);
  reading_ = false;
  if (!ended_ && !turn.empty()) write(turn);
}

void client::write(std::string_view bytes) {
  if (!out_.empty() || !secured_) {
    out_ += bytes;
    if (!secured_) return;
    bytes = out_;
  }
  std::size_t total = 0;
  while (total < bytes.size()) {
    std::size_t sent = 0;
    auto const how = transmit(bytes.substr(total), sent);
    if (how == io::over) return end();
    if (how == io::blocked) break;
    total += sent;
  }
  auto rest = std::string{bytes.substr(total)};
  out_.swap(rest);
  watch();
}

std::size_t client::handle_input(std::string_view bytes) {
  std::size_t used = 0;
  if (!upgraded_) {
    used = handle_response(bytes);
    if (used == 0) return ended_ ? bytes.size() : 0;
  }
  while (!ended_ && !deaf_) {
    auto const one = handle_frame(bytes.substr(used));
    if (one == 0) return used;
    used += one;
  }
  return bytes.size();
}

std::size_t client::handle_response(std::string_view bytes) {
  auto const head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string::npos) return 0;
  if (!bytes.starts_with("HTTP/1.1 101 ")) {
    end();
    return 0;
  }
  upgraded_ = true;
  on_open();
  return head_end + 4;
}

std::size_t client::handle_frame(std::string_view bytes) {
  auto const [state, head, why] = websocket::decode_head(bytes, websocket::frame_sender::server);
  if (state != websocket::head_state::complete) return 0;
  auto const whole = head.head_bytes + head.payload_bytes;
  if (bytes.size() < whole) return 0;
  auto const payload = bytes.substr(head.head_bytes, head.payload_bytes);
  std::string back;
  if (head.type == opcode::text) {
    on_text(payload);
  } else if (head.type == opcode::ping && pongs_) {
    websocket::append_masked_frame(back, {.type = opcode::pong, .payload = payload});
  } else if (head.type == opcode::close) {
    if (payload.size() >= 2) {
      code_ = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8U |
                                         static_cast<unsigned char>(payload[1]));
    }
    websocket::append_masked_frame(back, {.type = opcode::close, .payload = payload});
  }
  if (!back.empty()) send_bytes(back);
  return whole;
}

void client::end() {
  if (ended_) return;
  ended_ = true;
  if (socket_ >= 0) {
    poller_.forget(*this, socket_);
    ::close(std::exchange(socket_, -1));
  }
  // Without a farewell OpenSSL would mark the session as one that must not be resumed.
  if (tls_) SSL_set_shutdown(tls_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  tls_.reset();
  on_end(code_);
}

}  // namespace waggle::load
