// SPDX-License-Identifier: Apache-2.0
// `waggle doctor` in front of the server itself, and of relays that get something wrong. What it
// says of real proxies is in tests/proxies.
#include "tests/integration/careless_relay.hpp"
#include "tests/integration/tracker.hpp"
#include "tests/support/doctor_process.hpp"

namespace waggle::test {
namespace {

using testing::HasSubstr;

std::string url_of(endpoint const& at) {
  return at.scheme + "://" + at.authority() + "/";
}

std::string internal_of(tracker& server) {
  return "http://" + server.process().internal().authority();
}

void expect_exchange(diagnosis const& said) {
  for (auto const* const name : {"address", "upgrade", "announce", "counts", "offer", "answer",
                                 "latency", "leave", "frames"}) {
    EXPECT_EQ(said.of(name).verdict, "ok") << name << ":\n" << said.out;
  }
}

class Doctor : public CoresTest {};
WAGGLE_ON_ONE_AND_TWO_CORES(Doctor);

TEST_P(Doctor, FindsAServerWellAndLeavesNothingBehind) {
  tracker server{cores()};

  auto const said = run_doctor({url_of(server.plain())});

  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.err, "");
  expect_exchange(said);
  EXPECT_EQ(said.of("header trust").verdict, "skip");
  EXPECT_THAT(said.of("header trust").text, HasSubstr("--internal"));
  EXPECT_EQ(said.of("silence").verdict, "skip");
  EXPECT_THAT(said.summary(), HasSubstr("all well: 11 checks, none failed; 2 could not be done"));
  EXPECT_TRUE(eventually([&] { return server.stats().at("peers") == 0; }));
}

TEST(DoctorOfTls, TellsOfTheCertificate) {
  certificate const authority{{.authority = true}};
  certificate const issued{{.valid_for = std::chrono::hours{24 * 20} + 1h, .issuer = &authority}};
  tracker server{{.arguments = {"--listen-tls", "127.0.0.1:0", "--tls-cert",
                                issued.certificate_file(), "--tls-key", issued.key_file()}}};
  auto const url = url_of(server.process().tls());

  auto const trusting = run_doctor({url, "--ca", authority.certificate_file()});
  EXPECT_EQ(trusting.code, 0);
  expect_exchange(trusting);
  EXPECT_THAT(trusting.of("tls").text, HasSubstr("TLSv1.3"));
  EXPECT_EQ(trusting.of("certificate").verdict, "ok");
  EXPECT_THAT(trusting.of("certificate").text, HasSubstr("issued by Test Authority"));
  EXPECT_THAT(trusting.of("certificate").text, HasSubstr("20 days left"));

  auto const doubting = run_doctor({url});
  EXPECT_EQ(doubting.code, 1);
  EXPECT_EQ(doubting.of("certificate").verdict, "FAIL");
  EXPECT_EQ(doubting.of("upgrade").verdict, "")
      << "nothing is said to a server that may be another";

  auto const wrong_scheme = run_doctor({"ws" + url.substr(3)});
  EXPECT_EQ(wrong_scheme.code, 1);
  EXPECT_THAT(wrong_scheme.of("upgrade").text, HasSubstr("wss://"));
}

TEST(DoctorOfTls, WarnsBeforeTheCertificateExpires) {
  certificate const pair{{.valid_for = std::chrono::hours{24 * 3} + 1h}};
  tracker server{{.arguments = {"--listen-tls", "127.0.0.1:0", "--tls-cert",
                                pair.certificate_file(), "--tls-key", pair.key_file()}}};

  auto const said = run_doctor({url_of(server.process().tls()), "--ca", pair.certificate_file()});

  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.of("certificate").verdict, "warn");
  EXPECT_THAT(said.of("certificate").text, HasSubstr("3 days left"));
}

TEST(DoctorOfTls, NamesAPortWithoutTls) {
  tracker server;

  auto const said = run_doctor({"wss://" + server.plain().authority()});

  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.of("tls").text, HasSubstr("this port does not speak TLS"));
}

TEST(DoctorOfFrames, TellsWhatSizeDoesNotPass) {
  tracker narrow{{.settings = {"session.message_bytes_max=32KiB"}}};
  auto const warned = run_doctor({url_of(narrow.plain())});
  EXPECT_EQ(warned.code, 0);
  EXPECT_EQ(warned.of("frames").verdict, "warn");
  EXPECT_THAT(warned.of("frames").text, HasSubstr("a message of 60 KB did not get through"));
  EXPECT_THAT(warned.of("frames").text, HasSubstr("1009"));
  EXPECT_THAT(warned.of("frames").text, HasSubstr("24 KB passed"));

  tracker narrower{{.settings = {"session.message_bytes_max=16KiB"}}};
  auto const failed = run_doctor({url_of(narrower.plain())});
  EXPECT_EQ(failed.code, 1);
  EXPECT_EQ(failed.of("frames").verdict, "FAIL");
  EXPECT_THAT(failed.of("frames").text, HasSubstr("a message of 24 KB"));
}

TEST(DoctorOfSilence, TellsOfThePingThatEndsIt) {
  tracker server{{.settings = {"session.ping_after=500ms", "session.dead_after=5s"}}};

  auto const said = doctor_process{{url_of(server.plain()), "--idle", "2"}}.wait();

  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.of("silence").verdict, "ok") << said.out;
  EXPECT_THAT(said.of("silence").text,
              HasSubstr("lived for 2 s and was of use then; the server pinged after 0."));
}

TEST(DoctorOfSilence, NamesAResetAndWhen) {
  tracker server;
  careless_relay const impatient{server.plain(), {.resets_after = 1s}};

  auto const said = doctor_process{{url_of(impatient.at()), "--idle", "5"}}.wait();

  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.of("silence").text, HasSubstr("cut after 1."));
  EXPECT_THAT(said.of("silence").text, HasSubstr("reset (TCP RST), so not by Waggle"));
}

TEST(DoctorOfSilence, NamesAServerThatStops) {
  constexpr int connections_of_doctor = 9;  // one to look, the silent one, three and four that talk
  tracker server;
  doctor_process doctor{{url_of(server.plain()), "--idle", "30"}};
  ASSERT_TRUE(eventually([&] {
    return server.metric("waggle_http_requests_total") == connections_of_doctor &&
           server.stats().at("connections") == 1;
  }));

  server.process().stop();

  auto const said = doctor.wait();
  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.of("silence").text, HasSubstr("closed with WebSocket code 1001"));
}

TEST(DoctorOfSilence, NamesAConnectionThatIsOnlyForgotten) {
  tracker server;
  careless_relay const forgetful{server.plain(), {.forgets_after = 500ms}};

  auto const said =
      doctor_process{{url_of(forgetful.at()), "--idle", "1", "--timeout", "500ms"}}.wait();

  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.of("silence").verdict, "FAIL") << said.out;
  EXPECT_THAT(said.of("silence").text, HasSubstr("nothing gets through any more"));
}

TEST(DoctorOfLeaving, NamesARelayThatKeepsClientsThatAreGone) {
  tracker server;
  careless_relay const relay{server.plain(), {.keeps_the_server_waiting = true}};

  auto const said = run_doctor({url_of(relay.at()), "--timeout", "1"});

  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.of("leave").verdict, "FAIL") << said.out;
  EXPECT_THAT(said.of("leave").text, HasSubstr("still counts 1 complete and 0 incomplete after 1"));
}

TEST(DoctorOfRelays, NamesOneThatRewritesOffers) {
  tracker server;
  careless_relay const relay{server.plain(), {.rewrites = true}};

  auto const said = run_doctor({url_of(relay.at())});

  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.of("offer").verdict, "FAIL") << said.out;
  EXPECT_THAT(said.of("offer").text, HasSubstr("arrived changed"));
  EXPECT_EQ(said.of("frames").verdict, "skip");
}

TEST(DoctorOfTrust, NamesAServerThatBelievesEverybody) {
  tracker server{{.arguments = {"--trusted-proxies", "127.0.0.0/8"}}};

  auto const said = run_doctor(
      {url_of(server.plain()), "--internal", internal_of(server), "--from", "127.0.0.2"});
  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.of("header trust").verdict, "FAIL");
  EXPECT_THAT(said.of("header trust").text, HasSubstr("forged X-Forwarded-For was believed"));

  auto const there = run_doctor({url_of(server.plain()), "--internal", internal_of(server)});
  EXPECT_EQ(there.code, 0) << "doctor may well sit where the proxy does";
  EXPECT_EQ(there.of("header trust").verdict, "skip");
}

TEST(DoctorOfTrust, NamesTheOtherHeaderToo) {
  tracker server{{.settings = {"network.forwarded_header=forwarded"},
                  .arguments = {"--trusted-proxies", "127.0.0.0/8"}}};

  auto const said = run_doctor(
      {url_of(server.plain()), "--internal", internal_of(server), "--from", "127.0.0.2"});

  EXPECT_THAT(said.of("header trust").text, HasSubstr("a forged Forwarded was believed"));
}

TEST(DoctorOfTrust, IsContentWithAServerThatBelievesNobody) {
  tracker server;

  auto const said = run_doctor(
      {url_of(server.plain()), "--internal", internal_of(server), "--from", "127.0.0.2"});

  EXPECT_EQ(said.of("header trust").verdict, "ok");
  EXPECT_THAT(said.of("header trust").text, HasSubstr("the server sees 127.0.0.2, and"));
}

TEST(DoctorOfTrust, SaysWhenTheInternalListenerIsNone) {
  tracker server;

  auto const said =
      run_doctor({url_of(server.plain()), "--internal", "http://" + server.plain().authority()});

  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.of("header trust").text, HasSubstr("gave no answer: it answered 426"));
}

TEST(DoctorOfAccess, NeedsASwarmThatIsServed) {
  std::string const hash = "00112233445566778899aabbccddeeff01234567";
  tracker server{{.settings = {"access.mode=allow", "access.info_hashes=" + hash}}};

  auto const refused = run_doctor({url_of(server.plain())});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.of("announce").text, HasSubstr("--info-hash"));

  auto const served = run_doctor({url_of(server.plain()), "--info-hash", hash});
  EXPECT_EQ(served.code, 0);
  expect_exchange(served);
}

TEST(DoctorUsage, AServerThatIsNotThereFails) {
  auto const said = run_doctor({"ws://127.0.0.1:1/"});

  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.of("address").text, HasSubstr("refused"));
}

TEST(DoctorUsage, AWrongRequestExitsWithTwo) {
  for (auto const& wrong :
       std::vector<std::vector<std::string>>{{"http://127.0.0.1/"},
                                             {"ws://127.0.0.1/", "--from", "here"},
                                             {"ws://127.0.0.1/", "--internal", "127.0.0.1:8001"},
                                             {"ws://127.0.0.1/", "--info-hash", "xyz"},
                                             {"ws://127.0.0.1/", "--ca", "/nonexistent/ca.pem"},
                                             {"ws://127.0.0.1/", "--timeout", "0"}}) {
    auto const said = run_doctor(wrong);
    EXPECT_EQ(said.code, 2);
    EXPECT_EQ(said.out, "");
    EXPECT_NE(said.err, "");
  }
}

TEST(DoctorUsage, JsonHasTheSameChecks) {
  tracker server;

  auto const said = run_doctor({url_of(server.plain()), "--json"});

  EXPECT_EQ(said.code, 0);
  auto const list = json::parse(said.out);
  ASSERT_EQ(list.size(), 11U);
  EXPECT_EQ(list[0].at("check"), "address");
  EXPECT_EQ(list[0].at("verdict"), "ok");
}

}  // namespace
}  // namespace waggle::test
