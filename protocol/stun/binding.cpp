// SPDX-License-Identifier: Apache-2.0
// See binding.hpp. Section numbers are those of RFC 8489.
#include "protocol/stun/binding.hpp"

#include <boost/crc.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace waggle::stun {
namespace {

using bytes_view = std::span<std::uint8_t const>;

// Section 5: the header.
constexpr std::size_t header_bytes = 20;
constexpr std::size_t cookie_at = 4;
constexpr std::array<std::uint8_t, 4> cookie{0x21, 0x12, 0xa4, 0x42};
constexpr std::uint16_t binding_request = 0x0001;
constexpr std::uint16_t binding_success = 0x0101;
constexpr std::uint16_t binding_error = 0x0111;

// Section 18.3: attributes.
constexpr std::size_t attribute_head_bytes = 4;
constexpr std::uint16_t error_code = 0x0009;
constexpr std::uint16_t unknown_attributes = 0x000a;
constexpr std::uint16_t xor_mapped_address = 0x0020;
constexpr std::uint16_t fingerprint = 0x8028;
constexpr std::uint16_t comprehension_optional = 0x8000;
constexpr std::size_t fingerprint_bytes = 4;
constexpr std::uint32_t fingerprint_mask = 0x5354554e;

/// What this RFC defines; of accounts nothing is checked, since there are none (section 6.3.1).
constexpr bool is_known(std::uint16_t type) {
  constexpr std::array<std::uint16_t, 11> known{0x0001, 0x0006, 0x0008, 0x0009, 0x000a, 0x0014,
                                                0x0015, 0x001c, 0x001d, 0x001e, 0x0020};
  return std::ranges::find(known, type) != known.end();
}

std::uint16_t number16(bytes_view at) {
  return static_cast<std::uint16_t>(at[0] << 8U | at[1]);
}

std::uint32_t number32(bytes_view at) {
  return std::uint32_t{number16(at)} << 16U | number16(at.subspan(2));
}

std::size_t padded(std::size_t bytes) {
  return (bytes + 3) / 4 * 4;
}

/// Section 14.7: of everything before the attribute.
std::uint32_t fingerprint_of(bytes_view before) {
  boost::crc_32_type crc;
  crc.process_bytes(before.data(), before.size());
  return crc.checksum() ^ fingerprint_mask;
}

class writer {
 public:
  explicit writer(std::span<std::uint8_t> out) : out_(out) {}

  void put16(std::uint16_t value) {
    put8(static_cast<std::uint8_t>(value >> 8U));
    put8(static_cast<std::uint8_t>(value));
  }
  void put32(std::uint32_t value) {
    put16(static_cast<std::uint16_t>(value >> 16U));
    put16(static_cast<std::uint16_t>(value));
  }
  void put8(std::uint8_t value) { out_[bytes_++] = value; }
  void put(bytes_view some) {
    for (auto const one : some) put8(one);
  }
  void head(std::uint16_t attribute, std::size_t length) {
    put16(attribute);
    put16(static_cast<std::uint16_t>(length));
  }
  /// What the header says of the bytes behind it.
  void set_length(std::size_t length) {
    out_[2] = static_cast<std::uint8_t>(length >> 8U);
    out_[3] = static_cast<std::uint8_t>(length);
  }
  [[nodiscard]] bytes_view written() const { return out_.first(bytes_); }

 private:
  std::span<std::uint8_t> out_;
  std::size_t bytes_ = 0;
};

struct request {
  bytes_view id;  // of the transaction, with the cookie before it
  std::array<std::uint16_t, unknown_named_max> unknown{};
  std::size_t unknown_count = 0;  // of those that nobody may leave out
  bool has_fingerprint = false;
};

/// Nothing: it is no Binding request.
std::optional<request> read(bytes_view datagram) {
  if (datagram.size() < header_bytes || datagram.size() > request_bytes_max) return std::nullopt;
  if (number16(datagram) != binding_request) return std::nullopt;
  if (!std::ranges::equal(datagram.subspan(cookie_at, cookie.size()), cookie)) return std::nullopt;
  if (number16(datagram.subspan(2)) != datagram.size() - header_bytes) return std::nullopt;

  request found{.id = datagram.subspan(cookie_at, header_bytes - cookie_at)};
  for (auto at = header_bytes; at < datagram.size();) {
    if (datagram.size() - at < attribute_head_bytes) return std::nullopt;
    auto const type = number16(datagram.subspan(at));
    auto const length = std::size_t{number16(datagram.subspan(at + 2))};
    auto const end = at + attribute_head_bytes + padded(length);
    if (end > datagram.size()) return std::nullopt;
    if (type == fingerprint) {
      // The last attribute, or it is none of this message.
      if (length != fingerprint_bytes || end != datagram.size()) return std::nullopt;
      auto const said = number32(datagram.subspan(at + attribute_head_bytes));
      if (said != fingerprint_of(datagram.first(at))) return std::nullopt;
      found.has_fingerprint = true;
    } else if (type < comprehension_optional && !is_known(type)) {
      if (found.unknown_count < found.unknown.size()) found.unknown[found.unknown_count++] = type;
    }
    at = end;
  }
  return found;
}

/// Section 14.2.
void put_mapped_address(writer& to, transport_address const& from, bytes_view id) {
  constexpr std::size_t mapping_bytes = 12;  // of an IPv4 address in its IPv6 form
  auto const& bytes = from.address.bytes();
  auto const v4 = from.address.is_v4();
  auto const address = bytes_view{bytes}.subspan(v4 ? mapping_bytes : 0);
  to.head(xor_mapped_address, attribute_head_bytes + address.size());
  to.put8(0);
  to.put8(v4 ? 1 : 2);
  to.put16(static_cast<std::uint16_t>(from.port ^ (cookie[0] << 8U | cookie[1])));
  for (std::size_t at = 0; at < address.size(); ++at) {
    to.put8(static_cast<std::uint8_t>(address[at] ^ id[at]));
  }
}

/// Sections 14.8 and 14.13; without a phrase, which would only make the answer longer.
void put_unknown(writer& to, request const& asked) {
  to.head(error_code, 4);
  to.put16(0);
  to.put8(4);
  to.put8(20);
  auto const length = asked.unknown_count * 2;
  to.head(unknown_attributes, length);
  for (std::size_t at = 0; at < asked.unknown_count; ++at) to.put16(asked.unknown[at]);
  if (padded(length) != length) to.put16(0);
}

}  // namespace

answer answer_binding(bytes_view datagram, transport_address const& from,
                      std::span<std::uint8_t> out) {
  auto const asked = read(datagram);
  if (!asked) return {};
  auto const refused = asked->unknown_count != 0;
  writer to{out};
  to.put16(refused ? binding_error : binding_success);
  to.put16(0);
  to.put(asked->id);
  if (refused) {
    put_unknown(to, *asked);
  } else {
    put_mapped_address(to, from, asked->id);
  }
  auto const length = to.written().size() - header_bytes;
  if (asked->has_fingerprint) {
    // The length counts the fingerprint before it is made.
    to.set_length(length + attribute_head_bytes + fingerprint_bytes);
    auto const value = fingerprint_of(to.written());
    to.head(fingerprint, fingerprint_bytes);
    to.put32(value);
  } else {
    to.set_length(length);
  }
  return {refused ? outcome::refused : outcome::answered, to.written().size()};
}

}  // namespace waggle::stun
