// SPDX-License-Identifier: Apache-2.0
#include "server/net/http_head.hpp"

#include <boost/asio/buffer.hpp>

namespace waggle::net {

namespace http = boost::beast::http;

http_head::http_head(std::size_t bytes_max) : bytes_max_(bytes_max) {
  parser_.header_limit(static_cast<std::uint32_t>(bytes_max));
}

http_head::state http_head::feed(std::string_view all) {
  boost::system::error_code error;
  while (!parser_.is_header_done() && consumed_ < all.size()) {
    auto const rest = all.substr(consumed_);
    auto const used = parser_.put(boost::asio::buffer(rest.data(), rest.size()), error);
    consumed_ += used;
    if (error == http::error::need_more) break;
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return state::too_large;
    }
    if (error) return state::bad;
  }
  // Beast bounds the pieces of a head; all of it together is bounded here.
  if (parser_.is_header_done()) {
    return consumed_ <= bytes_max_ ? state::complete : state::too_large;
  }
  return all.size() >= bytes_max_ ? state::too_large : state::need_more;
}

std::string http_head::joined(std::string_view name) const {
  std::string all;
  auto const [first, last] = parser_.get().equal_range(name);
  for (auto at = first; at != last; ++at) {
    if (!all.empty()) all += ',';
    all += std::string_view{at->value()};
  }
  return all;
}

request_head http_head::view() {
  auto const& request = parser_.get();
  upgrade_ = joined("Upgrade");
  connection_ = joined("Connection");
  key_ = joined("Sec-WebSocket-Key");
  version_ = joined("Sec-WebSocket-Version");
  protocols_ = joined("Sec-WebSocket-Protocol");
  return {.method = request.method_string(),
          .target = request.target(),
          .version = request.version(),
          .has_host = request.find("Host") != request.end(),
          .upgrade = upgrade_,
          .connection = connection_,
          .key = key_,
          .websocket_version = version_,
          .protocols = protocols_};
}

}  // namespace waggle::net
