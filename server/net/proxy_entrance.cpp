// SPDX-License-Identifier: Apache-2.0
#include "server/net/proxy_entrance.hpp"

#include "protocol/proxy_header.hpp"
#include "server/net/admission_desk.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace waggle::net {
namespace {

using failed = label::handshake;

/// Reads until the header is complete or bad. `need_more`: the connection has ended before.
///
/// Bytes are looked at first and taken afterwards: of what is incomplete all belongs to the header,
/// so none of it is looked at twice, and the socket is readable only for what is new.
awaitable<proxy_header> read_header(connection_setup& at) {
  std::array<char, proxy_header_bytes_max> bytes{};
  std::size_t taken = 0;
  auto const descriptor = at.raw_descriptor();
  for (;;) {
    auto const ready = co_await at.ready_for(io_status::want_read);
    if (!ready) co_return proxy_header{};
    auto const seen =
        ::recv(descriptor, bytes.data() + taken, bytes.size() - taken, MSG_PEEK | MSG_DONTWAIT);
    if (seen < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (seen <= 0) co_return proxy_header{};
    auto const all = taken + static_cast<std::size_t>(seen);
    auto const header = read_proxy_header({bytes.data(), all});
    if (header.is == proxy_header::state::bad) co_return header;
    auto const done = header.is == proxy_header::state::done;
    auto const rest = (done ? header.bytes : all) - taken;
    auto const got = ::recv(descriptor, bytes.data() + taken, rest, MSG_DONTWAIT);
    if (got != static_cast<ssize_t>(rest)) co_return proxy_header{};
    if (done) co_return header;
    taken = all;
  }
}

}  // namespace

awaitable<bool> take_proxy_header(connection_setup& at) {
  auto const& trust = at.host.clients().trust;
  // With no list whoever can reach this listener is believed: the operator made it for proxies.
  if (!trust.proxies.empty() && !trust.covers(at.let_in.client.address)) {
    fail(at, failed::proxy_untrusted);
    co_return false;
  }
  auto const header = co_await read_header(at);
  if (header.is != proxy_header::state::done) {
    auto const why = header.is == proxy_header::state::bad ? failed::proxy_header
                     : at.timed_out                        ? failed::timeout
                                                           : failed::closed;
    fail(at, why);
    co_return false;
  }
  if (header.source) at.let_in.client = {*header.source, address_source::proxy_protocol};
  co_return true;
}

}  // namespace waggle::net
