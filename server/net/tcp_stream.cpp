// SPDX-License-Identifier: Apache-2.0
#include "server/net/tcp_stream.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace waggle::net {

io_result tcp_stream::read_some(std::span<char> into) {
  auto const received = ::recv(socket_.descriptor(), into.data(), into.size(), 0);
  if (received > 0) return {io_status::done, static_cast<std::size_t>(received)};
  if (received == 0) return {io_status::end_of_file};
  return {would_block(errno) ? io_status::want_read : io_status::failed};
}

io_result tcp_stream::write_some(std::span<char const> from) {
  auto const sent = ::send(socket_.descriptor(), from.data(), from.size(), MSG_NOSIGNAL);
  if (sent >= 0) return {io_status::done, static_cast<std::size_t>(sent)};
  return {would_block(errno) ? io_status::want_write : io_status::failed};
}

}  // namespace waggle::net
