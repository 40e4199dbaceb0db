// SPDX-License-Identifier: Apache-2.0
// Named coroutines, arguments by value; every co_await is a statement of its own (GCC 12).
#include "server/doctor/dialer.hpp"

#include <boost/asio/ssl/verify_context.hpp>
#include <boost/beast/ssl.hpp>
#include <openssl/x509v3.h>

#include <algorithm>

namespace waggle::doctor {
namespace {

namespace asio = net::asio;

using resolver = asio::ip::basic_resolver<net::tcp, net::executor>;

/// The name that the certificate must be for, and that the server is told.
void expect_host(SSL* connection, std::string const& host) {
  auto* const wanted = ::SSL_get0_param(connection);
  if (::X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1) return;
  ::X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  ::X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size());
  // The function behind the macro SSL_set_tlsext_host_name, whose cast is an old one.
  auto name = host;
  ::SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
}

/// Writes every fault down and lets the handshake go on: it is for the operator to hear all of
/// them.
bool note_fault(std::vector<chain_fault>& faults, bool good, asio::ssl::verify_context& at) {
  auto* const store = at.native_handle();
  chain_fault const fault{.code = ::X509_STORE_CTX_get_error(store),
                          .depth = ::X509_STORE_CTX_get_error_depth(store)};
  if (!good && std::find(faults.begin(), faults.end(), fault) == faults.end()) {
    faults.push_back(fault);
  }
  return true;
}

}  // namespace

net::awaitable<resolved> dialer::resolve() {
  resolver lookup{co_await asio::this_coro::executor};
  auto const [error, found] = co_await lookup.async_resolve(
      options_.where.host, std::to_string(options_.where.port), net::as_result);
  resolved made{.all = {}, .error = error};
  for (auto const& entry : found) {
    auto const at = entry.endpoint();
    if (options_.from && options_.from->is_v4() != at.address().is_v4()) continue;
    if (std::find(made.all.begin(), made.all.end(), at) == made.all.end()) made.all.push_back(at);
  }
  co_return made;
}

net::awaitable<connected> dialer::connect(net::tcp::endpoint at) {
  connected made;
  tcp_layer stream{co_await asio::this_coro::executor};
  auto const started = clock::now();
  if (options_.from) {
    stream.socket().open(at.protocol(), made.error);
    if (!made.error) stream.socket().bind({*options_.from, 0}, made.error);
    if (made.error) co_return made;
  }
  stream.expires_after(options_.timeout);
  auto const [error] = co_await stream.async_connect(at, net::as_result);
  made.error = error;
  made.took = clock::now() - started;
  if (error) co_return made;
  net::error_code ignored;
  stream.socket().set_option(net::tcp::no_delay{true}, ignored);
  made.stream.emplace(std::move(stream));
  co_return made;
}

net::awaitable<std::unique_ptr<tls_layer>> dialer::secure(tcp_layer plain, dialed& to) {
  auto stream = std::make_unique<tls_layer>(std::move(plain), tls_);
  // Shared: the callback stays with the connection, which outlives this frame.
  auto const faults = std::make_shared<std::vector<chain_fault>>();
  expect_host(stream->native_handle(), options_.where.host);
  stream->set_verify_mode(asio::ssl::verify_peer);
  stream->set_verify_callback(
      [faults](bool good, asio::ssl::verify_context& at) { return note_fault(*faults, good, at); });
  auto const started = clock::now();
  boost::beast::get_lowest_layer(*stream).expires_after(options_.timeout);
  auto const [error] =
      co_await stream->async_handshake(asio::ssl::stream_base::client, net::as_result);
  to.tls_took = clock::now() - started;
  to.error = error;
  if (error) co_return nullptr;
  to.tls = read_tls_facts(stream->native_handle(), *faults);
  co_return stream;
}

net::awaitable<dialed> dialer::dial(net::tcp::endpoint at, header_list headers) {
  dialed made;
  headers.emplace_back("User-Agent", options_.user_agent);
  upgrade_request request{.host = options_.where.host_field(),
                          .target = options_.where.target,
                          .headers = std::move(headers),
                          .within = options_.timeout};
  auto plain = co_await connect(at);
  made.tcp_took = plain.took;
  made.error = plain.error;
  if (!plain.stream) co_return made;

  clock::time_point started;
  if (options_.where.tls()) {
    made.reached = dialed::step::tls;
    auto secured = co_await secure(std::move(*plain.stream), made);
    if (!secured) co_return made;
    made.reached = dialed::step::certificate;
    if (!made.tls->faults.empty() && !options_.insecure) co_return made;
    started = clock::now();
    made.answer = co_await upgrade(std::move(*secured), std::move(request));
  } else {
    started = clock::now();
    made.answer = co_await upgrade(std::move(*plain.stream), std::move(request));
  }
  made.upgrade_took = clock::now() - started;
  made.error = made.answer.error;
  made.reached = made.answer.connection ? dialed::step::done : dialed::step::upgrade;
  co_return made;
}

}  // namespace waggle::doctor
