// SPDX-License-Identifier: Apache-2.0
// Messages of the WebTorrent dialect as clients write them. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waggle::test {

using json = nlohmann::json;

/// Bytes as a binary string: every byte becomes the code point of its value, in UTF-8.
[[nodiscard]] std::string binary_string(std::string_view bytes);

/// The bytes of a binary string as 40 hexadecimal digits.
[[nodiscard]] std::string hex_of(std::string_view binary);

/// Twenty bytes that no other call returned, as a binary string; some are above 0x7f.
[[nodiscard]] std::string fresh_swarm();

/// A peer id as WebTorrent makes it (begins with "-WW"), or one without the leading dash.
[[nodiscard]] std::string fresh_peer();
[[nodiscard]] std::string fresh_dashless_peer();

struct offer_text {
  std::string id = {};    // the offer_id
  std::string body = {};  // a JSON object, sent exactly as written here
};

/// `count` offers with ids of 20 characters, distinct for each `prefix`.
[[nodiscard]] std::vector<offer_text> some_offers(std::string_view prefix, std::size_t count);

struct announce_fields {
  std::string swarm;
  std::string peer;
  std::string event = "started";  // empty: absent
  std::optional<std::int64_t> left = {};
  std::optional<std::int64_t> numwant = {};
  std::vector<offer_text> offers = {};
};
[[nodiscard]] std::string announce_message(announce_fields const& fields);

struct answer_fields {
  std::string swarm;
  std::string peer;
  std::string to;
  std::string offer_id;
  std::string body = R"({"type":"answer","sdp":"v=0"})";  // sent exactly as written here
};
[[nodiscard]] std::string answer_message(answer_fields const& fields);

[[nodiscard]] std::string scrape_message(std::vector<std::string> const& swarms);

}  // namespace waggle::test
