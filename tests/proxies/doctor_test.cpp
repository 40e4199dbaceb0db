// SPDX-License-Identifier: Apache-2.0
// `waggle doctor` through the documented proxies, and through ones that somebody got wrong. Silence
// is measured for real, past the server's ping at 25 s; all of these run beside each other.
#include "tests/integration/tracker.hpp"
#include "tests/proxies/real_proxy.hpp"
#include "tests/proxies/snippets.hpp"
#include "tests/support/doctor_process.hpp"

#include <map>
#include <optional>

namespace waggle::test {
namespace {

using testing::HasSubstr;

/// A server, the proxy in front of it, and doctor in front of that. doctor comes from another
/// address than the proxy, so that the server can tell them apart.
class patient {
 public:
  explicit patient(tracker_options const& options) : server(options) {}

  void examine(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {proxy->at().scheme + "://" + address_of(proxy->at()) + "/",
                                         "--from", "127.0.0.2", "--internal",
                                         "http://" + address_of(server.process().internal())});
    doctor_.emplace(std::move(arguments));
  }
  diagnosis const& found() {
    if (!found_) found_ = doctor_->wait();
    return *found_;
  }

  tracker server;
  std::optional<real_proxy> proxy;

 private:
  std::optional<doctor_process> doctor_;
  std::optional<diagnosis> found_;
};

tracker_options believing_proxies(std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(), {"--trusted-proxies", "127.0.0.1"});
  // What an operator has, and not the short deadlines of other tests.
  return {.settings = {"session.ping_after=25s", "session.dead_after=60s"},
          .arguments = std::move(arguments)};
}

endpoint somewhere(std::string const& scheme) {
  return {scheme, "127.0.0.1", free_port()};
}

/// Those whose silence is measured: started together, asked for one after the other.
class Doctor : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    pair.emplace(certificate_options{.valid_for = std::chrono::hours{24 * 90}});
    folder.emplace();
    start_nginx("nginx", "2m");
    start_nginx("hasty nginx", "10s");
    start_haproxy();
    start_haproxy_with_tls_ended();
    start_haproxy_with_tls_passed_through();
    start_caddy();
    auto const idle = std::vector<std::string>{"--idle", "28", "--ca", pair->certificate_file()};
    for (auto& [name, who] : patients) who->examine(idle);
  }
  static void TearDownTestSuite() {
    patients.clear();
    folder.reset();
    pair.reset();
  }
  static diagnosis const& found(std::string const& name) { return patients.at(name)->found(); }

  static void expect_well(std::string const& name) {
    auto const& said = found(name);
    EXPECT_EQ(said.code, 0) << said.out;
    for (auto const* const check : {"address", "tls", "certificate", "upgrade", "announce",
                                    "counts", "offer", "answer", "latency", "leave", "frames"}) {
      EXPECT_EQ(said.of(check).verdict, "ok") << check << ": " << said.out;
    }
    EXPECT_EQ(said.of("silence").verdict, "ok") << said.out;
    EXPECT_THAT(said.of("silence").text, HasSubstr("pinged after 25."));
    EXPECT_THAT(said.of("header trust").text, HasSubstr("the server sees 127.0.0.2, and"));
    EXPECT_THAT(said.summary(), HasSubstr("all well: 13 checks, none failed\n"));
  }

 private:
  static patient& add(std::string const& name, tracker_options const& of = believing_proxies()) {
    return *patients.emplace(name, std::make_unique<patient>(of)).first->second;
  }
  /// The server listens for PROXY headers, with these flags, and for nothing else.
  static patient& add_behind_proxy_protocol(std::string const& name,
                                            std::vector<std::string> arguments) {
    auto options = believing_proxies(std::move(arguments));
    options.default_listener = false;
    return add(name, options);
  }
  static void start_nginx(std::string const& name, std::string const& patience) {
    auto& who = add(name);
    auto const at = somewhere("wss");
    auto const text = nginx_snippet(at, who.server.plain(), *pair);
    who.proxy.emplace(real_proxy::nginx(
        at, with(text, "proxy_read_timeout 2m", "proxy_read_timeout " + patience)));
  }
  static std::string both() {
    return folder->write("both.pem", pair->certificate_pem() + pair->key_pem());
  }
  static void start_haproxy() {
    auto& who = add("haproxy");
    auto const at = somewhere("wss");
    who.proxy.emplace(real_proxy::haproxy(at, haproxy_snippet(at, who.server.plain(), both())));
  }
  static void start_haproxy_with_tls_ended() {
    auto& who = add_behind_proxy_protocol("haproxy, TLS ended", {"--listen-proxy", "127.0.0.1:0"});
    auto const at = somewhere("wss");
    auto text = with(snippet("haproxy.cfg, TLS ended"), ":443", address_of(at));
    text = with(text, "/etc/ssl/tracker.example.org/both.pem", both());
    text = with(text, "127.0.0.1:8002", address_of(who.server.process().proxy()));
    who.proxy.emplace(real_proxy::haproxy(at, text));
  }
  static void start_haproxy_with_tls_passed_through() {
    auto& who = add_behind_proxy_protocol(
        "haproxy, TLS passed through", {"--listen-tls-proxy", "127.0.0.1:0", "--tls-cert",
                                        pair->certificate_file(), "--tls-key", pair->key_file()});
    auto const at = somewhere("wss");
    auto text = with(snippet("haproxy.cfg, TLS passed through"), ":443", address_of(at));
    text = with(text, "127.0.0.1:8444", address_of(who.server.process().proxy_tls()));
    who.proxy.emplace(real_proxy::haproxy(at, text));
  }
  static void start_caddy() {
    auto& who = add("caddy");
    auto const at = somewhere("wss");
    who.proxy.emplace(real_proxy::caddy(at, caddy_snippet(at, who.server.plain(), *pair)));
  }

  static inline std::optional<certificate> pair;
  static inline std::optional<temporary_folder> folder;
  static inline std::map<std::string, std::unique_ptr<patient>> patients;
};

TEST_F(Doctor, FindsTheDocumentedNginxWell) {
  expect_well("nginx");
}
TEST_F(Doctor, FindsTheDocumentedHaproxyWell) {
  expect_well("haproxy");
}
TEST_F(Doctor, FindsTheDocumentedHaproxyThatEndsTlsWell) {
  expect_well("haproxy, TLS ended");
}
TEST_F(Doctor, FindsTheDocumentedHaproxyThatPassesTlsThroughWell) {
  expect_well("haproxy, TLS passed through");
}
TEST_F(Doctor, FindsTheDocumentedCaddyWell) {
  expect_well("caddy");
}

TEST_F(Doctor, NamesAProxyTimeoutOfTenSeconds) {
  auto const& said = found("hasty nginx");

  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.of("silence").verdict, "FAIL") << said.out;
  EXPECT_THAT(said.of("silence").text, HasSubstr("cut after 10.0 s of silence"));
  EXPECT_THAT(said.of("silence").text, HasSubstr("proxy_read_timeout"));
  EXPECT_THAT(said.summary(), HasSubstr("1 check of 13 failed: silence"));
}

/// Doctor in front of an nginx of which something was changed; silence is left out.
class DoctorOfNginx : public testing::Test {
 protected:
  diagnosis through(std::string const& from, std::string const& to,
                    std::vector<std::string> arguments = {}) {
    who.proxy.emplace(
        real_proxy::nginx(at, with(nginx_snippet(at, who.server.plain(), pair), from, to)));
    arguments.insert(arguments.end(), {"--idle", "0", "--ca", pair.certificate_file()});
    who.examine(std::move(arguments));
    return who.found();
  }
  /// Answered by the proxy instead of by the server.
  std::string upgrade_answered(std::string const& directive) {
    auto const said = through("proxy_pass http://waggle;", directive);
    EXPECT_EQ(said.code, 1);
    EXPECT_EQ(said.of("upgrade").verdict, "FAIL") << said.out;
    return said.of("upgrade").text;
  }

  certificate pair;
  endpoint at = somewhere("wss");
  patient who{believing_proxies()};
};

TEST_F(DoctorOfNginx, NamesAMissingUpgradeHeader) {
  auto const said = through("proxy_set_header Upgrade $http_upgrade;", "");

  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.of("upgrade").verdict, "FAIL");
  EXPECT_THAT(said.of("upgrade").text, HasSubstr("without its Upgrade header"));
  EXPECT_THAT(said.of("upgrade").text, HasSubstr("proxy_set_header Upgrade $http_upgrade"));
}

TEST_F(DoctorOfNginx, NamesAMissingConnectionHeader) {
  auto const said = through("proxy_set_header Connection \"upgrade\";", "");

  EXPECT_EQ(said.of("upgrade").verdict, "FAIL");
  EXPECT_THAT(said.of("upgrade").text,
              HasSubstr("passes Upgrade on to Waggle, but not Connection"));
}

TEST_F(DoctorOfNginx, NamesAServerThatIsNotThere) {
  auto const text =
      upgrade_answered("proxy_pass http://127.0.0.1:" + std::to_string(free_port()) + ";");

  EXPECT_THAT(text, HasSubstr("502 Bad Gateway from nginx"));
  EXPECT_THAT(text, HasSubstr("cannot talk to Waggle"));
}

TEST_F(DoctorOfNginx, NamesServersThatShareNoSwarms) {
  tracker other;
  auto const first = "server " + address_of(who.server.plain()) + ";";

  auto const said = through(first, first + " server " + address_of(other.plain()) + ";");

  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.of("counts").verdict, "FAIL") << said.out;
  EXPECT_THAT(said.of("counts").text, HasSubstr("servers that do not share swarms"));
}

TEST_F(DoctorOfNginx, NamesARedirect) {
  auto const text = upgrade_answered("return 301 https://elsewhere.example.org/;");

  EXPECT_THAT(text, HasSubstr("wss://elsewhere.example.org/"));
}

TEST_F(DoctorOfNginx, NamesAPage) {
  EXPECT_THAT(upgrade_answered("return 200 hello;"), HasSubstr("a page came and no WebSocket"));
}

TEST_F(DoctorOfNginx, NamesAProxyThatHidesItsClients) {
  auto const said = through("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
                            "proxy_set_header X-Forwarded-For \"\";");

  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.of("header trust").verdict, "warn");
  EXPECT_THAT(said.of("header trust").text, HasSubstr("takes all clients for 127.0.0.1"));
}

TEST_F(DoctorOfNginx, NamesAProxyThatPassesOnWhatClientsWrite) {
  auto const said = through("$proxy_add_x_forwarded_for", "$http_x_forwarded_for");

  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.of("header trust").verdict, "FAIL") << said.out;
  EXPECT_THAT(said.of("header trust").text, HasSubstr("forged X-Forwarded-For was believed"));
}

TEST_F(DoctorOfNginx, NamesTheWrongScheme) {
  who.proxy.emplace(real_proxy::nginx(at, nginx_snippet(at, who.server.plain(), pair)));

  auto const said = run_doctor({"ws://" + address_of(at) + "/"});

  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.of("upgrade").text, HasSubstr("this port speaks TLS; use wss://"));
}

/// Doctor in front of an nginx with another certificate.
TEST(DoctorOfCertificates, NamesOneForAnotherHost) {
  certificate const authority{{.authority = true}};
  certificate const other{{.names = "DNS:other.example.org", .issuer = &authority}};
  patient who{believing_proxies()};
  auto const at = somewhere("wss");
  who.proxy.emplace(real_proxy::nginx(at, nginx_snippet(at, who.server.plain(), other)));

  who.examine({"--idle", "0", "--ca", authority.certificate_file()});
  auto const& said = who.found();

  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.of("certificate").verdict, "FAIL");
  EXPECT_THAT(said.of("certificate").text,
              HasSubstr("it is for other.example.org and not for 127.0.0.1"));
  EXPECT_THAT(said.of("certificate").text, testing::Not(HasSubstr("issuer")));
  EXPECT_EQ(said.of("upgrade").verdict, "");
}

TEST(DoctorOfCertificates, NamesAnUnknownAuthorityAndGoesOnIfTold) {
  certificate const authority{{.authority = true}};
  certificate const issued{{.issuer = &authority}};
  patient who{believing_proxies()};
  auto const at = somewhere("wss");
  who.proxy.emplace(real_proxy::nginx(at, nginx_snippet(at, who.server.plain(), issued)));

  who.examine({"--idle", "0", "--insecure"});
  auto const& said = who.found();

  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.of("certificate").verdict, "warn");
  EXPECT_THAT(said.of("certificate").text, HasSubstr("its issuer Test Authority is not known"));
  EXPECT_EQ(said.of("leave").verdict, "ok");
}

}  // namespace
}  // namespace waggle::test
