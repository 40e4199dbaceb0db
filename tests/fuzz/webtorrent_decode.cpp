// SPDX-License-Identifier: Apache-2.0
// Any bytes into the WebTorrent decoder. Whatever comes out must be sound: slices that are JSON on
// their own, bounds kept, and everything encodes to valid JSON again.
#include "protocol/dialects.hpp"
#include "protocol/json/reader.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace {

using waggle::webtorrent::limits;

void require(bool sound) {
  if (!sound) std::abort();
}

/// Replaces every \u escape of a surrogate by one of 'A': JavaScript allows lone surrogates, the
/// other parser does not. Validity in all other respects, and the length, stay.
std::string without_surrogates(std::string_view text) {
  std::string out{text};
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    if (out[i] != '\\') continue;
    auto const surrogate = i + 5 < out.size() && out[i + 1] == 'u' &&
                           (out[i + 2] == 'd' || out[i + 2] == 'D') &&
                           std::strchr("89abcdefABCDEF", out[i + 3]) != nullptr && out[i + 3] != 0;
    if (surrogate) {
      auto const is_hex = [](char c) {
        return c != 0 && std::strchr("0123456789abcdefABCDEF", c) != nullptr;
      };
      if (is_hex(out[i + 4]) && is_hex(out[i + 5])) out.replace(i + 2, 4, "0041");
    }
    ++i;
  }
  return out;
}

/// nlohmann's verdict; none where the two differ on purpose: a NUL ends its input, a byte order
/// mark is skipped, a number that a double cannot hold is refused.
std::optional<bool> other_verdict(std::string_view text) {
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xef\xbb\xbf")) {
    return std::nullopt;
  }
  try {
    return !nlohmann::json::parse(without_surrogates(text)).is_discarded();
  } catch (nlohmann::json::out_of_range const&) {
    return std::nullopt;
  } catch (nlohmann::json::parse_error const&) {
    return false;
  }
}

bool is_json(std::string_view text) {
  return other_verdict(text).value_or(true);
}

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
