// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the forwarded addresses: whatever a client writes, it does not change the address
// that a trusted proxy appends, nor the one of a connection that came from elsewhere.
#include "server/session/client_address.hpp"

#include "tests/fuzz/require.hpp"

#include <cstdint>
#include <string>

namespace {

using waggle::fuzz::require;

using waggle::address_source;
using waggle::client_address;
using waggle::find_client;
using waggle::forwarded_field;

waggle::ip_address address(char const* text) {
  return waggle::parse_ip_address(text).value();
}

void check(std::string const& written, forwarded_field field) {
  waggle::proxy_trust const trust{{waggle::parse_ip_network("10.0.0.0/8").value(),
                                   waggle::parse_ip_network("2001:db8::/32").value()},
                                  field};
  auto const is_rfc7239 = field == forwarded_field::forwarded;
  auto const from = is_rfc7239 ? address_source::forwarded : address_source::x_forwarded_for;
  client_address const proxy{address("10.0.0.1"), address_source::socket};
  client_address const stranger{address("203.0.113.7"), address_source::socket};

  require(find_client(stranger, written, trust) == stranger);
  require(find_client(proxy, written, {{}, field}) == proxy);

  auto const found = find_client(proxy, written, trust);
  require(found == proxy || found.source == from);
  require(waggle::parse_ip_address(to_string(found.address)) == found.address);

  std::string const begin = is_rfc7239 ? ", for=" : ", ";
  client_address const client{address("198.51.100.1"), from};
  require(find_client(proxy, written + begin + "198.51.100.1", trust) == client);
  require(find_client(proxy, written + begin + "198.51.100.1" + begin + "10.0.0.2", trust) ==
          client);
  std::string const quoted =
      is_rfc7239 ? R"(, proto=https;for="198.51.100.1:80")" : ", 198.51.100.1:80";
  require(find_client(proxy, written + quoted, trust) == client);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string const written{data, data + size};  // widening copy: bytes to char
  check(written, forwarded_field::x_forwarded_for);
  check(written, forwarded_field::forwarded);
  return 0;
}
