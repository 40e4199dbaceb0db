// SPDX-License-Identifier: Apache-2.0
// What a client may say, message by message (docs/protocol/native.md).
#include "protocol/dialect.hpp"
#include "protocol/native/codec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace waggle::native {
namespace {

using namespace from_client;

constexpr std::string_view peer_text = "AAAAbbbb1111-_zz";

/// A codec and the text that its views show.
class reader_of {
 public:
  explicit reader_of(std::string_view text) : bytes_(text.size() + decode_padding_bytes) {
    std::ranges::copy(text, bytes_.begin());
    result = codec_.decode({bytes_.data(), text.size()});
  }

  template <class Message>
  [[nodiscard]] Message const* as() const {
    auto const* const said = std::get_if<message const*>(&result);
    return said == nullptr ? nullptr : std::get_if<Message>(*said);
  }
  [[nodiscard]] bool refused() const { return std::holds_alternative<refusal>(result); }

  codec::decoded result = refusal{};

 private:
  std::vector<char> bytes_;
  codec codec_;
};

TEST(NativeDecode, HelloWithAndWithoutWishes) {
  reader_of const plain{R"({"t":"hello"})"};
  ASSERT_NE(plain.as<hello>(), nullptr);
  EXPECT_FALSE(plain.as<hello>()->id);
  EXPECT_TRUE(plain.as<hello>()->resume.empty());

  reader_of const full{R"({"token":"a.b.c","resume":"xyz","id":")" + std::string{peer_text} +
                       R"(","t":"hello","ua":{"any":1}})"};
  ASSERT_NE(full.as<hello>(), nullptr);
  EXPECT_EQ(full.as<hello>()->token, "a.b.c");
  EXPECT_EQ(full.as<hello>()->resume, "xyz");
  ASSERT_TRUE(full.as<hello>()->id);
  EXPECT_EQ(name_of(*full.as<hello>()->id), peer_text);

  EXPECT_TRUE(reader_of{R"({"t":"hello","id":"short"})"}.refused());
  EXPECT_TRUE(reader_of{R"({"t":"hello","id":"AAAAbbbb1111-_z!"})"}.refused());
}

TEST(NativeDecode, JoinWithAllItsMembers) {
  reader_of const said{
      R"({"t":"join","s":65535,"swarm":"a\u00e4/1","want":99,"up":false,"have":100,"pos":12.5,)"
      R"("token":"x","links":["AAAAbbbb1111-_zz","no",5]})"};

  auto const* const what = said.as<join>();

  ASSERT_NE(what, nullptr);
  EXPECT_EQ(what->swarm, 65535);
  EXPECT_EQ(what->name, "a\xc3\xa4/1");
  EXPECT_EQ(what->state.want, want_max);
  EXPECT_EQ(what->state.up, false);
  EXPECT_EQ(what->state.have, 100);
  EXPECT_EQ(what->state.position_s, 13U);
  EXPECT_EQ(what->token, "x");
  ASSERT_EQ(what->links.size(), 1U);
}

TEST(NativeDecode, JoinOutOfItsBoundsIsRefusedWithItsHandle) {
  std::string const name(129, 'n');
  std::string const escaped = R"(\u00e4)" + std::string(127, 'n');  // 129 bytes once decoded
  for (auto const& members :
       {std::string{R"("s":1)"}, std::string{R"("s":1,"swarm":"")"},
        R"("s":1,"swarm":")" + name + "\"", R"("s":1,"swarm":")" + escaped + "\"",
        std::string{R"("s":1,"swarm":5)"}, std::string{R"("s":1,"swarm":"x","have":101)"},
        std::string{R"("s":1,"swarm":"x","want":-1)"}, std::string{R"("s":1,"swarm":"x","up":1)"},
        std::string{R"("s":1,"swarm":"x","links":{}")"}}) {
    reader_of const said{R"({"t":"join",)" + members + "}"};
    EXPECT_TRUE(said.refused()) << members;
  }
  reader_of const said{R"({"t":"join","s":1})"};
  EXPECT_EQ(std::get<refusal>(said.result).swarm, 1);
  EXPECT_EQ(std::get<refusal>(said.result).why, error::bad_message);
  for (auto const* handle : {"-1", "65536", "1.5", "\"1\"", "null"}) {
    EXPECT_TRUE(reader_of{R"({"t":"join","swarm":"x","s":)" + std::string{handle} + "}"}.refused())
        << handle;
  }
}

TEST(NativeDecode, NamesAreEqualHoweverTheyAreEscaped) {
  reader_of const plain{R"({"t":"join","s":1,"swarm":"abc"})"};
  reader_of const escaped{R"({"t":"join","s":1,"swarm":"\u0061b\u0063"})"};

  EXPECT_EQ(plain.as<join>()->name, escaped.as<join>()->name);
}

TEST(NativeDecode, RelayKeepsItsDescriptionByteForByte) {
  reader_of const offer{R"({"t":"offer","s":3,"c":65537,"d": {"u" : "x", "é":1} })"};
  ASSERT_NE(offer.as<relay>(), nullptr);
  EXPECT_EQ(offer.as<relay>()->kind, relay_kind::offer);
  EXPECT_EQ(offer.as<relay>()->link, 65537U);
  EXPECT_EQ(offer.as<relay>()->description.json, R"({"u" : "x", "é":1})");

  EXPECT_EQ(reader_of{R"({"t":"answer","s":3,"c":1,"d":"secret"})"}.as<relay>()->kind,
            relay_kind::answer);
  EXPECT_EQ(reader_of{R"({"t":"ice","s":3,"c":1,"d":["a",""]})"}.as<relay>()->kind,
            relay_kind::ice);
}

TEST(NativeDecode, RelayWithoutALinkOrADescriptionIsRefused) {
  for (auto const* text :
       {R"({"t":"offer","s":1,"c":1})", R"({"t":"offer","s":1,"d":{}})",
        R"({"t":"offer","s":1,"c":1,"d":[]})", R"({"t":"ice","s":1,"c":1,"d":{}})",
        R"({"t":"answer","s":1,"c":1,"d":7})",
        R"({"t":"ice","s":1,"c":9007199254740993,"d":[]})"}) {
    EXPECT_TRUE(reader_of{text}.refused()) << text;
  }
  auto const refused = std::get<refusal>(reader_of{R"({"t":"offer","s":4,"c":9})"}.result);
  EXPECT_EQ(refused.swarm, 4);
  EXPECT_EQ(refused.link, 9U);
}

TEST(NativeDecode, OutcomesOfLinks) {
  reader_of const open{R"({"t":"link","s":1,"c":2,"ok":true,"ms":83.6,"type":"srflx"})"};
  ASSERT_NE(open.as<outcome>(), nullptr);
  EXPECT_TRUE(open.as<outcome>()->open);
  EXPECT_EQ(open.as<outcome>()->took_ms, 84U);
  EXPECT_EQ(open.as<outcome>()->over, path::srflx);

  reader_of const failed{R"({"t":"link","s":1,"c":2,"ok":false,"why":"ice"})"};
  EXPECT_FALSE(failed.as<outcome>()->open);
  EXPECT_EQ(failed.as<outcome>()->why, failure::ice);
  // Words of later versions are no reason to refuse.
  EXPECT_EQ(reader_of{R"({"t":"link","s":1,"c":2,"ok":false,"why":"moon"})"}.as<outcome>()->why,
            failure::other);
  EXPECT_EQ(reader_of{R"({"t":"link","s":1,"c":2,"ok":true,"ms":1e300})"}.as<outcome>()->took_ms,
            86'400'000U);
  EXPECT_TRUE(reader_of{R"({"t":"link","s":1,"c":2})"}.refused());
}

TEST(NativeDecode, SmallMessages) {
  EXPECT_EQ(reader_of{R"({"t":"leave","s":8})"}.as<leave>()->swarm, 8);
  EXPECT_EQ(reader_of{R"({"t":"more","s":8})"}.as<more>()->count, 1);
  EXPECT_EQ(reader_of{R"({"t":"more","s":8,"n":400,"not":["AAAAbbbb1111-_zz"]})"}.as<more>()->count,
            more_max);
  EXPECT_EQ(reader_of{R"({"t":"drop","s":8,"c":5})"}.as<drop>()->link, 5U);
  EXPECT_TRUE(reader_of{R"({"t":"drop","s":8,"peer":"AAAAbbbb1111-_zz"})"}.as<drop>()->with);
  EXPECT_TRUE(reader_of{R"({"t":"drop","s":8})"}.refused());
  EXPECT_EQ(reader_of{R"({"t":"report","p2p":5,"cdn":6})"}.as<report>()->cdn_bytes, 6U);
  EXPECT_TRUE(reader_of{R"({"t":"report","p2p":-5})"}.refused());
  EXPECT_TRUE(reader_of{R"({"t":"report","p2p":1e18})"}.refused());
  EXPECT_EQ(reader_of{R"({"t":"ping","i":77})"}.as<ping>()->number, 77U);
  EXPECT_FALSE(reader_of{R"({"t":"ping"})"}.as<ping>()->number);
  EXPECT_EQ(reader_of{R"({"t":"state","s":8,"have":50})"}.as<state>()->changes.have, 50);
}

TEST(NativeDecode, UnknownKindsAndMembersAreIgnored) {
  EXPECT_NE(reader_of{R"({"t":"dance","s":"what"})"}.as<unknown>(), nullptr);
  EXPECT_NE(reader_of{R"({"t":"leave","s":1,"x":[{}]})"}.as<leave>(), nullptr);
}

TEST(NativeDecode, OfARepeatedMemberTheLastOneCounts) {
  EXPECT_EQ(reader_of{R"({"t":"leave","s":1,"s":2})"}.as<leave>()->swarm, 2);
}

TEST(NativeDecode, WhatIsNoMessageIsRefused) {
  for (auto const& text :
       {std::string{}, std::string{"[]"}, std::string{"null"}, std::string{R"({"s":1})"},
        std::string{R"({"t":1})"}, std::string{R"({"t":"leave","s":1)"},
        std::string{R"({"t":"leave","s":1}x)"},
        R"({"t":"leave","s":1,"x":)" + std::string(40, '[') + "}",
        std::string{"{\"t\":\"leave\",\"s\":1,\"x\":\"\x01\"}"}}) {
    EXPECT_TRUE(reader_of{text}.refused()) << text;
  }
}

TEST(NativeDecode, NamedPeersAreBounded) {
  std::string list;
  for (int each = 0; each < 100; ++each) {
    if (each != 0) list += ',';
    list += "\"AAAAbbbb1111-_zz\"";
  }
  reader_of const said{R"({"t":"join","s":1,"swarm":"x","links":[)" + list + "]}"};
  EXPECT_EQ(said.as<join>()->links.size(), named_peers_max);
}

}  // namespace
}  // namespace waggle::native
