// SPDX-License-Identifier: Apache-2.0
// Accepts, reads heads, writes answers (Beast). Named coroutines, arguments by value: GCC 12 may
// destroy the captures of a lambda twice. Control loop only.
#include "server/control/internal_listener.hpp"

#include "server/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/http/message_generator.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <set>
#include <utility>

namespace waggle {
namespace {

namespace asio = net::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using net::error_code;

using stream = beast::basic_stream<net::tcp, net::executor>;
using parser = http::request_parser<http::empty_body>;

constexpr std::chrono::milliseconds accept_pause{100};  // when descriptors are used up
constexpr std::chrono::milliseconds linger_max{1'000};
constexpr std::size_t linger_bytes_max = 65'536;
constexpr std::size_t pipelined_bytes_max = 8'192;

struct answer_form {
  unsigned version = 11;
  bool head_only = false;
  bool keep_alive = false;
};

http::message_generator made_message(http_answer answer, answer_form form) {
  http::response<http::string_body> message{static_cast<http::status>(answer.status), form.version};
  message.set(http::field::content_type, answer.content_type);
  message.set(http::field::cache_control, "no-store");
  message.set("X-Content-Type-Options", "nosniff");
  if (answer.status == 405) message.set(http::field::allow, "GET, HEAD");
  message.keep_alive(form.keep_alive);
  message.body() = std::move(answer.body);
  message.prepare_payload();
  if (!form.head_only) return message;
  // RFC 9110 §9.3.2: the head of a GET, its Content-Length included, and no body.
  return http::response<http::empty_body>{std::move(message.base())};
}

/// What a head that cannot be read is told; 0: nothing, the connection is gone or late.
unsigned refusal_status(error_code failure) {
  if (failure == http::error::header_limit || failure == http::error::buffer_overflow) return 431;
  if (failure == http::error::end_of_stream || failure == http::error::partial_message) return 0;
  auto const& http_category = make_error_code(http::error::bad_method).category();
  return failure.category() == http_category ? 400 : 0;
}

/// Says that no more will come, and reads what is still on its way: closing a socket with unread
/// bytes resets it, and the peer might lose the answer (RFC 9112 §9.6).
net::awaitable<void> close_gently(stream& connection) {
  error_code ignored;
  connection.socket().shutdown(net::tcp::socket::shutdown_send, ignored);
  connection.expires_after(linger_max);
  std::array<char, 1024> unread;
  for (std::size_t total = 0; total < linger_bytes_max;) {
    auto const [failed, bytes] =
        co_await connection.async_read_some(asio::buffer(unread), net::as_result);
    if (failed) break;
    total += bytes;
  }
}

/// The end of a coroutine. Only lack of memory can bring an exception here.
void ended(std::exception_ptr failed) {
  if (!failed) return;
  try {
    std::rethrow_exception(failed);
  } catch (std::exception const& why) {
    log::control()->error("internal connection failed why=\"{}\"", why.what());
  }
}

}  // namespace

struct internal_listener::state {
  state(asio::io_context& context, internal_routes routes, internal_limits const& given)
      : loop(context),
        acceptor(context),
        pause(context),
        pages(context, std::move(routes)),
        limits(given) {}

  asio::io_context& loop;
  net::tcp_acceptor acceptor;
  net::timer pause;
  router pages;
  internal_limits limits;
  std::set<stream*> open;  // each lives in the frame of its serve()
  log::rate_limit warnings;
  bool stopped = false;
};

internal_listener::opened internal_listener::open(asio::io_context& loop,
                                                  net::tcp::endpoint const& at,
                                                  internal_routes routes,
                                                  internal_limits const& limits) {
  auto shared = std::make_shared<state>(loop, std::move(routes), limits);
  auto& acceptor = shared->acceptor;
  error_code failed;
  acceptor.open(at.protocol(), failed);
  // An address that a closed connection still holds is free; one that a listener has is not.
  if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed && at.address().is_v6()) {
    acceptor.set_option(asio::ip::v6_only(false), failed);
  }
  if (!failed) acceptor.bind(at, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) {
    return listen_error{failed, "cannot listen on " + address_text(at) + ": " + failed.message()};
  }
  asio::co_spawn(loop, accept_loop(shared), ended);
  return std::unique_ptr<internal_listener>(new internal_listener(std::move(shared)));
}

internal_listener::~internal_listener() {
  stop();
}

void internal_listener::stop() {
  if (std::exchange(state_->stopped, true)) return;
  error_code ignored;
  state_->acceptor.close(ignored);
  state_->pause.cancel();
  for (auto* const connection : state_->open) connection->close();
}

net::tcp::endpoint internal_listener::local_endpoint() const {
  error_code ignored;
  return state_->acceptor.local_endpoint(ignored);
}

net::awaitable<void> internal_listener::accept_loop(std::shared_ptr<state> shared) {
  while (!shared->stopped) {
    auto [failed, socket] = co_await shared->acceptor.async_accept(net::as_result);
    if (shared->stopped) co_return;
    if (failed == asio::error::connection_aborted) continue;
    if (failed) {
      log::warn_limited(shared->warnings, *log::control(), log::coarse_now(),
                        "internal accept failed why=\"{}\"", failed.message());
      shared->pause.expires_after(accept_pause);
      co_await shared->pause.async_wait(net::as_result);
      continue;
    }
    if (shared->open.size() >= shared->limits.connections_max) {
      log::warn_limited(shared->warnings, *log::control(), log::coarse_now(),
                        "internal connection refused open={}", shared->open.size());
      continue;
    }
    asio::co_spawn(shared->loop, serve(shared, std::move(socket)), ended);
  }
}

net::awaitable<void> internal_listener::serve(std::shared_ptr<state> shared,
                                              net::tcp_socket socket) {
  struct registration {
    std::set<stream*>& set;
    stream* self;
    ~registration() { set.erase(self); }
  };
  stream connection(std::move(socket));
  shared->open.insert(&connection);
  registration const registered{shared->open, &connection};
  beast::flat_buffer buffer(shared->limits.request_head_bytes_max + pipelined_bytes_max);

  for (bool go_on = true; go_on && !shared->stopped;) {
    parser request;
    request.header_limit(static_cast<std::uint32_t>(shared->limits.request_head_bytes_max));
    connection.expires_after(shared->limits.idle_max);
    auto const [unreadable, head_bytes] =
        co_await http::async_read_header(connection, buffer, request, net::as_result);
    auto const& head = request.get();
    http_answer answer;
    answer_form form{};
    if (unreadable) {
      auto const status = refusal_status(unreadable);
      if (status == 0) break;
      answer = error_answer(status, "the request head cannot be read");
    } else {
      form.version = head.version();
      form.head_only = head.method() == http::verb::head;
      // A body is not read, so that the next request could not be found behind it.
      form.keep_alive = head.keep_alive() && request.is_done();
      if (form.head_only || head.method() == http::verb::get) {
        std::string target(head.target());
        answer = co_await shared->pages.answer(std::move(target));
      } else {
        answer = error_answer(405, "only GET and HEAD are served here");
      }
    }
    connection.expires_after(shared->limits.idle_max);
    auto message = made_message(std::move(answer), form);
    auto const [unwritable, bytes] =
        co_await beast::async_write(connection, std::move(message), net::as_result);
    if (unwritable) co_return;
    go_on = form.keep_alive;
  }
  co_await close_gently(connection);
}

std::string address_text(net::tcp::endpoint const& at) {
  auto const host = at.address().to_string();
  auto const port = std::to_string(at.port());
  return at.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

void throw_exception_from_error(listen_error const& error, boost::source_location const&) {
  throw boost::system::system_error(error.code, error.text);
}

}  // namespace waggle
