// SPDX-License-Identifier: Apache-2.0
// What an ICE policy leaves of descriptions and candidates.
#include "protocol/native/description_filter.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

namespace waggle::native {
namespace {

using sdp::ice_filter;
using sdp::outcome;

constexpr std::string_view host = "1 1 udp 2113937151 192.168.1.5 51472 typ host";
constexpr std::string_view mdns =
    "1 1 udp 2113937151 0f7b7a4e-1111-2222-3333-444455556666.local 51472 typ host";
constexpr std::string_view srflx =
    "2 1 udp 1677729535 198.51.100.7 51472 typ srflx raddr 192.168.1.5 rport 51472";
constexpr std::string_view relay =
    "3 1 udp 33562367 203.0.113.9 3478 typ relay raddr 0.0.0.0 rport 0";

std::string list_of(std::initializer_list<std::string_view> items) {
  std::string list = "[";
  for (auto const& each : items) {
    if (list.size() > 1) list += ',';
    list.append("\"").append(each).append("\"");
  }
  return list + "]";
}

struct result {
  outcome what;
  std::string text;
};
result apply(relay_kind kind, std::string const& body, ice_filter which) {
  description_filter filter;
  std::string out = "old";
  auto const what = filter.apply(kind, body, which, out);
  return {what, out};
}

TEST(NativeFilter, HostCandidatesGoAndRelatedAddressesWithThem) {
  auto const [what, text] =
      apply(relay_kind::ice, list_of({host, mdns, srflx, relay, ""}), ice_filter::no_host);

  EXPECT_EQ(what, outcome::filtered);
  EXPECT_EQ(text.find("192.168"), std::string::npos);
  EXPECT_EQ(text.find(".local"), std::string::npos);
  EXPECT_NE(text.find("198.51.100.7"), std::string::npos);
  EXPECT_EQ(text.find("candidate:"), std::string::npos);
  EXPECT_TRUE(text.ends_with(R"(,""])"));
}

TEST(NativeFilter, OnlyRelaysAreLeft) {
  auto const [what, text] =
      apply(relay_kind::ice, list_of({host, srflx, relay}), ice_filter::relay_only);

  EXPECT_EQ(what, outcome::filtered);
  EXPECT_EQ(text.find("198.51"), std::string::npos);
  EXPECT_NE(text.find("203.0.113.9"), std::string::npos);
}

TEST(NativeFilter, CompactDescriptionKeepsItsCredentials) {
  auto const body = R"({"u":"ab+/","p":"pwd","f":"x-_","r":"actpass","m":9,"k":)" +
                    list_of({host, relay}) + R"(,"spy":"192.168.1.5"})";

  auto const [what, text] = apply(relay_kind::offer, body, ice_filter::no_host);

  EXPECT_EQ(what, outcome::filtered);
  EXPECT_TRUE(text.starts_with(R"({"u":"ab+/","p":"pwd","f":"x-_","r":"actpass","m":9,"k":["3 1)"));
  EXPECT_EQ(text.find("192.168"), std::string::npos);
}

TEST(NativeFilter, CompactDescriptionWithoutCandidatesIsAsItWas) {
  std::string const body = R"({"u":"ab","p":"pwd","f":"x","r":"active"})";

  EXPECT_EQ(apply(relay_kind::answer, body, ice_filter::relay_only).what, outcome::unchanged);
}

TEST(NativeFilter, AddressesDoNotHideInOtherMembers) {
  for (auto const* body : {R"({"u":"192.168.1.5"})", R"({"u":["a"]})", R"({"u":"\u0061"})",
                           R"({"k":5})", R"({"k":[5]})"}) {
    EXPECT_EQ(apply(relay_kind::offer, body, ice_filter::no_host).what, outcome::malformed) << body;
  }
}

TEST(NativeFilter, WholeDescriptionIsFilteredLikeAnyOther) {
  std::string const body =
      R"({"type":"offer","sdp":"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=candidate:)" +
      std::string{host} + R"(\r\n"})";

  auto const [what, text] = apply(relay_kind::offer, body, ice_filter::no_host);

  EXPECT_EQ(what, outcome::filtered);
  EXPECT_EQ(text.find("192.168"), std::string::npos);
}

TEST(NativeFilter, StringsAreForThePeersAlone) {
  EXPECT_EQ(apply(relay_kind::offer, R"("x")", ice_filter::relay_only).what, outcome::opaque);
  EXPECT_EQ(apply(relay_kind::ice, R"("x")", ice_filter::no_host).what, outcome::opaque);
}

/// Reads the vectors that the client is tested with, too (protocol/vectors/README.md).
std::vector<nlohmann::json> described() {
  std::ifstream in{WAGGLE_SOURCE_DIR "/protocol/vectors/native_descriptions.jsonl"};
  std::vector<nlohmann::json> all;
  for (std::string line; std::getline(in, line);) all.push_back(nlohmann::json::parse(line));
  return all;
}

TEST(NativeFilter, WhatClientsSayIsNeverMalformed) {
  auto const all = described();
  ASSERT_GT(all.size(), 40U);
  for (auto const& each : all) {
    auto const kind = each["type"] == "offer" ? relay_kind::offer : relay_kind::answer;
    nlohmann::json const whole{{"type", each["type"]}, {"sdp", each["sdp"]}};
    for (auto const which : {ice_filter::no_host, ice_filter::relay_only}) {
      EXPECT_NE(apply(kind, whole.dump(), which).what, outcome::malformed) << each["name"];
      if (each["compact"].is_null()) continue;
      auto const [what, text] = apply(kind, each["compact"].dump(), which);
      EXPECT_NE(what, outcome::malformed) << each["name"];
      auto const left = nlohmann::json::parse(text);
      for (auto const* const kept : {"u", "p", "f", "r"}) {
        EXPECT_EQ(left[kept], each["compact"][kept]) << each["name"];
      }
      for (auto const& candidate : left.value("k", nlohmann::json::array())) {
        EXPECT_EQ(candidate.get<std::string>().find("typ host"), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace waggle::native
