// SPDX-License-Identifier: Apache-2.0
// Walks the text once, front to back; every value that is not understood is still checked.
#include "protocol/webtorrent/message.hpp"

#include "protocol/json/string.hpp"

#include <array>

namespace waggle::webtorrent {
namespace {

struct field {
  std::string_view name;
  json::value fields::*slot;
};

constexpr std::array known_fields{
    field{"action", &fields::action},     field{"info_hash", &fields::info_hash},
    field{"peer_id", &fields::peer_id},   field{"event", &fields::event},
    field{"left", &fields::left},         field{"numwant", &fields::numwant},
    field{"answer", &fields::answer},     field{"to_peer_id", &fields::to_peer_id},
    field{"offer_id", &fields::offer_id}, field{"token", &fields::token}};

/// Where the value of `key` goes; null if nobody wants it.
json::value* find_slot(fields& found, json::value const& key) {
  for (auto const& [name, slot] : known_fields) {
    if (json::equals(key, name)) return &(found.*slot);
  }
  return nullptr;
}

}  // namespace

message_reader::message_reader(limits const& bounds) : limits_(bounds) {
  // unescape() may write one character past the bound before it gives up.
  constexpr std::size_t character_bytes_max = 4;
  keys_.reserve((limits_.offers_max + 1) * limits_.offer_id_bytes_max + character_bytes_max);
}

errc message_reader::read(std::string_view text, fields& found, std::vector<offer>& offers) {
  found = {};
  offers.clear();
  keys_.clear();

  json::reader in{text, limits_.json_depth_max};
  auto const is_object = in.peek() == json::kind::object;
  if (!is_object) {
    static_cast<void>(in.take());
  } else {
    in.enter();
    for (json::value key; in.next_member(key);) {
      if (json::equals(key, "offers")) {
        read_offers(in, offers);
        continue;
      }
      auto const value = in.take();
      if (auto* const slot = find_slot(found, key)) *slot = value;
    }
  }

  if (auto const error = in.finish(); error != errc::ok) return error;
  return is_object ? errc::ok : errc::not_an_object;
}

void message_reader::read_offers(json::reader& in, std::vector<offer>& offers) {
  offers.clear();
  keys_.clear();
  if (in.peek() != json::kind::array) {
    static_cast<void>(in.take());
    return;
  }
  in.enter();
  while (in.next_item()) {
    if (in.peek() != json::kind::object) {
      static_cast<void>(in.take());
      continue;
    }
    json::value body;
    json::value id;
    in.enter();
    for (json::value key; in.next_member(key);) {
      auto const value = in.take();
      if (json::equals(key, "offer")) body = value;
      if (json::equals(key, "offer_id")) id = value;
    }
    if (offers.size() == limits_.offers_max || body.is != json::kind::object) continue;
    offer valid{.body = {body.raw}};
    if (read_offer_id(id, valid.offer_id, valid.offer_key)) offers.push_back(valid);
  }
}

bool message_reader::read_offer_id(json::value const& id, payload& offer_id,
                                   std::string_view& offer_key) {
  if (id.is != json::kind::string) return false;
  auto key = id.raw.substr(1, id.raw.size() - 2);
  if (id.escaped) {
    auto const begin = keys_.size();
    if (!json::unescape(id, limits_.offer_id_bytes_max, keys_)) return false;
    key = std::string_view{keys_}.substr(begin);
  }
  if (key.empty() || key.size() > limits_.offer_id_bytes_max) return false;
  offer_id = {id.raw};
  offer_key = key;
  return true;
}

}  // namespace waggle::webtorrent
