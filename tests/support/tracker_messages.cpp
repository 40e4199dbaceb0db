// SPDX-License-Identifier: Apache-2.0
// Writes WebTorrent messages.
#include "tests/support/tracker_messages.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>

namespace waggle::test {
namespace {

/// Counts up; with the process id in front, so that two test programs never share an id.
std::string fresh_id(std::string_view prefix) {
  static unsigned counter = 0;
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%07d%05u", ::getpid() % 10'000'000,
                ++counter % 100'000);
  std::string id{prefix};
  id += digits.data();
  id.resize(20, '.');
  return id;
}

std::string quoted(std::string const& text) {
  return json(text).dump();
}

}  // namespace

std::string binary_string(std::string_view bytes) {
  std::string made;
  for (char const c : bytes) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      made.push_back(c);
    } else {
      made.push_back(static_cast<char>(0xc0 | byte >> 6));
      made.push_back(static_cast<char>(0x80 | (byte & 0x3f)));
    }
  }
  return made;
}

std::string hex_of(std::string_view binary) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string made;
  for (std::size_t i = 0; i < binary.size(); ++i) {
    auto byte = static_cast<unsigned char>(binary[i]);
    if (byte >= 0xc0 && i + 1 < binary.size())
      byte =
          static_cast<unsigned char>(byte << 6 | (static_cast<unsigned char>(binary[++i]) & 0x3f));
    made.push_back(digits[byte >> 4]);
    made.push_back(digits[byte & 15]);
  }
  return made;
}

std::string fresh_swarm() {
  return binary_string(fresh_id(std::string_view{"s\x00\x1f\x22\x5c\x80\xff", 7}));
}
std::string fresh_peer() {
  return fresh_id("-WW0011-");
}
std::string fresh_dashless_peer() {
  return fresh_id("peerwith");
}

std::vector<offer_text> some_offers(std::string_view prefix, std::size_t count) {
  std::vector<offer_text> made;
  for (std::size_t i = 0; i < count; ++i) {
    auto id = std::string{prefix} + "-" + std::to_string(i) + "-";
    id.resize(20, 'o');
    made.push_back({.id = id, .body = R"({"type":"offer","sdp":"v=0 )" + id + "\"}"});
  }
  return made;
}

std::string announce_message(announce_fields const& fields) {
  std::string text = R"({"action":"announce","info_hash":)" + quoted(fields.swarm) +
                     R"(,"peer_id":)" + quoted(fields.peer);
  if (!fields.event.empty()) text += R"(,"event":)" + quoted(fields.event);
  if (fields.left) text += R"(,"left":)" + std::to_string(*fields.left);
  if (fields.numwant) text += R"(,"numwant":)" + std::to_string(*fields.numwant);
  text += R"(,"offers":[)";
  for (auto const& offer : fields.offers) {
    if (text.back() != '[') text += ',';
    text += R"({"offer":)" + offer.body + R"(,"offer_id":)" + quoted(offer.id) + "}";
  }
  return text + "]}";
}

std::string answer_message(answer_fields const& fields) {
  return R"({"action":"announce","info_hash":)" + quoted(fields.swarm) + R"(,"peer_id":)" +
         quoted(fields.peer) + R"(,"to_peer_id":)" + quoted(fields.to) + R"(,"answer":)" +
         fields.body + R"(,"offer_id":)" + quoted(fields.offer_id) + "}";
}

std::string scrape_message(std::vector<std::string> const& swarms) {
  json message{{"action", "scrape"}};
  if (swarms.size() == 1) message["info_hash"] = swarms.front();
  if (swarms.size() > 1) message["info_hash"] = swarms;
  return message.dump();
}

}  // namespace waggle::test
