// SPDX-License-Identifier: Apache-2.0
// The value of an `a=candidate` attribute (RFC 8839 section 5.1, RFC 6544 section 4.5): read
// strictly, and written without the related address, which is the one behind the NAT. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::sdp {

enum class candidate_type : std::uint8_t { host, srflx, prflx, relay };

/// The fields as they stand in the text, which must outlive them.
struct candidate {
  std::string_view foundation;
  std::string_view component;
  std::string_view transport;
  std::string_view priority;
  std::string_view address;  // an IP address; of a host candidate a name as well (mDNS)
  std::string_view port;
  candidate_type type = candidate_type::host;
  bool related = false;         // names an address that it is related to
  std::string_view extensions;  // name and value, name and value, ...
};

/// @param text  what stands behind "candidate:"; letters of any case, and fields apart by any
///              number of spaces, since receivers differ there.
/// @return nothing for what is no candidate, and for one with a type that RFC 8839 does not know.
[[nodiscard]] std::optional<candidate> parse_candidate(std::string_view text);

/// Appends it with "candidate:", in canonical form: the related address is unspecified and the
/// related port 0 (RFC 8839 section 5.1), extensions that could hold an address are left out.
void append_candidate(candidate const& what, std::string& out);

}  // namespace waggle::sdp
