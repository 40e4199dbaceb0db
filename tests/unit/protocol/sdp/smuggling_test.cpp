// SPDX-License-Identifier: Apache-2.0
// Ways to get an address past the filter, one test each.
#include "protocol/sdp/description_filter.hpp"
#include "tests/unit/protocol/sdp/descriptions.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace waggle::sdp::test {
namespace {

constexpr std::string_view secret = "192.168.66.77";
constexpr std::string_view host_line =
    "a=candidate:1 1 udp 2113937151 192.168.66.77 50505 typ host\r\n";
constexpr std::string_view kept_line = "a=mid:0\r\n";

/// The description that a receiver of `body` would get; it must still be one.
std::string passed(std::string_view body, ice_filter which) {
  description_filter filter;
  std::string out;
  EXPECT_EQ(filter.apply(body, which, out), outcome::filtered) << body;
  auto const read = nlohmann::json::parse(out);
  EXPECT_EQ(read.size(), 2U) << out;
  EXPECT_EQ(read.at("type"), "offer");
  auto const sdp = read.at("sdp").get<std::string>();
  EXPECT_TRUE(sdp.starts_with("v=0\r\n")) << sdp;
  return sdp;
}

/// Neither filter lets the address through, and both keep the honest line.
void expect_withheld(std::string_view body) {
  for (auto const which : {ice_filter::no_host, ice_filter::relay_only}) {
    auto const sdp = passed(body, which);
    EXPECT_EQ(sdp.find(secret), std::string::npos) << sdp;
    EXPECT_EQ(sdp.find("50505"), std::string::npos) << sdp;
    EXPECT_NE(sdp.find(kept_line), std::string::npos) << sdp;
  }
}

void expect_line_withheld(std::string_view line) {
  auto const sdp = std::string{"v=0\r\n"} + std::string{line} + std::string{kept_line};
  expect_withheld(body_of("offer", sdp));
}

outcome outcome_of(std::string_view body) {
  description_filter filter;
  std::string out;
  auto const how = filter.apply(body, ice_filter::no_host, out);
  EXPECT_EQ(out.empty(), how == outcome::malformed || how == outcome::opaque);
  return how;
}

/// A JSON string with every character escaped.
std::string all_escaped(std::string_view text) {
  std::string out = "\"";
  for (auto const c : text) {
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
    out += escape;
  }
  return out + '"';
}

std::string honest_and(std::string_view line) {
  return std::string{"v=0\r\n"} + std::string{line} + std::string{kept_line};
}

TEST(Smuggling, ByEscapedLettersAndLineEnds) {
  expect_withheld(R"({"type":)" + all_escaped("offer") + R"(,)" + all_escaped("sdp") + ":" +
                  all_escaped(honest_and(host_line)) + "}");
  expect_withheld(
      R"({"type":"offer","sdp":"v=0\u000d\u000aa=\u0063andidate:1 1 udp 1 192.168.66.77 50505 t)"
      R"(\u0079p host\u000aa=mid:0\r\n"})");
}

TEST(Smuggling, ByAnEscapedSlash) {
  expect_withheld(
      R"({"type":"offer","sdp":"v=0\r\na=candidate:a\/b 1 udp 1 192.168.66.77 50505 typ host\r\n)"
      R"(a=mid:0\r\n"})");
}

TEST(Smuggling, ByARepeatedMember) {
  auto const clean = nlohmann::json(honest_and("")).dump();
  auto const dirty = nlohmann::json(honest_and(host_line)).dump();

  expect_withheld(R"({"type":"offer","sdp":)" + clean + R"(,"sdp":)" + dirty + "}");
  expect_withheld(R"({"type":"offer","sdp":)" + dirty + R"(,"sdp":)" + clean + "}");
  expect_withheld(R"({"type":"offer","sdp":)" + clean + R"(,"s\u0064p":)" + dirty + "}");
}

TEST(Smuggling, ByAnotherMember) {
  expect_withheld(
      R"({"type":"offer","sdp":)" + nlohmann::json(honest_and("")).dump() +
      R"(,"candidate":{"candidate":"candidate:1 1 udp 1 192.168.66.77 50505 typ host"}})");
  expect_withheld(R"({"__proto__":{"sdp":"192.168.66.77"},"type":"offer","sdp":)" +
                  nlohmann::json(honest_and("")).dump() + "}");
}

TEST(Smuggling, ByWhiteSpaceInTheBody) {
  expect_withheld("{ \"type\" : \"offer\" ,\n\t\"sdp\" : " +
                  nlohmann::json(honest_and(host_line)).dump() + "\r\n}");
}

TEST(Smuggling, ByAListThatJavaScriptTurnsIntoAString) {
  auto const dirty = nlohmann::json(honest_and(host_line)).dump();

  EXPECT_EQ(outcome_of(R"({"type":"offer","sdp":[)" + dirty + "]}"), outcome::malformed);
  EXPECT_EQ(outcome_of(R"({"type":["offer"],"sdp":)" + dirty + "}"), outcome::malformed);
}

TEST(Smuggling, ByATypeThatIsNeitherOfferNorAnswer) {
  EXPECT_EQ(outcome_of(body_of("pranswer", honest_and(host_line))), outcome::malformed);
  EXPECT_EQ(outcome_of(body_of("Offer", honest_and(host_line))), outcome::malformed);
  EXPECT_EQ(outcome_of(R"({"sdp":"v=0"})"), outcome::malformed);
}

TEST(Smuggling, ByABeginningThatOnlyForgivingReadersTakeForADescription) {
  for (std::string const begin :
       {"v=1\r\n", "v=\r\n", "V=0\r\n", "v =0\r\n", "v\u00a0=0\r\n", "\r\nv=0\r\n", " v=0\r\n",
        "\xef\xbb\xbfv=0\r\n", "\xe2\x80\xa8v=0\r\n", "v=0 \r\n", "v=0\n"}) {
    expect_withheld(body_of("offer", begin + std::string{host_line} + std::string{kept_line}));
  }
}

TEST(Smuggling, ByNul) {
  using namespace std::string_view_literals;
  expect_line_withheld("a=x:1\0\r\na=candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n"sv);
  expect_line_withheld("a=candidate:1 1 udp 1 192.168.66.77 50505 typ relay\0 typ host\r\n"sv);
  expect_line_withheld("a=x:\0a=candidate:1 1 udp 1 192.168.66.77 50505 typ relay\r\n"sv);
  expect_line_withheld("a=x:\0 192.168.66.77 50505\r\n"sv);
}

TEST(Smuggling, ByABareCarriageReturn) {
  expect_line_withheld("a=x:1\ra=candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("a=candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\r\n");
  expect_line_withheld("a=x:1\rc=IN IP4 192.168.66.77\r\n");
}

TEST(Smuggling, ByUnicodeLineEndsAndSpaces) {
  expect_line_withheld("a=x:1\u2028a=candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("a=x:1\u0085a=candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("a=x:1\va=candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("\u00a0a=candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("a=candidate:1\u00a01 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("a=x:1\u2028c=IN IP4 192.168.66.77\r\n");
}

TEST(Smuggling, ByALoneSurrogate) {
  expect_withheld(
      R"({"type":"offer","sdp":"v=0\r\na=x:\ud800 192.168.66.77 50505\r\na=mid:0\r\n"})");
  expect_withheld(
      R"({"type":"offer","sdp":"v=0\r\na=candidate:1 1 udp 1 192.168.66.77 50505 typ host x \udc00)"
      R"(\r\na=mid:0\r\n"})");
}

TEST(Smuggling, ByATab) {
  expect_line_withheld("a=candidate:1\t1\tudp\t1\t192.168.66.77\t50505\ttyp\thost\r\n");
  expect_line_withheld("a=x:\t192.168.66.77\t50505\r\n");
}

TEST(Smuggling, ByLettersOfTheOtherCase) {
  expect_line_withheld("a=CANDIDATE:1 1 UDP 1 192.168.66.77 50505 TYP HOST\r\n");
  expect_line_withheld("A=candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("a=Remote-Candidates:1 192.168.66.77 50505\r\n");
  expect_line_withheld("C=IN IP4 192.168.66.77\r\n");
}

TEST(Smuggling, BySpacesAroundTheTypeOfALine) {
  expect_line_withheld(" a=candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("a =candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("a= candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("a=candidate :1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("a=candidate 1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("a=candidate: 1  1 udp 1 192.168.66.77  50505 typ  host \r\n");
}

TEST(Smuggling, ByALineThatIsNoAttribute) {
  expect_line_withheld("candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("s=candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("s=192.168.66.77 50505\r\n");
  expect_line_withheld("i=192.168.66.77 50505\r\n");
  expect_line_withheld("u=http://192.168.66.77:50505/\r\n");
  expect_line_withheld("e=a@192.168.66.77 (50505)\r\n");
  expect_line_withheld("b=candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("t=1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("m=application 9 candidate:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
}

TEST(Smuggling, ByAnAttributeMadeOfCandidates) {
  expect_line_withheld("a=remote-candidates:1 192.168.66.77 50505\r\n");
  expect_line_withheld("a=x-candidate:192.168.66.77 50505\r\n");
  expect_line_withheld("a=end-of-candidates:192.168.66.77 50505\r\n");
  expect_line_withheld("a=x:candidate:1 1 udp 1 192.168.66.77 50505 typ relay\r\n");
  expect_line_withheld("a=x:1 1 udp 1 192.168.66.77 50505 typ host\r\n");
  expect_line_withheld("a=acap:1 Candidate:1 1 udp 1 192.168.66.77 50505 TYP host\r\n");
  expect_line_withheld("a=x:candidate:1 1 udp 1 192.168.66.77 50505\r\n");
}

TEST(Smuggling, ByAnAttributeMadeOfAddresses) {
  expect_line_withheld("a=source-filter: incl IN IP4 * 192.168.66.77\r\n");
  expect_line_withheld("a=altc:1 IP4 192.168.66.77 50505\r\n");
  expect_line_withheld("a=ccap:1 IN IP4 192.168.66.77\r\n");
}

TEST(Smuggling, ByTheRelatedAddress) {
  auto const line =
      "a=candidate:1 1 udp 1 198.51.100.1 9 typ relay raddr 192.168.66.77 rport 50505";

  expect_line_withheld(std::string{line} + "\r\n");
  expect_line_withheld(std::string{line} + " raddr 192.168.66.77 rport 50505\r\n");
  expect_line_withheld(
      "a=candidate:1 1 udp 1 198.51.100.1 9 typ relay rport 50505 raddr 192.168.66.77\r\n");
}

TEST(Smuggling, ByAnExtensionOfACandidate) {
  expect_line_withheld("a=candidate:1 1 udp 1 198.51.100.1 9 typ relay x 192.168.66.77:50505\r\n");
}

TEST(Smuggling, ByTheDefaultDestination) {
  expect_line_withheld(
      "o=- 1 1 IN IP4 192.168.66.77\r\nc=IN IP4 192.168.66.77\r\nm=application 50505 UDP/DTLS/SCTP "
      "webrtc-datachannel\r\nc=IN IP4 192.168.66.77\r\na=rtcp:50505 IN IP4 192.168.66.77\r\n");
}

TEST(Smuggling, ByAHostCandidateWithAWrongType) {
  expect_line_withheld("a=candidate:1 1 udp 1 192.168.66.77.local 50505 typ relay\r\n");
  expect_line_withheld("a=candidate:1 1 udp 1 192.168.66.77 50505 typ token\r\n");
  expect_line_withheld("a=candidate:1 1 udp 1 192.168.66.77 50505 typ host typ relay\r\n");
  expect_line_withheld("a=candidate:1 1 udp 1 192.168.66.77 50505\r\n");
}

TEST(Smuggling, ByAHostCandidateOfASecondSection) {
  expect_line_withheld(std::string{host_line} + "m=audio 9 RTP/AVP 0\r\n" + std::string{host_line});
}

}  // namespace
}  // namespace waggle::sdp::test
