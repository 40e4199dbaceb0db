// SPDX-License-Identifier: Apache-2.0
#include "protocol/sdp/candidate.hpp"

#include <gtest/gtest.h>

#include <string>

namespace waggle::sdp {
namespace {

/// As it is written; "none" if it is no candidate.
std::string written(std::string_view text) {
  auto const read = parse_candidate(text);
  if (!read) return "none";
  std::string out;
  append_candidate(*read, out);
  return out;
}

TEST(Candidate, EveryFieldIsFound) {
  auto const read = parse_candidate(
      "842163049 1 udp 1677729535 203.0.113.7 49923 typ srflx raddr 10.0.0.5 rport 7 generation 0");

  ASSERT_TRUE(read);
  EXPECT_EQ(read->foundation, "842163049");
  EXPECT_EQ(read->component, "1");
  EXPECT_EQ(read->transport, "udp");
  EXPECT_EQ(read->priority, "1677729535");
  EXPECT_EQ(read->address, "203.0.113.7");
  EXPECT_EQ(read->port, "49923");
  EXPECT_EQ(read->type, candidate_type::srflx);
  EXPECT_TRUE(read->related);
}

TEST(Candidate, EveryTypeIsKnownInLettersOfAnyCase) {
  auto const type = [](std::string const& name) {
    return parse_candidate("1 1 UDP 1 192.0.2.1 9 TYP " + name).value().type;
  };

  EXPECT_EQ(type("host"), candidate_type::host);
  EXPECT_EQ(type("SRFLX"), candidate_type::srflx);
  EXPECT_EQ(type("Prflx"), candidate_type::prflx);
  EXPECT_EQ(type("relaY"), candidate_type::relay);
}

TEST(Candidate, TheRelatedAddressIsReplacedByNoneOfTheSameFamily) {
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ srflx raddr 192.168.1.5 rport 5000"),
            "candidate:1 1 udp 1 203.0.113.7 9 typ srflx raddr 0.0.0.0 rport 0");
  EXPECT_EQ(written("1 1 udp 1 2001:db8::7 9 typ relay raddr 2001:db8::99 rport 5000"),
            "candidate:1 1 udp 1 2001:db8::7 9 typ relay raddr :: rport 0");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ srflx RADDR 192.168.1.5"),
            "candidate:1 1 udp 1 203.0.113.7 9 typ srflx raddr 0.0.0.0 rport 0");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ srflx rport 5000"),
            "candidate:1 1 udp 1 203.0.113.7 9 typ srflx raddr 0.0.0.0 rport 0");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ srflx"),
            "candidate:1 1 udp 1 203.0.113.7 9 typ srflx");
}

TEST(Candidate, ExtensionsStayUnlessTheyCouldHoldAnAddress) {
  EXPECT_EQ(written("1 1 tcp 1 203.0.113.7 9 typ relay tcptype active generation 0 network-id 3 "
                    "ufrag t7/c network-cost 999"),
            "candidate:1 1 tcp 1 203.0.113.7 9 typ relay tcptype active generation 0 network-id 3 "
            "ufrag t7/c network-cost 999");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ relay local 192.168.1.5 generation 0 b fe80::1"),
            "candidate:1 1 udp 1 203.0.113.7 9 typ relay generation 0");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ relay 192.168.1.5 x generation 0"),
            "candidate:1 1 udp 1 203.0.113.7 9 typ relay generation 0");
}

TEST(Candidate, ARelatedAddressOutOfItsPlaceIsNoExtension) {
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ relay raddr 10.0.0.1 raddr 10 rport 5000"),
            "candidate:1 1 udp 1 203.0.113.7 9 typ relay raddr 0.0.0.0 rport 0");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ relay generation 0 rport 5000 x y"),
            "candidate:1 1 udp 1 203.0.113.7 9 typ relay generation 0 x y");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ relay x raddr 10 rport"),
            "candidate:1 1 udp 1 203.0.113.7 9 typ relay");
}

TEST(Candidate, ASecondTypeIsNoExtension) {
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ relay typ host"),
            "candidate:1 1 udp 1 203.0.113.7 9 typ relay");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ relay x typ host 1"),
            "candidate:1 1 udp 1 203.0.113.7 9 typ relay host 1");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ relay generation"),
            "candidate:1 1 udp 1 203.0.113.7 9 typ relay");
}

TEST(Candidate, OnlyAHostCandidateMayHaveANameForAnAddress) {
  EXPECT_EQ(written("1 1 udp 1 abc-1.local 9 typ host"),
            "candidate:1 1 udp 1 abc-1.local 9 typ host");
  EXPECT_EQ(written("1 1 udp 1 abc-1.local 9 typ srflx"), "none");
  EXPECT_EQ(written("1 1 udp 1 abc-1.local 9 typ relay"), "none");
  EXPECT_EQ(written("1 1 udp 1 turn.example.org 9 typ relay"), "none");
  EXPECT_EQ(written("1 1 udp 1 fe80::1%eth0 9 typ relay"), "none");
}

TEST(Candidate, SpacesBetweenFieldsAreWrittenOnce) {
  EXPECT_EQ(written("  1  1 udp   1 203.0.113.7 9  typ relay  generation   0  "),
            "candidate:1 1 udp 1 203.0.113.7 9 typ relay generation 0");
}

TEST(Candidate, WhatTheGrammarForbidsIsNone) {
  EXPECT_EQ(written(""), "none");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9"), "none");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ"), "none");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 typ token"), "none");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 9 relay typ"), "none");
  EXPECT_EQ(written("1. 1 udp 1 203.0.113.7 9 typ relay"), "none");
  EXPECT_EQ(written(std::string(33, '1') + " 1 udp 1 203.0.113.7 9 typ relay"), "none");
  EXPECT_EQ(written("1 x udp 1 203.0.113.7 9 typ relay"), "none");
  EXPECT_EQ(written("1 1000 udp 1 203.0.113.7 9 typ relay"), "none");
  EXPECT_EQ(written("1 1 u:p 1 203.0.113.7 9 typ relay"), "none");
  EXPECT_EQ(written("1 1 udp -1 203.0.113.7 9 typ relay"), "none");
  EXPECT_EQ(written("1 1 udp 12345678901 203.0.113.7 9 typ relay"), "none");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.07 9 typ relay"), "none");
  EXPECT_EQ(written("1 1 udp 1 203.0.113.7 123456 typ relay"), "none");
  EXPECT_EQ(written("1 1 udp 1 a_b 9 typ host"), "none");
  EXPECT_EQ(written("1 1 udp 1 " + std::string(254, 'a') + " 9 typ host"), "none");
}

}  // namespace
}  // namespace waggle::sdp
