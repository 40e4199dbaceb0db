// SPDX-License-Identifier: Apache-2.0
#include "server/net/connection_setup.hpp"

#include "server/net/tcp_stream.hpp"

#include <array>
#include <utility>

namespace waggle::net {

connection_setup::connection_setup(connection_host& its_host, tcp_socket socket,
                                   admission its_admission)
    : host(its_host),
      let_in(std::move(its_admission)),
      deadline(socket.get_executor()),
      executor_(socket.get_executor()),
      raw_(std::move(socket)) {}

void connection_setup::make_stream() {
  if (let_in.through.kind == transport::tls) {
    auto tls = std::make_unique<tls_stream>(std::move(raw_), host.current_tls().get());
    socket_ = &tls->socket();
    handshake_ = tls.get();
    stream = std::move(tls);
  } else {
    auto plain = std::make_unique<tcp_stream>(std::move(raw_));
    socket_ = &plain->socket();
    stream = std::move(plain);
  }
}

void connection_setup::close() {
  error_code ignored;
  raw_.close(ignored);
  if (stream) stream->close();
}

awaitable<bool> connection_setup::ready_for(io_status status) {
  auto const what =
      status == io_status::want_write ? tcp_socket::wait_write : tcp_socket::wait_read;
  auto const [error] = co_await socket_->async_wait(what, as_result);
  co_return !error;
}

// Every co_await is a statement of its own: GCC 12 destroys temporaries wrongly in conditions with
// one.

bool waits(io_status status) {
  return status == io_status::want_read || status == io_status::want_write;
}

awaitable<bool> shake_hands(connection_setup& at) {
  for (;;) {
    auto const status = at.handshake()->handshake();
    if (status == io_status::done) co_return true;
    if (!waits(status)) co_return false;
    auto const ready = co_await at.ready_for(status);
    if (!ready) co_return false;
  }
}

awaitable<std::size_t> read_some(connection_setup& at, std::span<char> into) {
  for (;;) {
    auto const got = at.stream->read_some(into);
    if (got.status == io_status::done) co_return got.bytes;
    if (!waits(got.status)) co_return 0;
    auto const ready = co_await at.ready_for(got.status);
    if (!ready) co_return 0;
  }
}

awaitable<bool> write_all(connection_setup& at, std::string text) {
  std::span<char const> rest{text};
  while (!rest.empty()) {
    auto const wrote = at.stream->write_some(rest);
    if (wrote.status == io_status::done) {
      rest = rest.subspan(wrote.bytes);
      continue;
    }
    if (!waits(wrote.status)) co_return false;
    auto const ready = co_await at.ready_for(wrote.status);
    if (!ready) co_return false;
  }
  co_return true;
}

awaitable<void> refuse(connection_setup& at, std::string response) {
  constexpr std::size_t ignored_bytes_max = 64 * 1024;
  auto const written = co_await write_all(at, std::move(response));
  if (!written) co_return;
  at.stream->shut_down_write();
  std::array<char, 1024> ignored{};
  for (std::size_t total = 0; total < ignored_bytes_max;) {
    auto const got = co_await read_some(at, ignored);
    if (got == 0) co_return;
    total += got;
  }
}

}  // namespace waggle::net
