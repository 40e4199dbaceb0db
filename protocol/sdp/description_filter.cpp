// SPDX-License-Identifier: Apache-2.0
// What a line becomes is decided by its type alone, from the line alone: there is no state that a
// strange order of lines could confuse. Sections are those of RFC 8829 (JSEP) unless named.
#include "protocol/sdp/description_filter.hpp"

#include "protocol/json/reader.hpp"
#include "protocol/json/string.hpp"
#include "protocol/json/writer.hpp"
#include "protocol/sdp/candidate.hpp"
#include "protocol/sdp/scan.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

namespace waggle::sdp {
namespace {

constexpr std::string_view first_line = "v=0\r\n";
constexpr std::string_view line_end = "\r\n";
// What stands for no address (RFC 8840 section 4.1.1): receivers go by the candidates.
constexpr std::string_view no_address = "IN IP4 0.0.0.0";
constexpr std::string_view no_port = "9";

// Attributes made of addresses that no browser reads: RFC 4570, RFC 6947, RFC 7006.
constexpr std::array<std::string_view, 3> address_attributes{"source-filter", "altc", "ccap"};

/// Whether somebody could take this for a session description. More than RFC 8866 allows, because
/// receivers forgive: what is no description is not filtered.
bool is_description(std::string_view text) {
  auto const take_graphic = [&text] {  // the next character that ink could show; 0 at the end
    auto const* const at = std::ranges::find_if(text, [](char c) { return c > ' ' && c <= '~'; });
    if (at == text.end()) return '\0';
    text = {at + 1, text.end()};
    return *at;
  };
  return lower(take_graphic()) == 'v' && take_graphic() == '=';
}

/// Whether `word` stands in `line` before a `mark`. Marks are few, so this is quicker than to look
/// for the word, whose letters may be of either case.
bool holds_before(std::string_view line, char mark, std::string_view word) {
  for (auto at = line.find(mark); at != std::string_view::npos; at = line.find(mark, at + 1)) {
    if (at >= word.size() && is_word(line.substr(at - word.size(), word.size()), word)) return true;
  }
  return false;
}

/// A candidate in a place where no candidate belongs.
bool resembles_candidate(std::string_view line) {
  return holds_before(line, ':', "candidate") || holds_before(line, ' ', " typ");
}

/// <username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>. The address is not
/// used by anybody; browsers write 127.0.0.1 or 0.0.0.0.
void append_origin(std::string_view value, std::string& out) {
  auto const user = take_field(value);
  auto const id = take_field(value);
  auto const version = take_field(value);
  auto const network = take_field(value);
  auto const family = take_field(value);
  auto const address = take_field(value);
  if (!consists_of(id, is_digit) || !consists_of(version, is_digit)) return;
  if (address.empty() || !take_field(value).empty()) return;
  auto const is_loopback =
      is_word(network, "in") && is_word(family, "ip4") && address == "127.0.0.1";
  out.append("o=").append(user).append(" ").append(id).append(" ").append(version).append(" ");
  out.append(is_loopback ? "IN IP4 127.0.0.1" : no_address).append(line_end);
}

/// <nettype> <addrtype> <connection-address>
void append_connection(std::string_view value, std::string& out) {
  auto const network = take_field(value);
  auto const family = take_field(value);
  auto const address = take_field(value);
  if (!is_word(network, "in") || family.empty() || address.empty()) return;
  out.append("c=").append(no_address).append(line_end);
}

/// <media> <port>[/<count>] <proto> <fmt> ... Port 0 says something else: a rejected or bundled
/// section.
void append_media(std::string_view value, std::string& out) {
  auto const media = take_field(value);
  auto const port = take_field(value);
  auto const number = port.substr(0, port.find('/'));
  auto const protocol = take_field(value);
  if (!consists_of(media, is_token_character) || !consists_of(number, is_digit)) return;
  if (protocol.empty()) return;
  auto const is_zero = number.find_first_not_of('0') == std::string_view::npos;
  out.append("m=").append(media).append(" ").append(is_zero ? "0" : no_port);
  for (auto field = protocol; !field.empty(); field = take_field(value)) {
    out.append(" ").append(field);
  }
  out.append(line_end);
}

/// RFC 3605: <port> [<nettype> <addrtype> <connection-address>]
void append_rtcp(std::string_view value, std::string& out) {
  if (!consists_of(take_field(value), is_digit)) return;
  auto const has_address = !take_field(value).empty();
  auto const is_whole = !take_field(value).empty() && !take_field(value).empty();
  if (has_address != is_whole || !take_field(value).empty()) return;
  out.append("a=rtcp:").append(no_port);
  if (has_address) out.append(" ").append(no_address);
  out.append(line_end);
}

void append_if_kept(std::string_view value, ice_filter which, std::string& out) {
  auto const read = parse_candidate(value);
  if (!read || read->type == candidate_type::host) return;
  if (which == ice_filter::relay_only && read->type != candidate_type::relay) return;
  out.append("a=");
  append_candidate(*read, out);
  out.append(line_end);
}

void append_attribute(std::string_view line, ice_filter which, std::string& out) {
  auto const attribute = line.substr(2);
  auto const colon = attribute.find(':');
  auto const name = attribute.substr(0, colon);
  auto const value =
      colon == std::string_view::npos ? std::string_view{} : attribute.substr(colon + 1);
  if (!consists_of(name, is_token_character)) return;
  if (is_word(name, "candidate")) return append_if_kept(value, which, out);
  if (resembles_candidate(line)) return;
  if (is_word(name, "rtcp")) return append_rtcp(value, out);
  auto const tells_addresses = [&](std::string_view known) { return is_word(name, known); };
  if (std::ranges::any_of(address_attributes, tells_addresses)) return;
  // remote-candidates, and whatever a vendor may have invented; the mark of their end is none.
  if (holds_word(name, "candidate") && attribute != "end-of-candidates") return;
  out.append(line).append(line_end);
}

/// Appends what is left of a line; nothing for a type that browsers neither write nor read (5.8),
/// and nothing for one with NUL, tabs, a bare CR, surrogates and all else that parsers disagree
/// about.
void append_line(std::string_view line, ice_filter which, std::string& out) {
  if (line.size() < 2 || line[1] != '=' || !is_printable(line)) return;
  auto const value = line.substr(2);
  if (line[0] == 'a') return append_attribute(line, which, out);
  if (resembles_candidate(line)) return;
  switch (line[0]) {
    case 'o':
      return append_origin(value, out);
    case 's':  // free text
      out.append("s=-").append(line_end);
      return;
    case 'c':
      return append_connection(value, out);
    case 'm':
      return append_media(value, out);
    case 't':
    case 'b':
      out.append(line).append(line_end);
      return;
    default:
      return;
  }
}

struct members {
  json::value type;
  json::value sdp;
};

/// Of a repeated member the last one stands, as with JSON.parse.
bool read_members(std::string_view body, members& found) {
  json::reader in{body, json::reader::depth_cap};
  if (in.peek() != json::kind::object) return false;
  in.enter();
  for (json::value key; in.next_member(key);) {
    auto const value = in.take();
    if (json::equals(key, "type")) found.type = value;
    if (json::equals(key, "sdp")) found.sdp = value;
  }
  return in.finish() == errc::ok;
}

}  // namespace

outcome description_filter::apply(std::string_view body, ice_filter which, std::string& out) {
  out.clear();
  members found;
  if (!read_members(body, found)) return outcome::malformed;
  if (found.sdp.is == json::kind::null) return outcome::opaque;
  // JavaScript would make a string of it: ["v=0..."] is a description to a browser.
  if (found.sdp.is != json::kind::string) return outcome::malformed;

  decoded_.clear();
  static_cast<void>(json::unescape(found.sdp, std::numeric_limits<std::size_t>::max(), decoded_));
  if (!is_description(decoded_)) return outcome::opaque;
  auto const is_offer = json::equals(found.type, "offer");
  if (!is_offer && !json::equals(found.type, "answer")) return outcome::malformed;

  kept_.assign(first_line);
  for (std::string_view rest{decoded_}; !rest.empty();) append_line(take_line(rest), which, kept_);

  json::writer text{out};
  text.raw(is_offer ? R"({"type":"offer","sdp":)" : R"({"type":"answer","sdp":)");
  text.text(kept_).raw("}");
  return out == body ? outcome::unchanged : outcome::filtered;
}

}  // namespace waggle::sdp
