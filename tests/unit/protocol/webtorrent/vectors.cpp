// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/protocol/webtorrent/vectors.hpp"

#include "protocol/error.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>

namespace waggle::test {
namespace {

template <class Id>
std::string hex_of(Id const& id) {
  std::string bytes;
  for (auto const byte : id.value) bytes.push_back(static_cast<char>(byte));
  return to_hex(bytes);
}

template <class Id>
Id id_from_hex(std::string_view hex) {
  Id id;
  for (std::size_t i = 0; i < Id::bytes; ++i) {
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, id.value[i], 16);
  }
  return id;
}

std::string from_base64(std::string_view text) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int held = 0;
  for (auto const c : text.substr(0, text.find('='))) {
    bits = bits << 6U | static_cast<unsigned>(alphabet.find(c));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>(bits >> static_cast<unsigned>(held)));
  }
  return bytes;
}

json fields_of(announce const& said) {
  static constexpr std::array events{"update", "started", "completed", "stopped"};
  json out{{"kind", "announce"},
           {"info_hash", hex_of(said.swarm)},
           {"peer_id", hex_of(said.peer)},
           {"event", events.at(static_cast<std::size_t>(said.event))},
           {"offers", json::array()}};
  if (said.left) out["left"] = *said.left;
  if (said.numwant) out["numwant"] = *said.numwant;
  for (auto const& offer : said.offers) {
    out["offers"].push_back({{"offer_id", offer.offer_id.json},
                             {"key", to_hex(offer.offer_key)},
                             {"body", offer.body.json}});
  }
  return out;
}

json fields_of(answer const& said) {
  json out{{"kind", "answer"},
           {"info_hash", hex_of(said.swarm)},
           {"peer_id", hex_of(said.peer)},
           {"offer_id", said.offer_id.json},
           {"key", to_hex(said.offer_key)},
           {"body", said.body.json}};
  if (said.to) out["to_peer_id"] = hex_of(*said.to);
  return out;
}

json fields_of(scrape const& said) {
  json out{{"kind", "scrape"}, {"swarms", json::array()}, {"all", said.all}};
  for (auto const& swarm : said.swarms) out["swarms"].push_back(hex_of(swarm));
  return out;
}

json fields_of(failure const& said) {
  auto const rows = error_table();
  auto const row = std::find_if(rows.begin(), rows.end(),
                                [&](error_row const& r) { return r.text == said.reason; });
  json out{{"kind", "failure"},
           {"action", said.kind == request_kind::scrape ? "scrape" : "announce"},
           {"error", row == rows.end() ? std::string_view{"?"} : row->name}};
  if (said.swarm) out["info_hash"] = hex_of(*said.swarm);
  return out;
}

}  // namespace

padded_message::padded_message(std::string_view text)
    : buffer_(new char[text.size() + decode_padding_bytes]), size_(text.size()) {
  std::memcpy(buffer_.get(), text.data(), text.size());
  std::memset(buffer_.get() + text.size(), '"', decode_padding_bytes);
}

std::vector<json> read_vectors(std::string const& file) {
  std::ifstream in{std::string{WAGGLE_SOURCE_DIR} + "/protocol/vectors/" + file};
  std::vector<json> vectors;
  for (std::string line; std::getline(in, line);) vectors.push_back(json::parse(line));
  return vectors;
}

std::string message_of(json const& vector) {
  if (vector.contains("base64")) return from_base64(vector["base64"].get<std::string>());
  if (vector.contains("text")) return vector["text"].get<std::string>();
  std::string text;
  for (auto const& [piece, times] :
       vector["repeat"].get<std::vector<std::pair<std::string, int>>>()) {
    for (int i = 0; i < times; ++i) text += piece;
  }
  return text;
}

json describe(dialect::decoded const& decoded) {
  if (auto const* const refused = std::get_if<failure>(&decoded)) return fields_of(*refused);
  return std::visit([](auto const& said) { return fields_of(said); },
                    *std::get<command const*>(decoded));
}

std::string to_hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (auto const c : bytes) {
    auto const byte = static_cast<unsigned char>(c);
    hex += digits[byte >> 4U];
    hex += digits[byte & 0xFU];
  }
  return hex;
}

swarm_id swarm_from_hex(std::string_view hex) {
  return id_from_hex<swarm_id>(hex);
}
peer_id peer_from_hex(std::string_view hex) {
  return id_from_hex<peer_id>(hex);
}

}  // namespace waggle::test
