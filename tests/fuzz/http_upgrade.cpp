// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the public HTTP head: whether a head is taken, where it ends and what it is
// answered with does not depend on the pieces in which it arrives; a 101 needs a real key.
#include "protocol/websocket/handshake.hpp"
#include "server/net/http_head.hpp"
#include "server/session/upgrade.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace {

using waggle::fuzz::require;

using waggle::upgrade_answer;
using waggle::net::http_head;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

/// What became of a request.
struct outcome {
  bool taken = false;
  std::size_t bytes = 0;
  std::string response;

  bool operator==(outcome const&) const = default;
};

void check_response(waggle::upgrade_decision const& decision, std::string_view key,
                    std::string_view response) {
  require(response.starts_with("HTTP/1.1 "));
  auto const end = response.find("\r\n\r\n");
  require(end != std::string_view::npos);
  if (decision.answer != upgrade_answer::switch_protocols) return;
  require(response.starts_with("HTTP/1.1 101 "));
  require(end + 4 == response.size());
  require(waggle::websocket::is_websocket_key(trimmed(key)));
}

/// Feeds `text` as a connection would: everything so far each time, until there is a verdict.
outcome answer_to(std::string_view text, std::size_t bytes_max,
                  std::function<std::size_t()> const& next_bytes) {
  http_head head{bytes_max};
  std::size_t fed = 0;
  while (fed < text.size()) {
    fed = std::min(fed + std::max<std::size_t>(next_bytes(), 1), text.size());
    // A copy of its own, so that a sanitizer sees views that outlive it.
    std::string const received{text.substr(0, fed)};
    auto const state = head.feed(received);
    if (state == http_head::state::need_more) {
      require(fed < bytes_max);
      continue;
    }
    if (state != http_head::state::complete) return {};
    break;
  }
  if (fed == text.size() && head.feed(text) != http_head::state::complete) return {};

  require(head.bytes() <= fed);
  require(head.bytes() <= bytes_max);
  auto const view = head.view();
  auto const decision = waggle::decide_upgrade(view);
  outcome result{.taken = true, .bytes = head.bytes()};
  result.response =
      waggle::upgrade_response(decision, /*healthy=*/true, /*head_only=*/view.method == "HEAD");
  check_response(decision, view.key, result.response);
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size < 2) return 0;
  std::string const input{data, data + size};  // widening copy: bytes to char
  unsigned const spread = data[0] + 1U;
  std::size_t const bytes_max = (data[1] & 1U) != 0 ? 256 : 2048;
  auto const text = std::string_view{input}.substr(2);

  auto const whole = answer_to(text, bytes_max, [&] { return text.size(); });
  // When a refusal is found out may depend on the pieces; that it is refused may not.
  require(answer_to(text, bytes_max, [] { return std::size_t{1}; }) == whole);
  unsigned state = spread;
  auto const uneven = [&] { return (state = state * 1103515245U + 12345U) / 65536U % spread; };
  require(answer_to(text, bytes_max, uneven) == whole);
  return 0;
}
