// SPDX-License-Identifier: Apache-2.0
#include "protocol/native/description_filter.hpp"

#include "protocol/json/number.hpp"
#include "protocol/json/reader.hpp"
#include "protocol/json/string.hpp"
#include "protocol/json/writer.hpp"
#include "protocol/native/codec.hpp"
#include "protocol/sdp/candidate.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace waggle::native {
namespace {

constexpr std::size_t candidate_bytes_max = 512;  // the longest that browsers write has 200
constexpr std::string_view prefix = "candidate:";

/// What stands in credentials, fingerprints and roles: nothing that JSON would escape.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' ||
           c == '/' || c == '-' || c == '_';
  });
}

bool passes(sdp::candidate_type type, sdp::ice_filter which) {
  if (type == sdp::candidate_type::host) return false;
  return which != sdp::ice_filter::relay_only || type == sdp::candidate_type::relay;
}

struct compact_members {
  json::value u, p, f, r, m, k, sdp;
};

bool read_members(std::string_view body, compact_members& found) {
  struct named {
    std::string_view name;
    json::value compact_members::*slot;
  };
  static constexpr std::array known{
      named{"u", &compact_members::u},    named{"p", &compact_members::p},
      named{"f", &compact_members::f},    named{"r", &compact_members::r},
      named{"m", &compact_members::m},    named{"k", &compact_members::k},
      named{"sdp", &compact_members::sdp}};
  json::reader in{body, json_depth_max};
  if (in.peek() != json::kind::object) return false;
  in.enter();
  for (json::value key; in.next_member(key);) {
    auto const value = in.take();
    for (auto const& [name, slot] : known) {
      if (json::equals(key, name)) found.*slot = value;
    }
  }
  return in.finish() == errc::ok;
}

}  // namespace

sdp::outcome description_filter::apply(relay_kind kind, std::string_view body,
                                       sdp::ice_filter which, std::string& out) {
  out.clear();
  if (body.starts_with('"')) return sdp::outcome::opaque;
  if (kind != relay_kind::ice) return apply_to_compact(body, which, out);
  if (!append_candidates(body, which, out)) return sdp::outcome::malformed;
  return out == body ? sdp::outcome::unchanged : sdp::outcome::filtered;
}

sdp::outcome description_filter::apply_to_compact(std::string_view body, sdp::ice_filter which,
                                                  std::string& out) {
  compact_members found;
  if (!read_members(body, found)) return sdp::outcome::malformed;
  if (found.sdp.is != json::kind::null) return whole_.apply(body, which, out);

  json::writer to{out};
  to.raw("{");
  bool first = true;
  auto const name = [&](std::string_view what) {
    to.raw(first ? R"(")" : R"(,")").raw(what).raw(R"(":)");
    first = false;
  };
  struct kept {
    std::string_view name;
    json::value const& value;
  };
  for (auto const& [what, value] :
       {kept{"u", found.u}, kept{"p", found.p}, kept{"f", found.f}, kept{"r", found.r}}) {
    if (value.is == json::kind::null) continue;
    if (value.is != json::kind::string || value.escaped ||
        !is_plain(value.raw.substr(1, value.raw.size() - 2))) {
      return sdp::outcome::malformed;
    }
    name(what);
    to.raw(value.raw);
  }
  if (auto const most = json::whole_amount(found.m)) {
    name("m");
    to.number(*most);
  }
  if (found.k.is != json::kind::null) {
    name("k");
    if (!append_candidates(found.k.raw, which, out)) return sdp::outcome::malformed;
  }
  to.raw("}");
  return out == body ? sdp::outcome::unchanged : sdp::outcome::filtered;
}

bool description_filter::append_candidates(std::string_view list, sdp::ice_filter which,
                                           std::string& out) {
  json::reader in{list, json_depth_max};
  if (in.peek() != json::kind::array) return false;
  json::writer to{out};
  to.raw("[");
  bool first = true;
  in.enter();
  while (in.next_item()) {
    auto const item = in.take();
    if (item.is != json::kind::string) return false;
    decoded_.clear();
    if (!json::unescape(item, candidate_bytes_max, decoded_)) continue;
    kept_.clear();
    if (!decoded_.empty()) {  // else the end of candidates
      auto const read = sdp::parse_candidate(decoded_);
      if (!read || !passes(read->type, which)) continue;
      sdp::append_candidate(*read, kept_);
      kept_.erase(0, prefix.size());
    }
    if (!first) to.raw(",");
    first = false;
    to.text(kept_);
  }
  to.raw("]");
  return in.finish() == errc::ok;
}

}  // namespace waggle::native
