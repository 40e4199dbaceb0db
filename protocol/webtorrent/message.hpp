// SPDX-License-Identifier: Apache-2.0
// The first half of decoding: one pass over the JSON text that checks all of it and notes where the
// known fields are. What they mean comes after (decode.cpp), so their order does not matter. Pure.
#pragma once

#include "protocol/command.hpp"
#include "protocol/error.hpp"
#include "protocol/json/reader.hpp"
#include "protocol/json/value.hpp"
#include "protocol/webtorrent/limits.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace waggle::webtorrent {

/// The known fields of a message, as views of its text; null where absent. Of a repeated field the
/// last one stands, as with JSON.parse.
struct fields {
  json::value action;
  json::value info_hash;
  json::value peer_id;
  json::value event;
  json::value left;
  json::value numwant;
  json::value answer;
  json::value to_peer_id;
  json::value offer_id;
  json::value token;
};

/// Reads messages; keeps its memory from one to the next.
class message_reader {
 public:
  explicit message_reader(limits const& bounds);

  /// @param offers  receives the valid items of `offers`, at most offers_max.
  /// @return errc::not_json, too_deep or not_an_object if the text is not a message at all.
  [[nodiscard]] errc read(std::string_view text, fields& found, std::vector<offer>& offers);

  /// Fills in `offer_id` and `offer_key`.
  /// @return false unless `id` is a string of 1 to offer_id_bytes_max bytes.
  [[nodiscard]] bool read_offer_id(json::value const& id, payload& offer_id,
                                   std::string_view& offer_key);

 private:
  void read_offers(json::reader& in, std::vector<offer>& offers);

  limits limits_;
  std::string keys_;  // offer ids that had to be unescaped; never grows past its first capacity
};

}  // namespace waggle::webtorrent
