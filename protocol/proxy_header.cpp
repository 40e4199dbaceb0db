// SPDX-License-Identifier: Apache-2.0
#include "protocol/proxy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace waggle {
namespace {

using namespace std::string_view_literals;
using state = proxy_header::state;

constexpr proxy_header need_more{state::need_more};
constexpr proxy_header bad{state::bad};

// --- version 1 -----------------------------------------------------------------------------------

constexpr auto line_begin = "PROXY "sv;
constexpr std::size_t line_bytes_max = 107;  // with its CR LF, section 2.1

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && stop == text.data() + text.size() &&
         (text.size() == 1 || text.front() != '0');
}

/// An address as its family writes it: TCP6 may hold a v4-mapped one, TCP4 may not.
std::optional<ip_address> address_of(std::string_view text, bool with_colons) {
  if ((text.find(':') != std::string_view::npos) != with_colons) return std::nullopt;
  return parse_ip_address(text);
}

std::string_view take_word(std::string_view& line) {
  auto const space = std::min(line.find(' '), line.size());
  auto const word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

/// @param line  between "PROXY " and CR LF.
proxy_header read_line(std::string_view line, std::size_t bytes) {
  auto const family = take_word(line);
  if (family == "UNKNOWN") return {state::done, bytes};  // whatever else it says
  if (family != "TCP4" && family != "TCP6") return bad;
  auto const source = address_of(take_word(line), family == "TCP6");
  auto const destination = address_of(take_word(line), family == "TCP6");
  auto const source_port = take_word(line);
  if (!source || !destination || !is_port(source_port) || !is_port(line)) return bad;
  return {state::done, bytes, source};
}

proxy_header read_version_1(std::string_view all) {
  auto const within = all.substr(0, line_bytes_max);
  auto const end = within.find('\n');
  if (end == std::string_view::npos) return within.size() < line_bytes_max ? need_more : bad;
  if (within[end - 1] != '\r') return bad;
  return read_line(within.substr(line_begin.size(), end - 1 - line_begin.size()), end + 1);
}

// --- version 2 -----------------------------------------------------------------------------------

constexpr auto signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t fixed_bytes = 16;

enum class command : std::uint8_t { local, proxy };
enum class family : std::uint8_t { unspecified, inet, inet6, unix_socket };
enum class carrier : std::uint8_t { unspecified, stream, datagram };

unsigned octet(char c) {
  return static_cast<unsigned char>(c);
}

template <class Bytes>
std::optional<ip_address> leading_address(std::string_view addresses) {
  Bytes bytes{};
  std::transform(addresses.begin(), addresses.begin() + bytes.size(), bytes.begin(),
                 [](char c) { return static_cast<std::uint8_t>(octet(c)); });
  return ip_address{bytes};
}

/// The bytes that both addresses and ports of a family take, section 2.2.
std::size_t address_bytes(family which) {
  constexpr std::array<std::size_t, 4> bytes{0, 12, 36, 216};
  return bytes[static_cast<std::size_t>(which)];
}

proxy_header read_version_2(std::string_view all) {
  if (all.size() < fixed_bytes) return need_more;
  auto const version = octet(all[12]) >> 4U;
  auto const what = octet(all[12]) & 0x0fU;
  auto const length = octet(all[14]) << 8U | octet(all[15]);
  auto const bytes = fixed_bytes + length;
  if (version != 2 || what > 1 || bytes > proxy_header_bytes_max) return bad;
  auto const of_family = octet(all[13]) >> 4U;
  auto const over = octet(all[13]) & 0x0fU;
  auto const speaks_for_itself = static_cast<command>(what) == command::local;
  if (!speaks_for_itself) {
    if (of_family > 3 || over > 2) return bad;
    if (length < address_bytes(static_cast<family>(of_family))) return bad;
  }
  if (all.size() < bytes) return need_more;
  auto const addresses = all.substr(fixed_bytes, length);
  // Of a local command everything else is to be ignored; what is no TCP has no address for us.
  if (speaks_for_itself || static_cast<carrier>(over) != carrier::stream) {
    return {state::done, bytes};
  }
  switch (static_cast<family>(of_family)) {
    case family::inet:
      return {state::done, bytes, leading_address<ip_address::v4_bytes>(addresses)};
    case family::inet6:
      return {state::done, bytes, leading_address<ip_address::v6_bytes>(addresses)};
    default:
      return {state::done, bytes};
  }
}

bool begins_like(std::string_view all, std::string_view begin) {
  auto const common = std::min(all.size(), begin.size());
  return all.substr(0, common) == begin.substr(0, common);
}

}  // namespace

proxy_header read_proxy_header(std::string_view all) {
  if (all.empty()) return need_more;
  // Whoever speaks something else shall learn it at once, not when the deadline has passed.
  if (begins_like(all, line_begin)) {
    return all.size() < line_begin.size() ? need_more : read_version_1(all);
  }
  if (begins_like(all, signature)) return read_version_2(all);
  return bad;
}

}  // namespace waggle
