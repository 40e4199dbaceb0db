// SPDX-License-Identifier: Apache-2.0
// Connects with forged headers, and asks the internal listener whom the server counts for it.
#include "server/doctor/examination.hpp"
#include "server/doctor/internal_query.hpp"

#include <algorithm>
#include <random>

namespace waggle::doctor {
namespace {

namespace asio = net::asio;

constexpr char const* name = "header trust";

/// An address of a network for documentation (RFC 5737), which nobody has.
std::string nobody_in(std::string const& network) {
  std::random_device source;
  return network + std::to_string(std::uniform_int_distribution<int>{1, 254}(source));
}

/// Whom the server may count for one connection, and where each stands in the questions.
struct suspects {
  std::vector<std::string> addresses;  // 0: X-Forwarded-For, 1: Forwarded, 2: our own, then proxies

  static constexpr std::size_t forged_x_forwarded_for = 0;
  static constexpr std::size_t forged_forwarded = 1;
  static constexpr std::size_t own = 2;
  static constexpr std::size_t first_proxy = 3;
};

/// A proxy has the address that was connected to, or talks to the server over the loopback.
suspects suspects_of(link const& connection, std::vector<std::string> forged) {
  suspects made{.addresses = std::move(forged)};
  made.addresses.push_back(connection.local().address().to_string());
  for (auto const& proxy :
       {connection.remote().address().to_string(), std::string{"127.0.0.1"}, std::string{"::1"}}) {
    auto const known = std::find(made.addresses.begin(), made.addresses.end(), proxy);
    if (known == made.addresses.end()) made.addresses.push_back(proxy);
  }
  return made;
}

void tell_believed(examination& who, std::string const& header, bool at_the_proxy) {
  if (at_the_proxy) {
    who.add(name, verdict::skip,
            "a forged " + header +
                " was believed, which is right where doctor has the address of a trusted proxy; "
                "ask from another machine, or with --from");
    return;
  }
  who.add(name, verdict::fail,
          "a forged " + header +
              " was believed, so that clients can choose their address: network.trusted_proxies "
              "names this machine, or the proxy passes on what clients write (it must add the "
              "client's address to X-Forwarded-For, and network.forwarded_header must be the "
              "header that it sets)");
}

void tell_sight(examination& who, suspects const& asked, std::vector<std::int64_t> const& more,
                bool at_the_proxy) {
  auto const& own = asked.addresses[suspects::own];
  if (more[suspects::own] > 0) {
    who.add(name, verdict::ok,
            "the server sees " + own + ", and believes no forged header" +
                (at_the_proxy ? "; a proxy on this machine would have that address, too: --from "
                                "127.0.0.2, or asking from elsewhere, tells them apart"
                              : ", so it knows its clients"));
    return;
  }
  for (auto i = suspects::first_proxy; i < more.size(); ++i) {
    if (more[i] <= 0) continue;
    who.add(name, verdict::warn,
            "the server takes all clients for " + asked.addresses[i] +
                ", which is the proxy: name it in network.trusted_proxies, and let it set "
                "X-Forwarded-For");
    return;
  }
  who.add(name, verdict::skip,
          "the server counts neither " + own +
              " nor an address of the proxy; is there an address translation on the way, or is the "
              "internal listener that of another server?");
}

}  // namespace

net::awaitable<void> check_trust(examination& who) {
  if (!who.internal) {
    who.add(name, verdict::skip,
            "could not be checked without the internal listener (--internal "
            "http://127.0.0.1:8001)");
    co_return;
  }
  std::vector<std::string> forged;  // no braces: GCC 12 cannot have them in a coroutine
  forged.push_back(nobody_in("198.51.100."));
  forged.push_back(nobody_in("203.0.113."));
  // The first connection tells the addresses, the second is the one that is counted.
  auto scout = co_await who.calls.dial(who.at, {});
  if (!scout.answer.connection) {
    who.add(name, verdict::fail, "a connection could not be opened: " + scout.error.message());
    co_return;
  }
  auto const asked = suspects_of(*scout.answer.connection, forged);
  auto const before = co_await count_connections(*who.internal, asked.addresses, who.timeout());
  header_list headers;
  headers.emplace_back("X-Forwarded-For", forged[0]);
  headers.emplace_back("Forwarded", "for=" + forged[1]);
  auto call = co_await who.calls.dial(who.at, std::move(headers));
  auto const after = co_await count_connections(*who.internal, asked.addresses, who.timeout());
  if (!call.answer.connection || before.connections.empty() || after.connections.empty()) {
    who.add(name, verdict::fail,
            call.answer.connection ? "the internal listener " + who.internal->host_field() +
                                         " gave no answer: " + before.problem + after.problem
                                   : "a connection with a forged X-Forwarded-For was refused");
    co_return;
  }
  std::vector<std::int64_t> more(after.connections.size());
  std::transform(after.connections.begin(), after.connections.end(), before.connections.begin(),
                 more.begin(), std::minus<>{});
  auto const local = call.answer.connection->local().address();
  auto const at_the_proxy = local == call.answer.connection->remote().address();
  if (more[suspects::forged_x_forwarded_for] > 0) {
    tell_believed(who, "X-Forwarded-For", at_the_proxy);
  } else if (more[suspects::forged_forwarded] > 0) {
    tell_believed(who, "Forwarded", at_the_proxy);
  } else {
    tell_sight(who, asked, more, at_the_proxy);
  }
  call.answer.connection->drop();
  scout.answer.connection->drop();
}

}  // namespace waggle::doctor
