// SPDX-License-Identifier: Apache-2.0
// Named coroutines; what they refer to lives in the frame of their caller, which awaits them.
#include "server/control/internal_http.hpp"

#include "server/control/answer_stream.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/http/span_body.hpp>

#include <array>
#include <utility>

namespace waggle::internal_http {
namespace {

namespace asio = net::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using net::error_code;

constexpr std::chrono::milliseconds linger_max{1'000};
constexpr std::size_t linger_bytes_max = 65'536;
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

http_method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return http_method::get;
    case http::verb::head:
      return http_method::head;
    case http::verb::post:
      return http_method::post;
    case http::verb::put:
      return http_method::put;
    case http::verb::delete_:
      return http_method::del;
    default:
      return http_method::other;
  }
}

std::string text_of(beast::string_view text) {
  return {text.data(), text.size()};
}

/// Of a field that stands there twice none is the one that was meant (RFC 9110 §7.2).
std::string single(request_head const& head, http::field name) {
  return head.count(name) == 1 ? text_of(head[name]) : std::string{};
}

template <class Body>
void set_fields(http::response<Body>& message, http_answer const& answer, answer_form form) {
  if (!answer.content_type.empty()) message.set(http::field::content_type, answer.content_type);
  message.set(http::field::cache_control, "no-store");
  message.set("X-Content-Type-Options", "nosniff");
  for (auto const& field : answer.fields) message.set(field.name, field.value);
  message.keep_alive(form.keep_alive);
}

template <class Body>
http::message_generator finished(http::response<Body> message, answer_form form) {
  // RFC 9110 §15.3.5, §15.4.5: these have no body, and say nothing of its length.
  auto const status = message.result();
  if (status == http::status::no_content || status == http::status::not_modified) {
    return http::response<http::empty_body>{std::move(message.base())};
  }
  message.prepare_payload();
  if (!form.head_only) return message;
  // RFC 9110 §9.3.2: the head of a GET, its Content-Length included, and no body.
  return http::response<http::empty_body>{std::move(message.base())};
}

}  // namespace

http_request request_of(request_head const& head) {
  return {.method = method_of(head.method()),
          .target = text_of(head.target()),
          .host = single(head, http::field::host),
          .authorization = single(head, http::field::authorization),
          .content_type = single(head, http::field::content_type),
          .if_none_match = single(head, http::field::if_none_match),
          .body = {}};
}

http::message_generator message_of(http_answer answer, answer_form form) {
  auto const status = static_cast<http::status>(answer.status);
  if (!answer.fixed_body.empty()) {
    http::response<http::span_body<char const>> message{status, form.version};
    set_fields(message, answer, form);
    message.body() = {answer.fixed_body.data(), answer.fixed_body.size()};
    return finished(std::move(message), form);
  }
  http::response<http::string_body> message{status, form.version};
  set_fields(message, answer, form);
  message.body() = std::move(answer.body);
  return finished(std::move(message), form);
}

unsigned refusal_status(error_code failure) {
  if (failure == http::error::header_limit || failure == http::error::buffer_overflow) return 431;
  if (failure == http::error::body_limit) return 413;
  if (failure == http::error::end_of_stream || failure == http::error::partial_message) return 0;
  auto const& http_category = make_error_code(http::error::bad_method).category();
  return failure.category() == http_category ? 400 : 0;
}

net::awaitable<error_code> read_body(stream& connection, beast::flat_buffer& buffer,
                                     head_parser& head, body_limits limits, std::string& body) {
  if (head.content_length().value_or(0) > limits.bytes_max) {
    co_return make_error_code(http::error::body_limit);
  }
  connection.expires_after(limits.complete_within);
  if (beast::iequals(head.get()[http::field::expect], "100-continue")) {
    auto const [unwritable, bytes] =
        co_await asio::async_write(connection, asio::buffer(go_on), net::as_result);
    if (unwritable) co_return unwritable;
  }
  http::request_parser<http::string_body> whole{std::move(head)};
  whole.body_limit(limits.bytes_max);
  auto const [failed, bytes] = co_await http::async_read(connection, buffer, whole, net::as_result);
  if (!failed) body = std::move(whole.get().body());
  co_return failed;
}

net::awaitable<void> write_stream(stream& connection, http_answer answer,
                                  std::chrono::milliseconds patience) {
  // Without a length the body ends with the connection (RFC 9112 §6.3).
  http::response<http::empty_body> head{static_cast<http::status>(answer.status), 11};
  set_fields(head, answer, {});
  http::response_serializer<http::empty_body> writer{head};
  connection.expires_after(patience);
  auto [failed, head_bytes] = co_await http::async_write_header(connection, writer, net::as_result);
  auto text = std::move(answer.body);
  while (!failed) {
    if (!text.empty()) {
      connection.expires_after(patience);
      auto const [unwritable, bytes] =
          co_await asio::async_write(connection, asio::buffer(text), net::as_result);
      if (unwritable) break;
    }
    connection.expires_never();
    text = co_await answer_stream::next(answer.stream);
    if (text.empty()) break;
  }
  answer.stream->end();  // nobody writes it any more
}

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

}  // namespace waggle::internal_http
