// SPDX-License-Identifier: Apache-2.0
// The golden messages, all of them, and that the fuzz corpus holds the same ones.
#include "tests/unit/protocol/webtorrent/vectors.hpp"

#include "protocol/dialects.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <iterator>

namespace waggle::test {
namespace {

/// Builds the event of a line of webtorrent_encode.jsonl and encodes it. Keeps what views need.
std::string encode_vector(dialect& dialect, json const& event) {
  auto const text = [&](char const* field) { return event.value(field, std::string{}); };
  auto const warning = text("warning");
  auto const reason = text("reason");
  auto const refusal = text("failure");
  auto const offer_id = text("offer_id");
  auto const body = text("body");
  auto const kind = text("kind");
  auto const swarm = swarm_from_hex(event.value("info_hash", std::string(40, '0')));
  auto const from = peer_from_hex(event.value("from", std::string(40, '0')));

  std::string out;
  if (kind == "announce_reply") {
    dialect.encode(
        announce_reply{.swarm = swarm,
                       .counts = {.complete = event["complete"], .incomplete = event["incomplete"]},
                       .interval = std::chrono::seconds{event["interval"].get<std::int64_t>()},
                       .warning = warning},
        out);
  } else if (kind == "offer") {
    dialect.encode(incoming_offer{swarm, from, {offer_id}, {body}}, out);
  } else if (kind == "answer") {
    dialect.encode(incoming_answer{swarm, from, {offer_id}, {body}}, out);
  } else if (kind == "failure") {
    failure refused{
        .kind = text("action") == "scrape" ? request_kind::scrape : request_kind::announce,
        .reason = reason};
    if (event.contains("info_hash")) refused.swarm = swarm;
    dialect.encode(refused, out);
  } else if (kind == "scrape_reply") {
    std::vector<scrape_entry> entries;
    for (auto const& entry : event["entries"]) {
      entries.push_back({swarm_from_hex(entry[0].get<std::string>()),
                         {.complete = entry[1], .incomplete = entry[2]},
                         entry.size() > 3 ? entry[3].get<std::uint32_t>() : 0});
    }
    dialect.encode(scrape_reply{.entries = entries, .failure = refusal}, out);
  }
  return out;
}

/// As fileNameOf() in protocol/vectors/write_seeds.mjs.
std::string seed_name(std::string_view name) {
  std::string file;
  for (auto const c : name) {
    auto const letter_or_digit = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (c == ' ' || c == '-') {
      file += '-';
    } else {
      file += letter_or_digit ? std::string{c} : "_" + to_hex({&c, 1});
    }
  }
  return file;
}

TEST(WebtorrentVectors, EveryMessageDecodesAsWanted) {
  auto const vectors = read_vectors("webtorrent_decode.jsonl");
  ASSERT_GT(vectors.size(), 300U);
  auto const dialect = make_webtorrent({});

  for (auto const& vector : vectors) {
    padded_message const message{message_of(vector)};
    EXPECT_EQ(describe(dialect->decode(message.text())), vector["want"])
        << vector["name"] << " (rule " << vector["rule"] << ")";
  }
}

TEST(WebtorrentVectors, EveryEventEncodesAsWanted) {
  auto const vectors = read_vectors("webtorrent_encode.jsonl");
  ASSERT_GT(vectors.size(), 20U);
  auto const dialect = make_webtorrent({});

  for (auto const& vector : vectors) {
    EXPECT_EQ(encode_vector(*dialect, vector["event"]), vector["want"]) << vector["name"];
  }
}

TEST(WebtorrentVectors, NoPrefixOfAMessageReadsPastItsEnd) {
  auto const dialect = make_webtorrent({});
  for (auto const& vector : read_vectors("webtorrent_decode.jsonl")) {
    auto const text = message_of(vector);
    if (text.size() > 400) continue;
    for (std::size_t size = 0; size < text.size(); ++size) {
      padded_message const message{std::string_view{text}.substr(0, size)};
      auto const said = describe(dialect->decode(message.text()));
      if (said["kind"] != "failure") {  // only white space may be missing
        EXPECT_TRUE(json::accept(message.text())) << vector["name"];
      }
    }
  }
}

TEST(WebtorrentVectors, FuzzCorpusHoldsTheSameMessages) {
  auto const corpus = std::string{WAGGLE_SOURCE_DIR} + "/tests/fuzz/corpus/webtorrent_decode/";
  for (auto const& vector : read_vectors("webtorrent_decode.jsonl")) {
    auto const name = seed_name(vector["name"].get<std::string>());
    std::ifstream file{corpus + name, std::ios::binary};
    std::string const seed{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_TRUE(file.is_open() && seed == message_of(vector))
        << name << ": run node protocol/vectors/write_seeds.mjs";
  }
}

}  // namespace
}  // namespace waggle::test
