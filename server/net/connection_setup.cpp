// SPDX-License-Identifier: Apache-2.0
#include "server/net/connection_setup.hpp"

#include "server/net/tcp_stream.hpp"

#include <boost/asio/async_result.hpp>

#include <array>
#include <utility>

namespace waggle::net {

namespace {

/// Goes on with a coroutine when the transport is ready.
template <class Handler>
class resumption final : public stream_user {
 public:
  explicit resumption(Handler handler) : handler_(std::move(handler)) {}

 private:
  void on_ready(readiness /*what*/, bool ok) override {
    auto handler = std::move(handler_);
    handler(ok ? error_code{} : error_code{asio::error::operation_aborted});
  }

  Handler handler_;
};

struct start_waiting {
  template <class Handler>
  void operator()(Handler handler, connection_setup* at, readiness what) const {
    at->wait(what, new resumption<Handler>{std::move(handler)});
  }
};

}  // namespace

connection_setup::connection_setup(connection_host& its_host, asio::io_context& context,
                                   int descriptor, admission its_admission)
    : host(its_host),
      let_in(std::move(its_admission)),
      deadline(context.get_executor()),
      raw_(asio::use_service<poller>(context), descriptor) {}

void connection_setup::make_stream() {
  if (let_in.through.kind == transport::tls) {
    auto tls = std::make_unique<tls_stream>(std::move(raw_), host.current_tls().get(), host.wire);
    handshake_ = tls.get();
    stream = std::move(tls);
  } else {
    stream = std::make_unique<tcp_stream>(std::move(raw_));
  }
}

void connection_setup::close() {
  raw_.close();
  if (stream) stream->close();
}

void connection_setup::wait(readiness what, boost::intrusive_ptr<stream_user> user) {
  if (stream) return stream->wait(what, std::move(user));
  raw_.wait(what, std::move(user));
}

awaitable<bool> connection_setup::ready_for(io_status status) {
  auto const what = status == io_status::want_write ? readiness::writable : readiness::readable;
  auto waiting = asio::async_initiate<decltype(as_result), void(error_code)>(start_waiting{},
                                                                             as_result, this, what);
  auto const [error] = co_await std::move(waiting);
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
  auto const written = co_await write_bytes(at, text);
  co_return written;
}

awaitable<bool> write_bytes(connection_setup& at, std::span<char const> bytes) {
  while (!bytes.empty()) {
    auto const wrote = at.stream->write_some(bytes);
    if (wrote.status == io_status::done) {
      bytes = bytes.subspan(wrote.bytes);
      continue;
    }
    if (!waits(wrote.status)) co_return false;
    auto const ready = co_await at.ready_for(wrote.status);
    if (!ready) co_return false;
  }
  co_return true;
}

awaitable<void> refuse(connection_setup& at, std::string response) {
  auto const written = co_await write_all(at, std::move(response));
  if (!written) co_return;
  co_await finish_writing(at);
}

awaitable<void> finish_writing(connection_setup& at) {
  constexpr std::size_t ignored_bytes_max = 64 * 1024;
  at.stream->shut_down_write();
  std::array<char, 1024> ignored{};
  for (std::size_t total = 0; total < ignored_bytes_max;) {
    auto const got = co_await read_some(at, ignored);
    if (got == 0) co_return;
    total += got;
  }
}

}  // namespace waggle::net
