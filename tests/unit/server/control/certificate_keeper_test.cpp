// SPDX-License-Identifier: Apache-2.0
// Which changes of two files are taken into use, which are refused, and what operators are told.
// Real files, looked at by hand: nothing waits.
#include "server/control/certificate_keeper.hpp"

#include "tests/support/certificate.hpp"

#include <gtest/gtest.h>
#include <openssl/x509.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <vector>

namespace waggle {
namespace {

namespace files = std::filesystem;
using namespace std::chrono_literals;
using test::certificate;
using test::temporary_folder;

long serial_of(net::tls_context const& context) {
  return ::ASN1_INTEGER_get(::X509_get0_serialNumber(::SSL_CTX_get0_certificate(context.get())));
}

/// Certificates of one kind that differ in serial and key; made once, since keys take time.
certificate const& first() {
  static certificate const made{{.serial = 1}};
  return made;
}
certificate const& second() {
  static certificate const made{{.serial = 2, .valid_for = 48h}};
  return made;
}
certificate const& rsa() {
  static certificate const made{{.serial = 3, .rsa = true}};
  return made;
}

/// Whether somebody opens a file; a look by stat(2) does not.
class opens_watch {
 public:
  explicit opens_watch(std::string const& path) : queue_(::inotify_init1(IN_NONBLOCK)) {
    EXPECT_GE(::inotify_add_watch(queue_, path.c_str(), IN_OPEN), 0);
  }
  opens_watch(opens_watch const&) = delete;
  opens_watch& operator=(opens_watch const&) = delete;
  ~opens_watch() { ::close(queue_); }

  [[nodiscard]] bool seen() const {
    std::array<char, 4096> events{};
    return ::read(queue_, events.data(), events.size()) > 0;
  }

 private:
  int queue_;
};

/// A folder with the first pair in chain.pem and key.pem, and a keeper of two paths in it.
struct kept {
  explicit kept(std::string const& chain = "chain.pem", std::string const& key = "key.pem",
                runtime::file_limits const& limits = net::tls_file_limits)
      : keeper(loop, {.files = {folder.path(chain), folder.path(key)}, .limits = limits}) {
    write(first(), first());
  }

  void write(certificate const& chain, certificate const& key) const {
    folder.write("chain.pem", chain.certificate_pem());
    folder.write("key.pem", key.key_pem());
  }
  void write_folder(std::string const& name, certificate const& pair) const {
    files::create_directory(folder.path(name));
    folder.write(name + "/chain.pem", pair.certificate_pem());
    folder.write(name + "/key.pem", pair.key_pem());
  }
  /// What `ln -sfn` does, in one step.
  void link(std::string const& target, std::string const& name) const {
    files::create_symlink(target, folder.path("new-link"));
    files::rename(folder.path("new-link"), folder.path(name));
  }
  void begin() {
    ASSERT_TRUE(keeper.load()) << keeper.facts().problem;
    keeper.start(
        [this](net::tls_context const& context) { installed.push_back(serial_of(context)); });
  }
  [[nodiscard]] long serial() const { return serial_of(keeper.context()); }
  [[nodiscard]] certificate_facts const& facts() const { return keeper.facts(); }

  temporary_folder folder;
  net::asio::io_context loop{1};
  certificate_keeper keeper;
  std::vector<long> installed;
};

/// The new pair is in use: installed once, counted, and nothing is wrong any more.
void expect_changed_to(kept const& at, certificate const& pair, long serial) {
  EXPECT_EQ(at.serial(), serial);
  ASSERT_FALSE(at.installed.empty());
  EXPECT_EQ(at.installed.back(), serial);
  EXPECT_EQ(at.facts().reloads, at.installed.size());
  EXPECT_EQ(at.facts().problem, "");
  auto const expected =
      net::load_tls({pair.certificate_file(), pair.key_file()}, net::ticket_keys::random());
  EXPECT_EQ(at.facts().not_after, expected.not_after);
}

/// The first pair is still in use, and operators are told why.
void expect_refused(kept const& at, std::string const& why) {
  EXPECT_EQ(at.serial(), 1);
  EXPECT_TRUE(at.installed.empty());
  EXPECT_EQ(at.facts().reloads, 0U);
  EXPECT_NE(at.facts().problem.find(why), std::string::npos) << at.facts().problem;
}

TEST(CertificateKeeper, LoadsTheFirstPairAndTellsItsExpiry) {
  kept at;

  at.begin();

  EXPECT_EQ(at.serial(), 1);
  EXPECT_TRUE(at.installed.empty());
  EXPECT_EQ(at.facts().reloads, 0U);
  EXPECT_GT(at.facts().not_after, std::chrono::system_clock::now() + 23h);
}

TEST(CertificateKeeper, RefusesAFirstPairThatDoesNotFit) {
  kept at;
  at.write(first(), second());

  EXPECT_FALSE(at.keeper.load());
  EXPECT_NE(at.facts().problem.find("key.pem"), std::string::npos) << at.facts().problem;
}

TEST(CertificateKeeper, LoadsWhatHasNotChangedOnlyOnce) {
  kept at;
  at.begin();

  for (int i = 0; i < 3; ++i) at.keeper.check();
  at.write(first(), first());  // others of the same content
  at.keeper.check();

  EXPECT_TRUE(at.installed.empty());
  EXPECT_EQ(at.facts().reloads, 0U);
  EXPECT_EQ(at.facts().reloads_refused, 0U);
}

TEST(CertificateKeeper, TakesFilesThatWereWrittenOver) {
  kept at;
  at.begin();

  at.write(second(), second());
  at.keeper.check();
  at.keeper.check();

  expect_changed_to(at, second(), 2);
  EXPECT_EQ(at.facts().reloads, 1U);
}

// In place and of the same length, perhaps within one tick of the file system's clock: then nothing
// but the content tells such files apart.
TEST(CertificateKeeper, TakesEveryOneOfManyQuickChanges) {
  kept at;
  at.begin();
  certificate const third{{.serial = 3}};
  auto const padded = [](std::string text) {
    text.resize(4096, '\n');
    return text;
  };

  for (int round = 0; round < 50; ++round) {
    for (auto const* const pair : {&second(), &third}) {
      at.folder.write("chain.pem", padded(pair->certificate_pem()));
      at.folder.write("key.pem", padded(pair->key_pem()));
      at.keeper.check();
      ASSERT_EQ(at.serial(), pair == &third ? 3 : 2) << "round " << round;
    }
  }

  EXPECT_EQ(at.facts().reloads, 100U);
}

TEST(CertificateKeeper, TakesTheKeyAfterTheCertificate) {
  kept at;
  at.begin();

  at.folder.write("chain.pem", second().certificate_pem());
  at.keeper.check();
  expect_refused(at, "key values mismatch");
  EXPECT_EQ(at.facts().reloads_refused, 1U);

  at.folder.write("key.pem", second().key_pem());
  at.keeper.check();
  expect_changed_to(at, second(), 2);
  EXPECT_EQ(at.facts().reloads_refused, 1U);
}

TEST(CertificateKeeper, TakesAHalfWrittenKeyWhenItIsWhole) {
  kept at;
  at.begin();
  auto const half = second().key_pem().size() / 2;

  at.folder.write("chain.pem", second().certificate_pem());
  at.folder.write("key.pem", second().key_pem().substr(0, half));
  at.keeper.check();
  expect_refused(at, "key.pem");

  std::ofstream{at.folder.path("key.pem"), std::ios::app} << second().key_pem().substr(half);
  at.keeper.check();
  expect_changed_to(at, second(), 2);
}

TEST(CertificateKeeper, TakesFilesThatWereRenamedOver) {
  kept at;
  at.begin();

  at.write_folder("new", second());
  files::rename(at.folder.path("new/key.pem"), at.folder.path("key.pem"));
  files::rename(at.folder.path("new/chain.pem"), at.folder.path("chain.pem"));
  at.keeper.check();

  expect_changed_to(at, second(), 2);
}

TEST(CertificateKeeper, FollowsLinksThatAreSwappedOneByOne) {  // as certbot's live/
  kept at{"live-chain.pem", "live-key.pem"};
  at.write_folder("new", second());
  at.link("chain.pem", "live-chain.pem");
  at.link("key.pem", "live-key.pem");
  at.begin();

  at.link("new/chain.pem", "live-chain.pem");
  at.keeper.check();
  expect_refused(at, "key values mismatch");

  at.link("new/key.pem", "live-key.pem");
  at.keeper.check();
  expect_changed_to(at, second(), 2);
}

TEST(CertificateKeeper, FollowsALinkOfAFolderThatIsSwapped) {  // as Kubernetes' ..data
  kept at{"..data/chain.pem", "..data/key.pem"};
  at.write_folder("..1", first());
  at.write_folder("..2", second());
  at.link("..1", "..data");
  at.begin();

  at.link("..2", "..data");
  at.keeper.check();

  expect_changed_to(at, second(), 2);
}

// Files that were not written lately: only what stat(2) says makes the keeper open them.
constexpr runtime::file_limits settled{.bytes_max = 1'000'000, .clock_tick = 0ms};

TEST(CertificateKeeper, DoesNotOpenFilesThatLookUnchanged) {
  kept at{"chain.pem", "key.pem", settled};
  at.begin();
  opens_watch const opens{at.folder.path("chain.pem")};

  for (int i = 0; i < 3; ++i) at.keeper.check();
  EXPECT_FALSE(opens.seen());

  at.keeper.reload();
  EXPECT_TRUE(opens.seen());
}

TEST(CertificateKeeper, OpensFilesThatWereWrittenJustBefore) {
  kept at{"chain.pem", "key.pem", {.bytes_max = 1'000'000, .clock_tick = 1h}};
  at.begin();
  opens_watch const opens{at.folder.path("key.pem")};

  at.keeper.check();

  EXPECT_TRUE(opens.seen());
}

TEST(CertificateKeeper, NoticesByLooksThatFilesWereReplaced) {
  kept at{"live/chain.pem", "live/key.pem", settled};
  at.write_folder("1", first());
  at.write_folder("2", second());
  at.write_folder("3", rsa());
  at.link("1", "live");
  at.begin();

  at.link("2", "live");
  at.keeper.check();
  expect_changed_to(at, second(), 2);

  files::rename(at.folder.path("3/chain.pem"), at.folder.path("2/chain.pem"));
  at.keeper.check();
  EXPECT_NE(at.facts().problem, "");
  files::rename(at.folder.path("3/key.pem"), at.folder.path("2/key.pem"));
  at.keeper.check();
  expect_changed_to(at, rsa(), 3);

  files::remove(at.folder.path("live"));
  at.keeper.check();
  EXPECT_NE(at.facts().problem, "");
}

TEST(CertificateKeeper, KeepsTheOldPairWhenTheNewOneDoesNotFit) {
  kept at;
  at.begin();
  auto const before = at.facts().not_after;

  at.write(second(), rsa());
  for (int i = 0; i < 3; ++i) at.keeper.check();

  expect_refused(at, "key type mismatch");
  EXPECT_EQ(at.facts().reloads_refused, 1U);  // once a change
  EXPECT_EQ(at.facts().not_after, before);
}

TEST(CertificateKeeper, RecoversWithTheOldPairOrWithANewOne) {
  for (auto const* const good : {&first(), &second()}) {
    kept at;
    at.begin();
    at.write(first(), rsa());
    at.keeper.check();
    expect_refused(at, "key type mismatch");

    at.write(*good, *good);
    at.keeper.check();

    expect_changed_to(at, *good, good == &first() ? 1 : 2);
  }
}

TEST(CertificateKeeper, TakesAPairOfAnotherKeyType) {
  kept at;
  at.begin();

  at.write(rsa(), rsa());
  at.keeper.check();

  expect_changed_to(at, rsa(), 3);
}

// What is to be done about it is for a person to say; to refuse it could end the service at a
// restart.
TEST(CertificateKeeper, TakesAnExpiredCertificate) {
  kept at;
  at.begin();
  certificate const expired{{.serial = 4, .valid_for = -1h}};

  at.write(expired, expired);
  at.keeper.check();

  expect_changed_to(at, expired, 4);
  EXPECT_LT(at.facts().not_after, std::chrono::system_clock::now());
}

TEST(CertificateKeeper, KeepsThePairWhoseFilesAreDeleted) {
  kept at;
  at.begin();

  for (auto const* const name : {"key.pem", "chain.pem"}) files::remove(at.folder.path(name));
  for (int i = 0; i < 3; ++i) at.keeper.check();

  expect_refused(at, "chain.pem: No such file or directory");
  EXPECT_EQ(at.facts().reloads_refused, 1U);
  at.write(second(), second());
  at.keeper.check();
  expect_changed_to(at, second(), 2);
}

TEST(CertificateKeeper, DoesNotWaitForAFifo) {
  kept at;
  at.begin();
  files::remove(at.folder.path("key.pem"));
  ASSERT_EQ(::mkfifo(at.folder.path("key.pem").c_str(), 0600), 0);

  at.keeper.check();

  expect_refused(at, "key.pem: not a regular file");
}

TEST(CertificateKeeper, RefusesAFileThatIsTooLong) {
  kept at;
  at.begin();

  at.folder.write("chain.pem", std::string(net::tls_file_limits.bytes_max + 1, '\n'));
  at.keeper.check();

  expect_refused(at, "longer than 1048576 bytes");
}

TEST(CertificateKeeper, ReloadsOnRequestWhatHasNotChanged) {
  kept at;
  at.begin();

  at.keeper.reload();

  expect_changed_to(at, first(), 1);
  EXPECT_EQ(at.facts().reloads, 1U);
}

TEST(CertificateKeeper, RefusesOnRequestEveryTime) {
  kept at;
  at.begin();
  at.write(second(), first());

  at.keeper.reload();
  at.keeper.reload();
  at.keeper.check();

  expect_refused(at, "key values mismatch");
  EXPECT_EQ(at.facts().reloads_refused, 2U);
}

TEST(CertificateKeeper, LooksByItselfEveryInterval) {
  kept at;
  certificate_keeper keeper{
      at.loop,
      {.files = {at.folder.path("chain.pem"), at.folder.path("key.pem")}, .check_interval = 1ms}};
  ASSERT_TRUE(keeper.load());
  std::vector<long> installed;
  keeper.start([&](net::tls_context const& context) { installed.push_back(serial_of(context)); });
  auto const turn_until = [&](std::size_t count) {
    auto const until = std::chrono::steady_clock::now() + 10s;
    while (installed.size() < count && std::chrono::steady_clock::now() < until) {
      at.loop.run_one_until(until);
    }
  };

  at.write(second(), second());
  turn_until(1);
  at.write(first(), first());
  turn_until(2);

  EXPECT_EQ(installed, (std::vector<long>{2, 1}));
}

TEST(CertificateKeeper, HasNothingToDoWithoutTls) {
  net::asio::io_context loop{1};
  certificate_keeper keeper{loop, {}};

  ASSERT_TRUE(keeper.load());
  keeper.start([](net::tls_context const&) { FAIL() << "nothing to install"; });
  keeper.check();
  keeper.reload();

  EXPECT_EQ(loop.poll(), 0U);
  EXPECT_EQ(keeper.context(), nullptr);
  EXPECT_EQ(keeper.facts().not_after, std::chrono::sys_seconds{});
  EXPECT_EQ(keeper.facts().problem, "");
}

TEST(CertificateKeeper, LooksInTheNewPeriodAtOnceWhereTheOldOneWasLong) {
  kept const at;
  net::asio::io_context loop{1};
  certificate_keeper keeper{
      loop,
      {.files = {at.folder.path("chain.pem"), at.folder.path("key.pem")}, .check_interval = 1h}};
  ASSERT_TRUE(keeper.load());
  keeper.start({});
  at.write(second(), second());

  keeper.check_every(1ms);

  auto const until = std::chrono::steady_clock::now() + 20s;
  while (keeper.facts().reloads == 0 && std::chrono::steady_clock::now() < until) {
    loop.run_one_for(20s);
  }
  EXPECT_EQ(serial_of(keeper.context()), 2);
}

}  // namespace
}  // namespace waggle
