// SPDX-License-Identifier: Apache-2.0
// Loading a certificate and its key, and what an operator is told when that fails.
#include "server/net/tls_context.hpp"

#include "tests/support/certificate.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

namespace waggle::net {
namespace {

using waggle::test::certificate;
using waggle::test::temporary_folder;

ticket_keys const keys = ticket_keys::random();

TEST(TlsContext, LoadsAPairThatFits) {
  certificate const pair;

  auto const loaded = load_tls({pair.certificate_file(), pair.key_file()}, keys);

  EXPECT_TRUE(loaded.context);
  EXPECT_EQ(loaded.problem, "");
}

TEST(TlsContext, RefusesAKeyThatDoesNotFitAndNamesIt) {
  certificate const one;
  certificate const other;

  auto const loaded = load_tls({one.certificate_file(), other.key_file()}, keys);

  EXPECT_FALSE(loaded.context);
  EXPECT_NE(loaded.problem.find(other.key_file()), std::string::npos) << loaded.problem;
}

TEST(TlsContext, RefusesAKeyOfAnotherType) {
  certificate const curve;
  certificate const rsa{{.rsa = true}};

  for (auto const* const pair : {&curve, &rsa}) {
    auto const& other = pair == &curve ? rsa : curve;
    auto const loaded = load_tls({pair->certificate_file(), other.key_file()}, keys);
    EXPECT_FALSE(loaded.context);
    EXPECT_NE(loaded.problem.find("key type mismatch"), std::string::npos) << loaded.problem;
    EXPECT_TRUE(load_tls({pair->certificate_file(), pair->key_file()}, keys).context);
  }
}

TEST(TlsContext, RefusesAKeyWithAPassphraseInsteadOfAskingForIt) {
  certificate const pair{{.passphrase = "secret"}};

  auto const loaded = load_tls({pair.certificate_file(), pair.key_file()}, keys);

  EXPECT_FALSE(loaded.context);
  EXPECT_NE(loaded.problem.find(pair.key_file()), std::string::npos) << loaded.problem;
  EXPECT_NE(loaded.problem.find("passphrase"), std::string::npos) << loaded.problem;
}

TEST(TlsContext, TellsSerialAndExpiry) {
  auto const before = std::chrono::system_clock::now();
  certificate const pair{{.serial = 0x1234abc, .valid_for = std::chrono::hours{1000}}};

  auto const loaded = load_tls({pair.certificate_file(), pair.key_file()}, keys);

  EXPECT_EQ(loaded.serial, "01234ABC");
  EXPECT_GT(loaded.not_after, before + std::chrono::hours{1000} - std::chrono::seconds{1});
  EXPECT_LE(loaded.not_after, std::chrono::system_clock::now() + std::chrono::hours{1000});
}

TEST(TlsContext, TakesAWholeChainAndAKeyInTheSameFile) {
  certificate const leaf{{.serial = 7}};
  certificate const issuer{{.serial = 8}};
  temporary_folder const folder;
  auto const all =
      folder.write("all.pem", leaf.key_pem() + leaf.certificate_pem() + issuer.certificate_pem());

  auto const loaded = load_tls({all, all}, keys);

  ASSERT_TRUE(loaded.context) << loaded.problem;
  EXPECT_EQ(loaded.serial, "07");
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(loaded.context.get(), &chain);
  EXPECT_EQ(sk_X509_num(chain), 1);
}

TEST(TlsContext, RefusesAChainThatEndsInTheMiddle) {
  certificate const leaf;
  certificate const issuer;
  temporary_folder const folder;
  auto const half = issuer.certificate_pem().substr(0, issuer.certificate_pem().size() / 2);
  auto const chain = folder.write("chain.pem", leaf.certificate_pem() + half);

  EXPECT_NE(load_tls({chain, leaf.key_file()}, keys).problem.find(chain), std::string::npos);
}

TEST(TlsContext, NamesAFileThatIsMissing) {
  certificate const pair;

  auto const no_certificate = load_tls({"/nonexistent/chain.pem", pair.key_file()}, keys);
  auto const no_key = load_tls({pair.certificate_file(), "/nonexistent/key.pem"}, keys);

  EXPECT_FALSE(no_certificate.context);
  EXPECT_NE(no_certificate.problem.find("/nonexistent/chain.pem"), std::string::npos);
  EXPECT_FALSE(no_key.context);
  EXPECT_NE(no_key.problem.find("/nonexistent/key.pem"), std::string::npos);
}

TEST(TlsContext, NamesAFileThatIsNoCertificate) {
  certificate const pair;
  temporary_folder const folder;
  auto const junk = folder.write("junk.pem", "this is not PEM\n");

  EXPECT_NE(load_tls({junk, pair.key_file()}, keys).problem.find(junk), std::string::npos);
  EXPECT_NE(load_tls({pair.certificate_file(), junk}, keys).problem.find(junk), std::string::npos);
}

TEST(TlsContext, LeavesNoErrorBehindForOtherConnections) {
  static_cast<void>(load_tls({"/nonexistent", "/nonexistent"}, keys));

  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(TicketKeys, AreDifferentEveryTime) {
  EXPECT_NE(ticket_keys::random().bytes, keys.bytes);
}

}  // namespace
}  // namespace waggle::net
