// SPDX-License-Identifier: Apache-2.0
// One GET on a connection of its own (Beast). Named coroutine, arguments by value.
#include "server/control/health_query.hpp"

#include "server/control/internal_listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>

namespace waggle {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::uint32_t answer_head_bytes_max = 8'192;
constexpr std::uint64_t answer_body_bytes_max = 65'536;  // another program may hold the port

using stream = beast::basic_stream<net::tcp, net::executor>;

net::tcp::endpoint reachable(net::tcp::endpoint at) {
  if (!at.address().is_unspecified()) return at;
  // [::] takes IPv4, too, and a container may have no IPv6 loopback.
  return {net::asio::ip::address_v4::loopback(), at.port()};
}

std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

std::string why_not(net::error_code error) {
  if (error == beast::error::timeout) return "no answer in time";
  if (error == http::error::end_of_stream) return "closed without an answer";
  return error.message();
}

net::awaitable<void> ask(health_query query, health_answer& answer) {
  auto const at = reachable(query.at);
  auto const url = "http://" + address_text(at) + query.target;
  stream connection{co_await net::asio::this_coro::executor};
  connection.expires_after(query.timeout);  // once: it bounds the three operations together

  auto const [unreachable] = co_await connection.async_connect(at, net::as_result);
  if (unreachable) {
    answer.text = url + ": " + why_not(unreachable);
    co_return;
  }
  http::request<http::empty_body> request{http::verb::get, query.target, 11};
  request.set(http::field::host, address_text(at));
  request.set(http::field::connection, "close");
  auto const [unsent, sent] = co_await http::async_write(connection, request, net::as_result);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> response;
  response.header_limit(answer_head_bytes_max);
  response.body_limit(answer_body_bytes_max);
  auto failed = unsent;
  if (!failed) {
    auto const [unread, bytes] =
        co_await http::async_read(connection, buffer, response, net::as_result);
    failed = unread;
  }
  if (failed) {
    answer.text = url + ": " + why_not(failed);
    co_return;
  }
  answer.healthy = response.get().result() == http::status::ok;
  answer.text = one_line(url + ": " + std::to_string(response.get().result_int()) + " " +
                         response.get().body());
}

}  // namespace

health_answer ask_health(health_query const& query) {
  net::asio::io_context loop{1};
  health_answer answer;
  net::asio::co_spawn(loop, ask(query, answer), net::asio::detached);
  loop.run();
  return answer;
}

}  // namespace waggle
