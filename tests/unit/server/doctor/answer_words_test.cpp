// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/answer_words.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>

namespace waggle::doctor {
namespace {

using testing::HasSubstr;
using testing::Not;

namespace asio = boost::asio;
namespace beast = boost::beast;

TEST(DoctorAnswer, EveryStatusIsExplained) {
  struct row {
    unsigned status;
    char const* meaning;
  };
  for (auto const& [status, meaning] : {row{200, "a page came"},
                                        {401, "password"},
                                        {403, "forbids"},
                                        {404, "does not lead this path to Waggle"},
                                        {405, "leads elsewhere"},
                                        {421, "host name"},
                                        {426, "without its Upgrade header"},
                                        {429, "limits requests"},
                                        {431, "network.head_bytes_max"},
                                        {500, "cannot talk to Waggle"},
                                        {502, "cannot talk to Waggle"},
                                        {503, "no server that is well"},
                                        {504, "no answer from Waggle"},
                                        {418, "no WebSocket server"}}) {
    EXPECT_THAT(words_for_answer({.status = status}), HasSubstr(meaning)) << status;
  }
}

TEST(DoctorAnswer, BeginsWithWhatCameAndFromWhom) {
  EXPECT_THAT(words_for_answer({.status = 404, .reason = "Not Found", .server = "nginx/1.22.1"}),
              testing::StartsWith("404 Not Found from nginx/1.22.1: "));
}

TEST(DoctorAnswer, QuotesAPlainBodyButNoPage) {
  EXPECT_THAT(words_for_answer({.status = 403, .body = "not for you"}),
              HasSubstr("(it says: not for you)"));
  EXPECT_THAT(words_for_answer({.status = 403, .body = "<html>no</html>"}), Not(HasSubstr("says")));
}

TEST(DoctorAnswer, NamesTheHeaderThatTheProxyDidNotPassOn) {
  EXPECT_THAT(words_for_answer({.status = 426}),
              HasSubstr("proxy_set_header Upgrade $http_upgrade"));
  EXPECT_THAT(
      words_for_answer({.status = 400, .body = "the Connection field does not list Upgrade"}),
      HasSubstr("but not Connection"));
  EXPECT_THAT(words_for_answer({.status = 400, .body = "a WebSocket handshake needs HTTP/1.1"}),
              HasSubstr("in HTTP/1.0"));
}

TEST(DoctorAnswer, GivesTheAddressOfARedirectAsClientsNeedIt) {
  EXPECT_THAT(words_for_answer({.status = 301, .location = "https://other.example/x"}),
              HasSubstr("wss://other.example/x"));
  EXPECT_THAT(words_for_answer({.status = 308, .location = "http://other.example/"}),
              HasSubstr("ws://other.example/"));
}

TEST(DoctorAnswer, NamesTheWrongScheme) {
  for (auto const* const body :
       {"<html> <head><title>400 The plain HTTP request was sent to HTTPS port</title></head>",
        "Client sent an HTTP request to an HTTPS server."}) {
    EXPECT_THAT(words_for_answer({.status = 400, .body = body}), HasSubstr("use wss://"));
  }
  auto const not_http = make_error_code(beast::http::error::bad_version);
  EXPECT_THAT(words_for_no_answer(not_http, /*tls=*/false), HasSubstr("wss://"));
  EXPECT_THAT(words_for_no_answer(not_http, /*tls=*/true), Not(HasSubstr("wss://")));
  boost::system::error_code const not_tls{
      static_cast<int>(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_WRONG_VERSION_NUMBER)),
      asio::error::get_ssl_category()};
  EXPECT_THAT(words_for_tls_fault(not_tls), HasSubstr("use ws://"));
}

TEST(DoctorAnswer, SilenceAndClosingAreToldApart) {
  EXPECT_THAT(words_for_no_answer(beast::error::timeout, true), HasSubstr("in time"));
  EXPECT_THAT(words_for_no_answer(beast::http::error::end_of_stream, true),
              HasSubstr("closed without an answer"));
  EXPECT_THAT(words_for_tls_fault(asio::error::connection_reset), HasSubstr("closed during"));
  EXPECT_THAT(words_for_connect_fault(asio::error::connection_refused), HasSubstr("refused"));
  EXPECT_THAT(words_for_connect_fault(beast::error::timeout), HasSubstr("firewall"));
}

}  // namespace
}  // namespace waggle::doctor
