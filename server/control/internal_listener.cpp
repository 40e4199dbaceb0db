// SPDX-License-Identifier: Apache-2.0
// Accepts, reads heads, writes answers (Beast). Named coroutines, arguments by value: GCC 12 may
// destroy the captures of a lambda twice. Control loop only.
#include "server/control/internal_listener.hpp"

#include "server/control/answer_stream.hpp"
#include "server/control/internal_http.hpp"
#include "server/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/beast/http.hpp>
#include <boost/system/system_error.hpp>

#include <set>
#include <utility>

namespace waggle {
namespace {

namespace asio = net::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using internal_http::stream;
using net::error_code;

constexpr std::chrono::milliseconds accept_pause{100};  // when descriptors are used up
constexpr std::size_t pipelined_bytes_max = 8'192;

/// The end of a coroutine. Only lack of memory can bring an exception here.
void ended(std::exception_ptr failed) {
  if (!failed) return;
  try {
    std::rethrow_exception(failed);
  } catch (std::exception const& why) {
    log::control()->error("internal connection failed why=\"{}\"", why.what());
  }
}

bool is_loopback(asio::ip::address const& which) {
  if (!which.is_v6() || !which.to_v6().is_v4_mapped()) return which.is_loopback();
  return asio::ip::make_address_v4(asio::ip::v4_mapped, which.to_v6()).is_loopback();
}

/// One request and what it is told.
struct exchange {
  http_answer answer;
  internal_http::answer_form form{};
  bool over = false;  // the connection is gone, or was silent for too long
};

}  // namespace

struct internal_listener::state {
  state(asio::io_context& context, internal_routes routes, internal_limits const& given)
      : loop(context),
        acceptor(context),
        pause(context),
        pages(context, std::move(routes)),
        limits(given) {}

  /// Reads a request and asks the pages for the answer. The caller keeps the state.
  net::awaitable<void> take_request(stream& connection, beast::flat_buffer& buffer, exchange& made);

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
  routes.loopback = is_loopback(at.address());
  if (!routes.loopback && routes.api.token.empty()) {
    log::control()->info("admin api off why=\"no admin.token, and {} is no loopback address\"",
                         address_text(at));
  }
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
  state_->pages.stop();
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
  error_code ignored;
  // An answer may take two writes; Nagle's algorithm would hold the second back for 40 ms.
  socket.set_option(net::tcp::no_delay(true), ignored);
  stream connection(std::move(socket));
  shared->open.insert(&connection);
  registration const registered{shared->open, &connection};
  beast::flat_buffer buffer(shared->limits.request_head_bytes_max + pipelined_bytes_max);
  auto const& limits = shared->limits;

  for (bool go_on = true; go_on && !shared->stopped;) {
    exchange made;
    co_await shared->take_request(connection, buffer, made);
    if (made.over) break;
    if (made.answer.stream && !made.form.head_only) {
      // The reader that does not read is let go at once; a write would be waited for.
      made.answer.stream->when_cut([&connection] { connection.close(); });
      co_await internal_http::write_stream(connection, std::move(made.answer), limits.idle_max);
      break;
    }
    connection.expires_after(limits.idle_max);
    auto message = internal_http::message_of(std::move(made.answer), made.form);
    auto const [unwritable, bytes] =
        co_await beast::async_write(connection, std::move(message), net::as_result);
    if (unwritable) co_return;
    go_on = made.form.keep_alive;
  }
  co_await internal_http::close_gently(connection);
}

net::awaitable<void> internal_listener::state::take_request(stream& connection,
                                                            beast::flat_buffer& buffer,
                                                            exchange& made) {
  internal_http::head_parser parser;
  parser.header_limit(static_cast<std::uint32_t>(limits.request_head_bytes_max));
  parser.body_limit(boost::none);  // whoever may not send one is to hear that first
  connection.expires_after(limits.idle_max);
  auto const [unreadable, head_bytes] =
      co_await http::async_read_header(connection, buffer, parser, net::as_result);
  if (unreadable) {
    auto const status = internal_http::refusal_status(unreadable);
    made.over = status == 0;
    made.answer = error_answer(status, "the request head cannot be read");
    co_return;
  }
  auto const& head = parser.get();
  auto request = internal_http::request_of(head);
  made.form = {.version = head.version(),
               .head_only = request.method == http_method::head,
               .keep_alive = head.keep_alive() && parser.is_done()};
  if (auto refusal = pages.refusal(request)) {
    made.answer = std::move(*refusal);
    co_return;
  }
  // The body of a GET means nothing and is not read: the next request could not be found behind it.
  auto const reads = request.method != http_method::get && request.method != http_method::head;
  if (reads && !parser.is_done()) {
    auto const keep_alive = head.keep_alive();
    auto const failed = co_await internal_http::read_body(
        connection, buffer, parser,
        {.bytes_max = limits.request_body_bytes_max, .complete_within = limits.idle_max},
        request.body);
    if (failed) {
      auto const status = internal_http::refusal_status(failed);
      made.over = status == 0;
      made.answer = pages.unreadable_body(status);
      co_return;
    }
    made.form.keep_alive = keep_alive;
  }
  made.answer = co_await pages.answer(std::move(request));
}

void internal_listener::publish(std::string_view name, std::string const& data) {
  state_->pages.publish(name, data);
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
