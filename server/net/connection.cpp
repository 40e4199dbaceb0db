// SPDX-License-Identifier: Apache-2.0
#include "server/net/connection.hpp"

#include "server/net/http_head.hpp"
#include "server/net/tcp_stream.hpp"
#include "server/net/tls_stream.hpp"
#include "server/session/upgrade.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle::net {
namespace {

using failed = label::handshake;

/// A connection on its way to be a session. Shared by the coroutine and its deadline.
class setup {
 public:
  setup(connection_host& its_host, tcp_socket socket, admission its_admission)
      : host(its_host),
        let_in(std::move(its_admission)),
        deadline(socket.get_executor()),
        executor_(socket.get_executor()) {
    if (let_in.kind == transport::tls) {
      auto tls = std::make_unique<tls_stream>(std::move(socket), host.current_tls().get());
      socket_ = &tls->socket();
      handshake_ = tls.get();
      stream = std::move(tls);
    } else {
      auto plain = std::make_unique<tcp_stream>(std::move(socket));
      socket_ = &plain->socket();
      stream = std::move(plain);
    }
  }

  /// Waits until the socket is ready for what `status` asks for. False if it never will be.
  awaitable<bool> ready_for(io_status status) {
    auto const what =
        status == io_status::want_write ? tcp_socket::wait_write : tcp_socket::wait_read;
    auto const [error] = co_await socket_->async_wait(what, as_result);
    co_return !error;
  }

  [[nodiscard]] tls_stream* handshake() const { return handshake_; }
  [[nodiscard]] executor executor_of() const { return executor_; }

  connection_host& host;
  admission let_in;
  timer deadline;
  bool timed_out = false;
  std::unique_ptr<byte_stream> stream;

 private:
  executor executor_;
  tcp_socket* socket_ = nullptr;     // in *stream
  tls_stream* handshake_ = nullptr;  // *stream, if it is one
};

using setup_ptr = std::shared_ptr<setup>;

// set_up() owns the set-up for as long as it runs, so what it awaits takes a reference. Every
// co_await is a statement of its own: GCC 12 destroys temporaries wrongly in conditions with one.

bool waits(io_status status) {
  return status == io_status::want_read || status == io_status::want_write;
}

awaitable<bool> shake_hands(setup& at) {
  for (;;) {
    auto const status = at.handshake()->handshake();
    if (status == io_status::done) co_return true;
    if (!waits(status)) co_return false;
    auto const ready = co_await at.ready_for(status);
    if (!ready) co_return false;
  }
}

/// Reads what there is, waiting for the first byte. 0: the connection has ended.
awaitable<std::size_t> read_some(setup& at, std::span<char> into) {
  for (;;) {
    auto const got = at.stream->read_some(into);
    if (got.status == io_status::done) co_return got.bytes;
    if (!waits(got.status)) co_return 0;
    auto const ready = co_await at.ready_for(got.status);
    if (!ready) co_return 0;
  }
}

awaitable<bool> write_all(setup& at, std::string text) {
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

/// Sends a refusal and reads on until the client has closed: unread bytes would turn our close
/// into a reset, and the client might never see why it was refused.
awaitable<void> refuse(setup& at, std::string response) {
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

void count_answer(core_counters& facts, upgrade_answer answer) {
  switch (answer) {
    case upgrade_answer::switch_protocols:
      return facts.add(counter::http_requests, label::http::upgraded);
    case upgrade_answer::health:
      return facts.add(counter::http_requests, label::http::health);
    case upgrade_answer::upgrade_required:
      facts.add(counter::handshakes_failed, failed::not_upgrade);
      return facts.add(counter::http_requests, label::http::upgrade_required);
    case upgrade_answer::bad_request:
      facts.add(counter::handshakes_failed, failed::bad_request);
      return facts.add(counter::http_requests, label::http::bad_request);
  }
}

/// Answers a complete head; a 101 hands the connection over, with the bytes behind the head.
awaitable<void> answer(setup& at, http_head& head, std::span<char const> early) {
  auto const request = head.view();
  auto const decision = decide_upgrade(request);
  count_answer(at.host.facts(), decision.answer);
  auto response =
      upgrade_response(decision, at.host.healthy(), /*head_only=*/request.method == "HEAD");
  if (decision.answer != upgrade_answer::switch_protocols) {
    co_await refuse(at, std::move(response));
    co_return;
  }
  auto const written = co_await write_all(at, std::move(response));
  if (!written) co_return;
  at.deadline.cancel();
  at.host.open_session(std::move(at.stream), early, std::move(at.let_in));
}

awaitable<void> set_up(setup_ptr owned) {
  auto& at = *owned;
  auto& facts = at.host.facts();
  if (at.handshake() != nullptr) {
    auto const secured = co_await shake_hands(at);
    if (!secured) {
      co_return facts.add(counter::handshakes_failed, at.timed_out ? failed::timeout : failed::tls);
    }
  }
  http_head head{at.host.setup().head_bytes_max};
  // Room behind the head for the first frames, which some clients send without waiting.
  std::vector<char> bytes(at.host.setup().head_bytes_max + 8192);
  std::size_t filled = 0;
  auto state = http_head::state::need_more;
  while (state == http_head::state::need_more) {
    auto const got = co_await read_some(at, std::span{bytes}.subspan(filled));
    if (got == 0) {
      co_return facts.add(counter::handshakes_failed,
                          at.timed_out ? failed::timeout : failed::closed);
    }
    filled += got;
    state = head.feed({bytes.data(), filled});
  }
  if (state == http_head::state::complete) {
    co_await answer(at, head, std::span<char const>{bytes}.first(filled).subspan(head.bytes()));
  } else if (state == http_head::state::too_large) {
    facts.add(counter::handshakes_failed, failed::head_too_large);
    co_await refuse(at, refusal_response(431, "the request head is too large"));
  } else {
    facts.add(counter::handshakes_failed, failed::bad_request);
    facts.add(counter::http_requests, label::http::bad_request);
    co_await refuse(at, refusal_response(400, "this is not an HTTP request"));
  }
}

void start_deadline(setup_ptr const& at) {
  at->deadline.expires_after(at->host.setup().deadline);
  at->deadline.async_wait([weak = std::weak_ptr{at}](error_code const& error) {
    auto const late = weak.lock();
    if (error || !late || !late->stream) return;
    late->timed_out = true;
    late->stream->close();
  });
}

}  // namespace

void start_connection(connection_host& host, tcp_socket socket, admission with) {
  try {
    auto at = std::make_shared<setup>(host, std::move(socket), std::move(with));
    start_deadline(at);
    auto const where = at->executor_of();
    asio::co_spawn(where, set_up(std::move(at)), [&host](std::exception_ptr const& error) {
      // Only the lack of memory gets here; the connection is gone with its frame.
      if (error) host.facts().add(counter::handshakes_failed, failed::closed);
    });
  } catch (std::exception const&) {
    host.facts().add(counter::handshakes_failed, failed::closed);
  }
}

}  // namespace waggle::net
