// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the ICE policy. The first byte chooses the filter, and whether the rest is a body
// or a description that becomes one. Whatever comes out is JSON with a type and a description in
// which no candidate is left that the filter withholds, and filtering it again changes nothing.
#include "protocol/sdp/description_filter.hpp"
#include "protocol/sdp/scan.hpp"
#include "tests/fuzz/require.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using waggle::fuzz::require;

using waggle::sdp::description_filter;
using waggle::sdp::ice_filter;
using waggle::sdp::outcome;

bool holds(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

/// A body around any bytes, each of which is a character: line ends and all that is not printable
/// escaped.
std::string body_around(std::string_view description) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string body = R"({"type":"answer","sdp":")";
  for (auto const c : description) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\') {
      body += c;
    } else {
      body += R"(\u00)";
      body += hex[byte >> 4U];
      body += hex[byte & 0xFU];
    }
  }
  return body + "\"}";
}

/// What a reader that cares for nothing but words would find in a line of the result.
void check_line(std::string_view line, ice_filter which) {
  require(line.size() >= 2 && line[1] == '=' && holds("vostcbam", line.substr(0, 1)));
  require(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }));
  if (line[0] == 'c') require(line == "c=IN IP4 0.0.0.0");
  if (line[0] == 'o') require(line.ends_with(" IN IP4 0.0.0.0") || line.ends_with("127.0.0.1"));
  if (line[0] == 'm') require(holds(line, " 9 ") || holds(line, " 0 "));

  std::string lower{line};
  std::ranges::transform(lower, lower.begin(), waggle::sdp::lower);
  if (lower.starts_with("a=rtcp:")) {
    require(line == "a=rtcp:9" || line == "a=rtcp:9 IN IP4 0.0.0.0");
  }
  if (!line.starts_with("a=candidate:")) {
    require(!holds(lower, "candidate:") && !holds(lower, " typ "));
    require(!lower.starts_with("a=remote-candidates"));
    return;
  }
  auto const is_relay = holds(lower, " typ relay");
  auto const is_reflexive = holds(lower, " typ srflx") || holds(lower, " typ prflx");
  require(is_relay != is_reflexive && !holds(lower, " typ host"));
  require(is_relay || which != ice_filter::relay_only);
  require(!holds(lower, " raddr ") || holds(line, " raddr 0.0.0.0 rport 0") ||
          holds(line, " raddr :: rport 0"));
}

void check_description(std::string_view sdp, ice_filter which) {
  require(sdp.starts_with("v=0\r\n") && sdp.ends_with("\r\n"));
  while (!sdp.empty()) {
    auto const end = sdp.find("\r\n");
    require(end != std::string_view::npos);
    check_line(sdp.substr(0, end), which);
    sdp.remove_prefix(end + 2);
  }
}

void check(std::string const& body, ice_filter which) {
  // One instance for all inputs, as on a core: nothing of a body may reach the next.
  static description_filter filter;
  std::string out;
  auto const how = filter.apply(body, which, out);
  if (how == outcome::opaque || how == outcome::malformed) return require(out.empty());

  require((how == outcome::unchanged) == (out == body));
  require(out.size() <= 2 * body.size());
  auto const read = nlohmann::json::parse(out);
  require(read.is_object() && read.size() == 2);
  require(read.at("type") == "offer" || read.at("type") == "answer");
  check_description(read.at("sdp").get_ref<std::string const&>(), which);

  std::string again;
  require(filter.apply(out, which, again) == outcome::unchanged && again == out);
  // What passes the stricter filter passes the other.
  if (which == ice_filter::relay_only) {
    require(filter.apply(out, ice_filter::no_host, again) == outcome::unchanged);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0) return 0;
  std::string const input{data + 1, data + size};  // widening copy: bytes to char
  auto const which = (*data & 1U) != 0 ? ice_filter::relay_only : ice_filter::no_host;
  check((*data & 2U) != 0 ? body_around(input) : input, which);
  return 0;
}
