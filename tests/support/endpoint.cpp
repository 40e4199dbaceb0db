// SPDX-License-Identifier: Apache-2.0
// Reads the URLs of a ready line.
#include "tests/support/endpoint.hpp"

#include <charconv>
#include <stdexcept>

namespace waggle::test {

std::string endpoint::authority() const {
  bool const v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

endpoint from(endpoint at, std::string const& address) {
  at.from = address;
  return at;
}

endpoint behind(endpoint at, std::string const& preface) {
  at.preface = preface;
  return at;
}

endpoint parse_endpoint(std::string_view url) {
  auto const scheme_end = url.find("://");
  auto const port_start = url.rfind(':');
  if (scheme_end == std::string_view::npos || port_start <= scheme_end + 3)
    throw std::runtime_error("not a URL with a port: " + std::string{url});

  endpoint at;
  at.scheme = url.substr(0, scheme_end);
  auto host = url.substr(scheme_end + 3, port_start - scheme_end - 3);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  at.host = host;
  auto const port = url.substr(port_start + 1);
  auto const [end, error] = std::from_chars(port.data(), port.data() + port.size(), at.port);
  if (error != std::errc{} || end != port.data() + port.size() || at.port == 0)
    throw std::runtime_error("not a port: " + std::string{url});
  return at;
}

}  // namespace waggle::test
