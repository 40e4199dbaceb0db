// SPDX-License-Identifier: Apache-2.0
// HTTP of the internal listener as Beast has it, to and from the values that the pages see. Control
// loop only.
#pragma once

#include "server/control/http.hpp"
#include "server/net/types.hpp"

#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message_generator.hpp>
#include <boost/beast/http/parser.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace waggle::internal_http {

using stream = boost::beast::basic_stream<net::tcp, net::executor>;
using head_parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;
using request_head = head_parser::value_type;

struct answer_form {
  unsigned version = 11;
  bool head_only = false;
  bool keep_alive = false;
};

[[nodiscard]] http_request request_of(request_head const& head);

[[nodiscard]] boost::beast::http::message_generator message_of(http_answer answer,
                                                               answer_form form);

/// What a request that cannot be read is told; 0: nothing, the connection is gone or late.
[[nodiscard]] unsigned refusal_status(net::error_code failure);

struct body_limits {
  std::size_t bytes_max = 0;
  std::chrono::milliseconds complete_within{};
};

/// Reads what follows `head` into `body`, after telling a client that waits for it to go on.
net::awaitable<net::error_code> read_body(stream& connection, boost::beast::flat_buffer& buffer,
                                          head_parser& head, body_limits limits, std::string& body);

/// Writes the head of `answer` and then what its stream brings, until that ends or a write takes
/// longer than `patience`. The connection cannot be used for another answer.
net::awaitable<void> write_stream(stream& connection, http_answer answer,
                                  std::chrono::milliseconds patience);

/// Says that no more will come, and reads what is still on its way: closing a socket with unread
/// bytes resets it, and the peer might lose the answer (RFC 9112 §9.6).
net::awaitable<void> close_gently(stream& connection);

}  // namespace waggle::internal_http
