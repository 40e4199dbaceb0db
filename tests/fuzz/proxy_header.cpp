// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the PROXY header: byte by byte or at once, the same verdict, within the bound, and
// independent of what the client sends behind it.
#include "protocol/proxy_header.hpp"

#include "tests/fuzz/require.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

using waggle::fuzz::require;

using waggle::proxy_header;
using waggle::read_proxy_header;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string const input{data, data + size};  // widening copy: bytes to char
  auto const whole = read_proxy_header(input);
  require(whole.bytes <= size && whole.bytes <= waggle::proxy_header_bytes_max);
  require((whole.is == proxy_header::state::done) == (whole.bytes > 0));
  require(whole.is == proxy_header::state::done || !whole.source);
  require(whole.is != proxy_header::state::need_more || size < waggle::proxy_header_bytes_max);

  for (std::size_t part = 0; part <= size; ++part) {
    // A copy of its own, so that a sanitizer sees reads behind its end.
    std::string const received = input.substr(0, part);
    auto const so_far = read_proxy_header(received);
    if (so_far.is == proxy_header::state::need_more) continue;
    require(so_far == whole);
    require(so_far.is == proxy_header::state::bad || so_far.bytes == part);
    return 0;
  }
  require(whole.is == proxy_header::state::need_more);
  return 0;
}
