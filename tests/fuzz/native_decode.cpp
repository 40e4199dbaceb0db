// SPDX-License-Identifier: Apache-2.0
// Any bytes into the decoder of the native protocol. What comes out must be sound: descriptions are
// slices that are JSON on their own, bounds are kept, and what an ICE policy leaves of a
// description is JSON without the addresses it takes away.
#include "protocol/dialect.hpp"
#include "protocol/native/codec.hpp"
#include "protocol/native/description_filter.hpp"
#include "protocol/sdp/candidate.hpp"
#include "tests/fuzz/other_json.hpp"
#include "tests/fuzz/require.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace waggle::native;
using waggle::fuzz::is_json;
using waggle::fuzz::require;

/// Of all texts in a JSON value none is a host candidate.
void require_no_hosts(nlohmann::json const& in) {
  if (in.is_string()) {
    auto const read = waggle::sdp::parse_candidate(in.get_ref<std::string const&>());
    require(!read || read->type != waggle::sdp::candidate_type::host);
  }
  for (auto const& each : in) {
    if (in.is_structured()) require_no_hosts(each);
  }
}

void check(std::string_view, from_client::hello const& said) {
  if (said.id) require(peer_from(name_of(*said.id)) == said.id);
}
void check(std::string_view, from_client::join const& said) {
  require(!said.name.empty() && said.name.size() <= swarm_name_bytes_max);
  require(said.links.size() <= named_peers_max);
  require(said.state.want.value_or(0) <= want_max && said.state.have.value_or(0) <= 100);
}
void check(std::string_view, from_client::more const& said) {
  require(said.count <= more_max && said.except.size() <= named_peers_max);
}
void check(std::string_view text, from_client::relay const& said) {
  auto const json = said.description.json;
  require(is_json(json) && said.link <= link_number_max);
  require(json.data() >= text.data() && json.data() + json.size() <= text.data() + text.size());
  std::string out;
  encode(to_client::relay{.swarm = said.swarm,
                          .link = said.link,
                          .kind = said.kind,
                          .description = said.description},
         out);
  require(is_json(out));
  static description_filter filter;
  for (auto const which : {waggle::sdp::ice_filter::no_host, waggle::sdp::ice_filter::relay_only}) {
    if (filter.apply(said.kind, json, which, out) != waggle::sdp::outcome::filtered) continue;
    require(is_json(out));
    require_no_hosts(nlohmann::json::parse(waggle::fuzz::without_surrogates(out)));
    // What was taken out does not come back.
    std::string again;
    require(filter.apply(said.kind, out, which, again) != waggle::sdp::outcome::malformed);
    require(again.empty() || again == out);
  }
}
void check(std::string_view, from_client::outcome const& said) {
  require(said.link <= link_number_max);
}
template <class Message>
void check(std::string_view, Message const&) {}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  // Its own block with the promised padding and nothing behind, so that ASan sees a byte too many.
  auto const block = std::make_unique<char[]>(size + waggle::decode_padding_bytes);
  if (size != 0) std::memcpy(block.get(), data, size);
  std::memset(block.get() + size, '"', waggle::decode_padding_bytes);
  std::string_view const text{block.get(), size};

  static codec speech;
  auto const decoded = speech.decode(text);
  if (auto const* const refused = std::get_if<refusal>(&decoded)) {
    std::string out;
    encode(*refused, out);
    require(is_json(out));
    return 0;
  }
  require(is_json(text));
  std::visit([&](auto const& said) { check(text, said); },
             *std::get<from_client::message const*>(decoded));
  return 0;
}
