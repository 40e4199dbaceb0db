// SPDX-License-Identifier: Apache-2.0
// Reads the head of one HTTP request from bytes that arrive in pieces; Beast does the parsing. No
// sockets: fuzzed and tested without any. Used once per connection, by the set-up.
#pragma once

#include "server/session/upgrade.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace waggle::net {

class http_head {
 public:
  enum class state : std::uint8_t { need_more, complete, bad, too_large };

  /// @param bytes_max  of request line and fields together.
  explicit http_head(std::size_t bytes_max);

  /// @param all  everything received so far: the same bytes as before with new ones behind them.
  [[nodiscard]] state feed(std::string_view all);

  /// Bytes of a complete head; what follows them belongs to the next protocol.
  [[nodiscard]] std::size_t bytes() const { return consumed_; }

  /// Of a complete head; views into this object.
  [[nodiscard]] request_head view();

  /// All values of a field, its lines in order, joined by commas (RFC 9110 section 5.3).
  [[nodiscard]] std::string joined(std::string_view name) const;

 private:
  using parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;

  std::size_t bytes_max_;
  std::size_t consumed_ = 0;
  parser parser_;
  std::string upgrade_;
  std::string connection_;
  std::string key_;
  std::string version_;
  std::string protocols_;
};

}  // namespace waggle::net
