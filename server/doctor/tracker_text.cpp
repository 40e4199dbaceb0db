// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/tracker_text.hpp"

#include <nlohmann/json.hpp>

#include <random>

namespace waggle::doctor {
namespace {

using json = nlohmann::json;

constexpr std::size_t id_bytes = 20;

std::string random_id(std::string_view prefix) {
  static constexpr std::string_view letters =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::random_device source;
  std::uniform_int_distribution<std::size_t> pick{0, letters.size() - 1};
  std::string id{prefix};
  while (id.size() < id_bytes) id.push_back(letters[pick(source)]);
  return id;
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

/// The byte as the code point of its value, in UTF-8.
void append_byte(std::string& to, unsigned byte) {
  if (byte < 0x80) {
    to.push_back(static_cast<char>(byte));
  } else {
    to.push_back(static_cast<char>(0xc0 | byte >> 6));
    to.push_back(static_cast<char>(0x80 | (byte & 0x3f)));
  }
}

json body(std::string_view type, std::string const& sdp) {
  return {{"type", type}, {"sdp", sdp}};
}

std::string string_in(json const& object, char const* name) {
  auto const found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::int64_t number_in(json const& object, char const* name) {
  auto const found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

void read_counts(json const& from, tracker_message& to) {
  to.complete = number_in(from, "complete");
  to.incomplete = number_in(from, "incomplete");
}

void read_description(json const& message, char const* name, tracker_message& to) {
  to.what = std::string_view{name} == "offer" ? tracker_message::kind::offer
                                              : tracker_message::kind::answer;
  to.peer = string_in(message, "peer_id");
  to.carried.id = string_in(message, "offer_id");
  to.carried.sdp = string_in(message.at(name), "sdp");
}

}  // namespace

std::string fresh_swarm() {
  return random_id("");
}
std::string fresh_peer_id() {
  return random_id("-WD0001-");
}
std::string fresh_offer_id() {
  return random_id("");
}

std::optional<std::string> swarm_from_hex(std::string_view digits) {
  if (digits.size() != 2 * id_bytes) return std::nullopt;
  std::string made;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    auto const high = hex_digit(digits[i]);
    auto const low = hex_digit(digits[i + 1]);
    if (!high || !low) return std::nullopt;
    append_byte(made, *high << 4 | *low);
  }
  return made;
}

std::string some_sdp(std::size_t bytes) {
  std::string sdp =
      "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
      "a=group:BUNDLE 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
      "c=IN IP4 0.0.0.0\r\na=setup:actpass\r\na=mid:0\r\na=sctp-port:5000\r\n";
  for (unsigned port = 40'000; sdp.size() < bytes; ++port) {
    sdp += "a=candidate:1 1 udp 2122260223 192.0.2." + std::to_string(port % 250) + " " +
           std::to_string(port) + " typ host generation 0\r\n";
  }
  sdp.resize(bytes, ' ');
  return sdp;
}

std::string announce_text(tracker_peer const& who, std::string_view event,
                          std::optional<description> const& offer) {
  json message{{"action", "announce"},     {"info_hash", who.swarm},
               {"peer_id", who.id},        {"left", who.complete ? 0 : 1},
               {"numwant", offer ? 1 : 0}, {"offers", json::array()}};
  if (!event.empty()) message["event"] = event;
  if (offer) {
    message["offers"].push_back({{"offer_id", offer->id}, {"offer", body("offer", offer->sdp)}});
  }
  return message.dump();
}

std::string answer_text(tracker_peer const& who, std::string_view to, description const& answer) {
  return json{{"action", "announce"},  {"info_hash", who.swarm},
              {"peer_id", who.id},     {"to_peer_id", to},
              {"offer_id", answer.id}, {"answer", body("answer", answer.sdp)}}
      .dump();
}

std::string scrape_text(std::string_view swarm) {
  return json{{"action", "scrape"}, {"info_hash", swarm}}.dump();
}

tracker_message read_tracker_message(std::string_view text, std::string_view swarm) {
  tracker_message made;
  auto const message = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!message.is_object()) return made;
  if (made.said = string_in(message, "failure reason"); !made.said.empty()) {
    made.what = tracker_message::kind::failure;
  } else if (message.contains("offer")) {
    read_description(message, "offer", made);
  } else if (message.contains("answer")) {
    read_description(message, "answer", made);
  } else if (auto const files = message.find("files"); files != message.end()) {
    made.what = tracker_message::kind::scrape;
    if (files->is_object() && files->contains(swarm))
      read_counts(files->at(std::string{swarm}), made);
  } else if (message.contains("interval")) {
    made.what = tracker_message::kind::reply;
    made.said = string_in(message, "warning message");
    made.interval = number_in(message, "interval");
    read_counts(message, made);
  }
  return made;
}

}  // namespace waggle::doctor
