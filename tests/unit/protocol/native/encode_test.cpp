// SPDX-License-Identifier: Apache-2.0
// What the server says, to the byte: clients of other hands are written from these.
#include "protocol/native/codec.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <iterator>
#include <string>

namespace waggle::native {
namespace {

peer_id const somebody = *peer_from("AAAAbbbb1111-_zz");

template <class Message>
std::string text_of(Message const& what) {
  std::string out = "before";
  encode(what, out);
  return out.substr(6);
}

TEST(NativeEncode, WordsOfTheServer) {
  using to_client::away;
  using to_client::ended;
  using to_client::joined;
  using to_client::match;
  using to_client::pong;
  using to_client::servers;
  using to_client::welcome;
  EXPECT_EQ(text_of(welcome{.id = somebody,
                            .resume = "key",
                            .grace_s = 30,
                            .ice = R"([{"urls":"stun:a"}])",
                            .ttl_s = 60,
                            .how = {},
                            .resumed = true}),
            R"({"t":"welcome","id":"AAAAbbbb1111-_zz","resume":"key","grace":30,)"
            R"("ice":[{"urls":"stun:a"}],"ttl":60,)"
            R"("policy":{"p2p":true,"want":8,"report":30},"resumed":true})");
  EXPECT_EQ(text_of(joined{.swarm = 1, .members = 7, .links = {}}),
            R"({"t":"joined","s":1,"n":7})");
  std::array<link_number, 2> const links{5, 65537};
  EXPECT_EQ(text_of(joined{.swarm = 1, .members = 7, .links = links}),
            R"({"t":"joined","s":1,"n":7,"links":[5,65537]})");
  EXPECT_EQ(text_of(joined{.swarm = 1, .members = 7, .links = std::span<link_number const>{}}),
            R"({"t":"joined","s":1,"n":7,"links":[]})");
  EXPECT_EQ(text_of(match{.swarm = 1, .link = 9, .peer = somebody, .initiator = true}),
            R"({"t":"match","s":1,"c":9,"peer":"AAAAbbbb1111-_zz","init":true})");
  EXPECT_EQ(
      text_of(match{.swarm = 1, .link = 9, .peer = somebody, .same_address = true, .open = true}),
      R"({"t":"match","s":1,"c":9,"peer":"AAAAbbbb1111-_zz","init":false,"lan":true,"open":true})");
  EXPECT_EQ(text_of(to_client::relay{
                .swarm = 1, .link = 9, .kind = relay_kind::ice, .description = {"[1]"}}),
            R"({"t":"ice","s":1,"c":9,"d":[1]})");
  EXPECT_EQ(text_of(ended{.swarm = 1, .link = 9, .why = ending::timeout}),
            R"({"t":"drop","s":1,"c":9,"why":"timeout"})");
  EXPECT_EQ(text_of(ended{.swarm = 1, .link = 9, .why = ending::gone}),
            R"({"t":"gone","s":1,"c":9})");
  EXPECT_EQ(text_of(servers{.ice = "[]", .ttl_s = 5}), R"({"t":"servers","ice":[],"ttl":5})");
  EXPECT_EQ(text_of(away{.after_s = 1, .spread_s = 20}), R"({"t":"away","after":1,"spread":20})");
  EXPECT_EQ(text_of(pong{}), R"({"t":"pong"})");
  EXPECT_EQ(text_of(pong{.number = 8}), R"({"t":"pong","i":8})");
  EXPECT_EQ(text_of(policy{.p2p = false, .relay_only = true, .want = 4, .report_s = 0}),
            R"({"t":"policy","policy":{"p2p":false,"want":4,"report":0,"relay":true}})");
}

TEST(NativeEncode, EveryErrorIsJsonWithItsCode) {
  for (auto const& row : error_table()) {
    auto const said =
        nlohmann::json::parse(text_of(refusal{.why = row.code, .swarm = 3, .link = 4}));
    EXPECT_EQ(said["t"], "err");
    EXPECT_EQ(said["code"], static_cast<int>(row.code));
    EXPECT_EQ(said["msg"], row.text);
    EXPECT_EQ(said["s"], 3);
    EXPECT_EQ(said["c"], 4);
    EXPECT_EQ(said.contains("retry"), row.retry_s != 0);
  }
}

TEST(NativeErrors, AreThoseOfTheManual) {
  std::ifstream page{WAGGLE_SOURCE_DIR "/docs/protocol/native.md"};
  std::string const text{std::istreambuf_iterator<char>{page}, {}};
  for (auto const& row : error_table()) {
    auto const retry =
        row.retry_s == 0 ? std::string{" |"} : " " + std::to_string(row.retry_s) + " |";
    auto const line = "| " + std::to_string(static_cast<int>(row.code)) + " | `" +
                      std::string{row.name} + "` |" + retry;
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace waggle::native
