// SPDX-License-Identifier: Apache-2.0
// Loading a certificate and its key, and what an operator is told when that fails.
#include "server/net/tls_context.hpp"

#include "tests/support/certificate.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

namespace waggle::net {
namespace {

using test::certificate;
using test::temporary_folder;

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
