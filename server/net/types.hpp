// SPDX-License-Identifier: Apache-2.0
// The concrete Asio types of a core: one executor type everywhere, no type erasure, no strand (one
// thread runs one io_context). Included by everything in net/ instead of naming Asio templates.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>

namespace waggle::net {

namespace asio = boost::asio;
using boost::system::error_code;

using executor = asio::io_context::executor_type;
using tcp = asio::ip::tcp;
using tcp_socket = asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, executor>;
using timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, executor>;

template <class T>
using awaitable = asio::awaitable<T, executor>;

/// Completion token of every `co_await`: the result is a tuple that starts with an error_code.
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable_t<executor>{});

}  // namespace waggle::net
