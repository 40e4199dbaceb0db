// SPDX-License-Identifier: Apache-2.0
// Beast's WebSocket client. Named coroutines, arguments by value; every co_await is a statement of
// its own (GCC 12).
#include "server/doctor/link_over.hpp"

#include "server/doctor/words.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

namespace waggle::doctor {
namespace {

namespace beast = boost::beast;
namespace asio = net::asio;
namespace websocket = beast::websocket;

constexpr std::size_t message_bytes_max = 1'048'576;
constexpr std::size_t body_bytes_kept = 1'024;  // nginx explains itself within a page of HTML

template <class Layer>
using ws_stream = websocket::stream<Layer>;

template <class Layer>
class link_over final : public link {
 public:
  explicit link_over(std::unique_ptr<ws_stream<Layer>> stream) : stream_(std::move(stream)) {
    net::error_code ignored;
    local_ = socket().local_endpoint(ignored);
    remote_ = socket().remote_endpoint(ignored);
    stream_->control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind == websocket::frame_type::ping && ping_) ping_();
    });
  }

  net::awaitable<received> send(std::string text, std::chrono::milliseconds within) override {
    lowest().expires_after(within);
    auto const [error, bytes] = co_await stream_->async_write(asio::buffer(text), net::as_result);
    co_return ending_of(error);
  }

  net::awaitable<received> receive(std::chrono::milliseconds within) override {
    lowest().expires_after(within);
    beast::flat_buffer buffer;
    auto const [error, bytes] = co_await stream_->async_read(buffer, net::as_result);
    if (error) co_return ending_of(error);
    co_return received{.how = ending::none, .text = beast::buffers_to_string(buffer.data())};
  }

  net::awaitable<void> close(std::chrono::milliseconds within) override {
    lowest().expires_after(within);
    // Closed in order or not: the connection is over.
    static_cast<void>(co_await stream_->async_close(websocket::close_code::normal, net::as_result));
    lowest().close();
  }

  void drop() override { lowest().close(); }
  void on_ping(std::function<void()> call) override { ping_ = std::move(call); }
  [[nodiscard]] net::tcp::endpoint local() const override { return local_; }
  [[nodiscard]] net::tcp::endpoint remote() const override { return remote_; }

 private:
  tcp_layer& lowest() { return beast::get_lowest_layer(*stream_); }
  net::tcp_socket& socket() { return lowest().socket(); }

  received ending_of(net::error_code error) const {
    if (!error) return {};
    if (error == beast::error::timeout) return {.how = ending::timeout, .text = {}};
    if (error == websocket::error::closed) {
      auto const& reason = stream_->reason();
      return {.how = ending::close_frame,
              .text = {reason.reason.data(), reason.reason.size()},
              .code = reason.code};
    }
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
      return {.how = ending::fin, .text = {}};
    }
    if (error == asio::error::connection_reset || error == asio::error::broken_pipe) {
      return {.how = ending::reset, .text = {}};
    }
    return {.how = ending::fault, .text = error.message()};
  }

  std::unique_ptr<ws_stream<Layer>> stream_;
  std::function<void()> ping_;
  net::tcp::endpoint local_;
  net::tcp::endpoint remote_;
};

template <class Layer>
net::awaitable<upgrade_answer> upgrade_over(Layer layer, upgrade_request request) {
  auto stream = std::make_unique<ws_stream<Layer>>(std::move(layer));
  stream->read_message_max(message_bytes_max);
  stream->set_option(
      websocket::stream_base::decorator([headers = request.headers](websocket::request_type& head) {
        for (auto const& [name, value] : headers) head.insert(name, value);
      }));
  beast::get_lowest_layer(*stream).expires_after(request.within);
  websocket::response_type head;
  auto const [error] =
      co_await stream->async_handshake(head, request.host, request.target, net::as_result);
  upgrade_answer answer{.connection = nullptr, .error = error};
  // An answer that was read is there with and without an error; without one there are no fields.
  if (head.version() != 0 && (!error || head.begin() != head.end())) {
    answer.status = head.result_int();
    answer.reason = excerpt({head.reason().data(), head.reason().size()});
    auto const field = [&head](beast::http::field name) {
      return excerpt({head[name].data(), head[name].size()});
    };
    answer.server = field(beast::http::field::server);
    answer.location = field(beast::http::field::location);
    answer.body = one_line(head.body().substr(0, body_bytes_kept));
  }
  if (!error) answer.connection = std::make_unique<link_over<Layer>>(std::move(stream));
  co_return answer;
}

}  // namespace

net::awaitable<upgrade_answer> upgrade(tcp_layer stream, upgrade_request request) {
  auto answer = co_await upgrade_over(std::move(stream), std::move(request));
  co_return answer;
}

net::awaitable<upgrade_answer> upgrade(tls_layer stream, upgrade_request request) {
  auto answer = co_await upgrade_over(std::move(stream), std::move(request));
  co_return answer;
}

}  // namespace waggle::doctor
