// SPDX-License-Identifier: Apache-2.0
#include "tests/load/client.hpp"

#include "protocol/websocket/frame_writer.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

namespace waggle::load {
namespace {

using websocket::opcode;

constexpr std::string_view request =
    "GET / HTTP/1.1\r\nHost: load\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

}  // namespace

void client::open() {
  net::error_code error;
  socket_.open(way_.to.protocol(), error);
  if (error) return end();
  if (way_.receive_buffer_bytes > 0) {
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVBUF, &way_.receive_buffer_bytes,
                 sizeof way_.receive_buffer_bytes);
  }
  if (way_.from) {
    // The port is picked when the destination is known: the same one serves several destinations.
    int const one = 1;
    ::setsockopt(socket_.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    socket_.bind({*way_.from, 0}, error);
    if (error) return end();
  }
  socket_.async_connect(way_.to, [this](net::error_code const& failed) {
    if (ended_) return;
    if (failed) return end();
    socket_.set_option(net::tcp::no_delay(true));
    socket_.non_blocking(true);
    send_bytes(request);
    wait_readable();
  });
}

void client::send_text(std::string_view text) {
  std::string frame;
  websocket::append_masked_frame(frame, {.payload = text});
  send_bytes(frame);
}

void client::send_bytes(std::string_view bytes) {
  if (ended_) return;
  out_ += bytes;
  if (!waits_writable_) write();
}

void client::leave(farewell how) {
  if (ended_) return;
  net::error_code ignored;
  switch (how) {
    case farewell::close_frame: {
      std::string frame;
      websocket::append_masked_frame(frame, {.type = opcode::close, .payload = {"\x03\xe8", 2}});
      deaf_ = false;
      return send_bytes(frame);  // the server closes
    }
    case farewell::end_of_stream:
      socket_.shutdown(net::tcp::socket::shutdown_send, ignored);
      return;
    case farewell::reset:
      socket_.set_option(asio::socket_base::linger(true, 0), ignored);
      return end();
  }
}

void client::wait_readable() {
  socket_.async_wait(net::tcp::socket::wait_read, [this](net::error_code const& error) {
    if (ended_ || deaf_) return;
    if (error) return end();
    read();
  });
}

void client::wait_writable() {
  waits_writable_ = true;
  socket_.async_wait(net::tcp::socket::wait_write, [this](net::error_code const& error) {
    waits_writable_ = false;
    if (ended_) return;
    if (error) return end();
    write();
  });
}

void client::read() {
  static std::array<char, 256 * 1024> buffer;
  net::error_code error;
  auto const got = socket_.read_some(asio::buffer(buffer), error);
  if (error == asio::error::would_block) return wait_readable();
  if (error) return end();
  in_.append(buffer.data(), got);
  handle_input();
  if (in_.empty()) std::string{}.swap(in_);
  if (!ended_ && !deaf_) wait_readable();
}

void client::write() {
  while (!out_.empty()) {
    net::error_code error;
    auto const sent = socket_.write_some(asio::buffer(out_), error);
    if (error == asio::error::would_block) return wait_writable();
    if (error) return end();
    out_.erase(0, sent);
  }
  std::string{}.swap(out_);
}

void client::handle_input() {
  if (!upgraded_ && !handle_response()) return;
  while (!ended_ && handle_frame()) {
  }
}

bool client::handle_response() {
  auto const head_end = in_.find("\r\n\r\n");
  if (head_end == std::string::npos) return false;
  if (!in_.starts_with("HTTP/1.1 101 ")) {
    end();
    return false;
  }
  in_.erase(0, head_end + 4);
  upgraded_ = true;
  on_open();
  return true;
}

bool client::handle_frame() {
  auto const [state, head, why] = websocket::decode_head(in_, websocket::frame_sender::server);
  if (state != websocket::head_state::complete) return false;
  auto const whole = head.head_bytes + head.payload_bytes;
  if (in_.size() < whole) return false;
  auto const frame = in_.substr(0, whole);
  in_.erase(0, whole);
  auto const payload = std::string_view{frame}.substr(head.head_bytes);
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
  return true;
}

void client::end() {
  if (ended_) return;
  ended_ = true;
  net::error_code ignored;
  socket_.close(ignored);
  on_end(code_);
}

}  // namespace waggle::load
