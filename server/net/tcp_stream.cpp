// SPDX-License-Identifier: Apache-2.0
#include "server/net/tcp_stream.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace waggle::net {
namespace {

bool would_block(int error) {
  return error == EAGAIN || error == EINTR;
}

}  // namespace

void wait_for(tcp_socket& socket, readiness what, boost::intrusive_ptr<stream_user> user) {
  auto const type = what == readiness::readable ? tcp_socket::wait_read : tcp_socket::wait_write;
  socket.async_wait(type, [what, user = std::move(user)](error_code const& error) {
    user->on_ready(what, /*ok=*/!error);
  });
}

io_result tcp_stream::read_some(std::span<char> into) {
  auto const received = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
  if (received > 0) return {io_status::done, static_cast<std::size_t>(received)};
  if (received == 0) return {io_status::end_of_file};
  return {would_block(errno) ? io_status::want_read : io_status::failed};
}

io_result tcp_stream::write_some(std::span<char const> from) {
  auto const sent = ::send(socket_.native_handle(), from.data(), from.size(), MSG_NOSIGNAL);
  if (sent >= 0) return {io_status::done, static_cast<std::size_t>(sent)};
  return {would_block(errno) ? io_status::want_write : io_status::failed};
}

void tcp_stream::wait(readiness what, boost::intrusive_ptr<stream_user> user) {
  wait_for(socket_, what, std::move(user));
}

void tcp_stream::shut_down_write() {
  error_code ignored;  // a peer that is gone already has heard it
  socket_.shutdown(tcp_socket::shutdown_send, ignored);
}

void tcp_stream::close() {
  error_code ignored;  // nothing to do about a close that fails
  socket_.close(ignored);
}

}  // namespace waggle::net
