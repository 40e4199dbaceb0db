// SPDX-License-Identifier: Apache-2.0
// Fuzz target of STUN: whatever comes, an answer is bounded, belongs to its request, and is none
// that this server would answer again.
#include "protocol/stun/binding.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>
#include <array>
#include <memory>

namespace {

using waggle::fuzz::require;
namespace stun = waggle::stun;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  // A block of its own, so that a sanitizer sees reads behind its end.
  auto const block = std::make_unique<std::uint8_t[]>(size);
  std::copy_n(data, size, block.get());
  std::span<std::uint8_t const> const datagram{block.get(), size};
  std::array<std::uint8_t, stun::answer_bytes_max> out{};
  std::array<std::uint8_t, stun::answer_bytes_max> again{};

  for (auto const* const from : {"192.0.2.1", "2001:db8::1"}) {
    auto const made = stun::answer_binding(datagram, {*waggle::parse_ip_address(from), 4711}, out);
    require((made.bytes == 0) == (made.is == stun::outcome::ignored));
    if (made.bytes == 0) continue;
    require(made.bytes <= out.size() && made.bytes <= size + 32 && made.bytes % 4 == 0);
    require(std::equal(data + 4, data + 20, out.begin() + 4));
    require(std::size_t{out[2]} * 256 + out[3] == made.bytes - 20);
    std::span<std::uint8_t const> const told{out.data(), made.bytes};
    require(stun::answer_binding(told, {}, again).is == stun::outcome::ignored);
  }
  return 0;
}
