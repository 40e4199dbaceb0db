// SPDX-License-Identifier: Apache-2.0
// Any bytes into the WebTorrent decoder. Whatever comes out must be sound: slices that are JSON on
// their own, bounds kept, and everything encodes to valid JSON again.
#include "protocol/dialects.hpp"
#include "protocol/json/reader.hpp"
#include "tests/fuzz/other_json.hpp"
#include "tests/fuzz/require.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace {

using waggle::fuzz::is_json;
using waggle::fuzz::other_verdict;
using waggle::fuzz::require;
using waggle::fuzz::without_surrogates;
using waggle::webtorrent::limits;

void check_slice(std::string_view text, waggle::payload const& slice, char first, char last) {
  auto const json = slice.json;
  require(json.size() >= 2 && json.front() == first && json.back() == last && is_json(json));
  require(json.data() >= text.data() && json.data() + json.size() <= text.data() + text.size());
}

void check_key(waggle::payload const& offer_id, std::string_view key) {
  require(!key.empty() && key.size() <= limits{}.offer_id_bytes_max);
  auto const meaning =
      nlohmann::json::parse(without_surrogates(offer_id.json), nullptr, /*allow_exceptions=*/false);
  if (without_surrogates(offer_id.json) != offer_id.json) return;  // WTF-8 has no other reader
  require(meaning.get_ref<std::string const&>() == key);
}

void check_encoded(waggle::dialect& dialect, waggle::event const& what) {
  std::string out;
  dialect.encode(what, out);
  require(is_json(out));
}

void check(waggle::dialect& dialect, std::string_view text, waggle::announce const& said) {
  require(said.offers.size() <= limits{}.offers_max);
  for (auto const& offer : said.offers) {
    check_slice(text, offer.offer_id, '"', '"');
    check_slice(text, offer.body, '{', '}');
    check_key(offer.offer_id, offer.offer_key);
    check_encoded(dialect,
                  waggle::incoming_offer{said.swarm, said.peer, offer.offer_id, offer.body});
  }
  check_encoded(dialect, waggle::announce_reply{.swarm = said.swarm, .warning = "w"});
}

void check(waggle::dialect& dialect, std::string_view text, waggle::answer const& said) {
  check_slice(text, said.body, '{', '}');
  require(said.offer_id.empty() == said.offer_key.empty());
  if (said.offer_id.empty()) return;
  check_slice(text, said.offer_id, '"', '"');
  check_key(said.offer_id, said.offer_key);
  check_encoded(dialect, waggle::incoming_answer{said.swarm, said.peer, said.offer_id, said.body});
}

void check(waggle::dialect& dialect, std::string_view, waggle::scrape const& said) {
  require(said.swarms.size() <= limits{}.scrape_hashes_max && (!said.all || said.swarms.empty()));
  std::vector<waggle::scrape_entry> entries;
  for (auto const& swarm : said.swarms) entries.push_back({.swarm = swarm});
  check_encoded(dialect, waggle::scrape_reply{.entries = entries});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  // Its own block with the promised padding and nothing behind, so that ASan sees a byte too many.
  auto const block = std::make_unique<char[]>(size + waggle::decode_padding_bytes);
  if (size != 0) std::memcpy(block.get(), data, size);
  std::memset(block.get() + size, '"', waggle::decode_padding_bytes);
  std::string_view const text{block.get(), size};

  // One instance for all inputs, as on a core: nothing of a message may reach the next.
  static auto const dialect = waggle::make_webtorrent({});
  auto const decoded = dialect->decode(text);
  if (auto const* const refused = std::get_if<waggle::failure>(&decoded)) {
    check_encoded(*dialect, *refused);
    if (refused->reason == waggle::reason(waggle::errc::not_json)) {
      require(!other_verdict(text).value_or(false));
    }
    return 0;
  }
  require(is_json(text));
  std::visit([&](auto const& said) { check(*dialect, text, said); },
             *std::get<waggle::command const*>(decoded));
  return 0;
}
