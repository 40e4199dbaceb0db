// SPDX-License-Identifier: Apache-2.0
// The client's side of RFC 6455, by hand.
#include "tests/support/ws_client.hpp"

#include <stdexcept>

namespace waggle::test {

std::string upgrade_request(endpoint const& at, ws_options const& options) {
  std::string head = "GET " + options.path + " HTTP/1.1\r\nHost: " + at.authority() +
                     "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13" +
                     "\r\nSec-WebSocket-Key: " + std::string{sample_key} + "\r\n";
  for (auto const& [name, value] : options.headers) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

ws_client ws_client::connect(endpoint const& at, ws_options const& options) {
  auto transport = stream::connect(at, options.tls);
  transport.send(upgrade_request(at, options));
  std::string read_ahead;
  auto const response = read_response(transport, &read_ahead);
  if (response.status != 101 || response.header("sec-websocket-accept") != sample_accept)
    throw std::runtime_error("the upgrade was answered with " + std::to_string(response.status));
  return ws_client{std::move(transport), std::move(read_ahead), options.answers_pings};
}

ws_client::ws_client(stream&& transport, std::string read_ahead, bool answers_pings)
    : transport_(std::move(transport)),
      read_ahead_(std::move(read_ahead)),
      answers_pings_(answers_pings) {}

bool ws_client::send(frame const& what, frame_style const& style) {
  if (what.op == opcode::close) close_sent_ = true;
  return transport_.send(encode(what, style));
}

bool ws_client::send_close(std::uint16_t code, std::string_view reason) {
  return send({.op = opcode::close, .payload = close_payload(code, reason)});
}

std::optional<incoming> ws_client::receive(milliseconds within) {
  deadline const until{within};
  while (ready_.empty()) {
    if (parse()) continue;
    if (tcp_closed_) return {};
    auto const got = transport_.read(read_ahead_, until.left());
    if (got == stream::read_result::nothing) return {};
    if (got == stream::read_result::closed) tcp_closed_ = true;
  }
  auto next = std::move(ready_.front());
  ready_.pop_front();
  return next;
}

std::string ws_client::receive_text(milliseconds within) {
  auto next = receive(within);
  if (!next)
    throw std::runtime_error(tcp_closed_ ? "closed instead of a message" : "no message in time");
  if (next->kind != opcode::text)
    throw std::runtime_error("a frame of opcode " +
                             std::to_string(static_cast<unsigned>(next->kind)) +
                             " instead of a text message: " + next->payload.substr(0, 80));
  return std::move(next->payload);
}

void ws_client::pump() {
  while (!tcp_closed_) {
    while (parse()) continue;
    auto const got = transport_.read(read_ahead_, 0ms);
    if (got == stream::read_result::nothing) return;
    if (got == stream::read_result::closed) tcp_closed_ = true;
  }
}

ending ws_client::await_end(milliseconds within) {
  ending made;
  deadline const until{within};
  while (auto const next = receive(until.left())) {
    if (next->kind != opcode::close) continue;
    made.close_frame = true;
    auto const& payload = next->payload;
    if (payload.size() >= 2) {
      made.code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                             static_cast<unsigned char>(payload[1]));
      made.reason = payload.substr(2);
    }
    if (!close_sent_) send({.op = opcode::close, .payload = payload.substr(0, 2)});
  }
  made.tcp_closed = tcp_closed_;
  return made;
}

bool ws_client::parse() {
  auto got = take_server_frame(read_ahead_);
  if (!got) return false;
  if (close_received_) throw std::runtime_error("the server sends frames behind its close frame");
  if (got->op >= opcode::close) {
    take_control(std::move(*got));
  } else {
    take_fragment(std::move(*got));
  }
  return true;
}

void ws_client::take_control(frame&& got) {
  if (got.op == opcode::close) close_received_ = true;
  if (got.op == opcode::ping) {
    ++pings_seen_;
    if (answers_pings_) {
      send({.op = opcode::pong, .payload = got.payload});
      return;
    }
  }
  ready_.push_back({.kind = got.op, .payload = std::move(got.payload)});
}

void ws_client::take_fragment(frame&& got) {
  if ((got.op == opcode::continuation) != partial_.has_value())
    throw std::runtime_error("the server breaks RFC 6455: continuation out of place");
  if (!partial_) partial_ = incoming{.kind = got.op, .payload = {}};
  partial_->payload += got.payload;
  if (!got.fin) return;
  ready_.push_back(std::move(*partial_));
  partial_.reset();
}

}  // namespace waggle::test
