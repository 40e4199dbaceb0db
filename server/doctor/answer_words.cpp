// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/answer_words.hpp"

#include "server/doctor/words.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <openssl/err.h>
#include <openssl/sslerr.h>

namespace waggle::doctor {
namespace {

namespace asio = net::asio;
namespace beast = boost::beast;

constexpr char const* how_to_forward =
    "nginx needs: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
    "proxy_set_header Connection \"upgrade\"";

bool holds(std::string const& text, char const* part) {
  return text.find(part) != std::string::npos;
}

std::string words_for_400(http_answer const& answer) {
  if (holds(answer.body, "HTTPS port") || holds(answer.body, "HTTPS server")) {
    return "this port speaks TLS; use wss://";
  }
  if (holds(answer.body, "Connection field")) {
    return std::string{"the proxy passes Upgrade on to Waggle, but not Connection; "} +
           how_to_forward;
  }
  if (holds(answer.body, "needs HTTP/1.1")) {
    return std::string{"the proxy asks Waggle in HTTP/1.0; "} + how_to_forward;
  }
  return "the proxy changes the request on the way, or this is no WebSocket server";
}

std::string words_for_redirect(http_answer const& answer) {
  auto to = answer.location;
  if (to.starts_with("http")) to.replace(0, 4, "ws");  // https becomes wss
  return "browsers do not follow redirects of WebSockets; give clients the address it leads to" +
         (to.empty() ? std::string{} : ": " + to);
}

std::string meaning_of(http_answer const& answer) {
  switch (answer.status) {
    case 101:
      return "the upgrade was agreed to, but not as RFC 6455 wants it; a proxy or a program that "
             "is "
             "no WebSocket server answered";
    case 200:
      return "a page came and no WebSocket: the path leads to another site, or the proxy did not "
             "pass on the Upgrade header";
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return words_for_redirect(answer);
    case 400:
      return words_for_400(answer);
    case 401:
    case 407:
      return "something in front asks for a password, which browsers' WebSockets cannot give";
    case 403:
      return "something in front forbids it: an access rule or a firewall of the proxy";
    case 404:
      return "the proxy does not lead this path to Waggle; look at its routes and at the path of "
             "the URL";
    case 405:
      return "whatever answers here knows no WebSocket; the path leads elsewhere";
    case 408:
    case 504:
      return "the proxy got no answer from Waggle in time; does it ask the right address, and is a "
             "firewall between them?";
    case 421:
      return "the proxy does not serve this host name here";
    case 426:
      return std::string{
                 "the request came without its Upgrade header: the proxy did not pass it on; "} +
             how_to_forward;
    case 429:
      return "the proxy limits requests, and this was one too many";
    case 431:
      return "the request head grew too large on the way (network.head_bytes_max)";
    case 500:
    case 502:
      return "the proxy cannot talk to Waggle: does it run, and does the proxy use the right "
             "address and scheme (http, not https)?";
    case 503:
      return "the proxy has no server that is well, or Waggle is stopping; look at /readyz and at "
             "the proxy's health checks";
    default:
      return "no WebSocket server answers here";
  }
}

}  // namespace

std::string words_for_answer(http_answer const& answer) {
  auto text = std::to_string(answer.status);
  if (!answer.reason.empty()) text += " " + answer.reason;
  if (!answer.server.empty()) text += " from " + answer.server;
  text += ": " + meaning_of(answer);
  auto const plain = answer.status >= 400 && !answer.body.empty() && answer.body.front() != '<';
  return plain ? text + " (it says: " + excerpt(answer.body) + ")" : text;
}

std::string words_for_no_answer(net::error_code error, bool tls) {
  if (error == beast::error::timeout) {
    return "no answer in time: the connection was taken, and the request not answered; does the "
           "proxy reach Waggle, and does this port expect a PROXY header?";
  }
  if (error == beast::http::error::end_of_stream || error == asio::error::eof ||
      error == asio::ssl::error::stream_truncated || error == asio::error::connection_reset) {
    return std::string{"closed without an answer: "} +
           (tls ? "" : "perhaps this port speaks TLS (wss://), or ") +
           "it expects a PROXY header (network.listen_proxy), or the proxy has no server to ask";
  }
  if (error.category() == make_error_code(beast::http::error::bad_version).category()) {
    return "the answer is not HTTP (" + error.message() +
           (tls ? ")" : "); perhaps this port speaks TLS (wss://)");
  }
  return error.message();
}

std::string words_for_tls_fault(net::error_code error) {
  if (error == beast::error::timeout) {
    return "no answer to the TLS handshake in time; perhaps this port does not speak TLS (ws://)";
  }
  if (error.category() == asio::error::get_ssl_category()) {
    auto const why = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
    if (why == SSL_R_WRONG_VERSION_NUMBER || why == SSL_R_HTTP_REQUEST) {
      return "this port does not speak TLS; use ws://, or the port that does";
    }
    if (why == SSL_R_TLSV1_UNRECOGNIZED_NAME || why == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE) {
      return "the server refused the handshake (" + error.message() +
             "): does it have a certificate for this host name?";
    }
  }
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated ||
      error == asio::error::connection_reset) {
    return "closed during the TLS handshake; does this port speak TLS, and without a PROXY header?";
  }
  return error.message();
}

std::string words_for_connect_fault(net::error_code error) {
  if (error == beast::error::timeout) {
    return "no answer in time; a firewall that drops packets, or the wrong address";
  }
  if (error == asio::error::connection_refused) {
    return "refused: nothing listens on this port there";
  }
  return error.message();
}

}  // namespace waggle::doctor
