// SPDX-License-Identifier: Apache-2.0
// What every proxy has to let through: two clients with addresses of their own that exchange offer
// and answer, and an address that is claimed and must not count.
#pragma once

#include "tests/integration/tracker.hpp"

namespace waggle::test {

inline constexpr char const* claimed = "203.0.113.7";

/// A client at `address` that claims to be somebody else.
inline tracker_client viewer(endpoint const& at, std::string const& address,
                             std::string const& path = "/") {
  return tracker_client{
      from(at, address),
      {.path = path, .headers = {{"X-Forwarded-For", claimed}, {"Forwarded", "for=203.0.113.7"}}}};
}

/// Offer and answer between the two, both of which are the server's by way of the proxy.
inline void expect_exchange(tracker_client& here, tracker_client& there) {
  auto const swarm = fresh_swarm();
  auto const first = fresh_peer();
  auto const second = fresh_peer();
  here.announce({.swarm = swarm, .peer = first});
  there.announce({.swarm = swarm, .peer = second, .offers = some_offers("o", 1)});
  auto const offer = here.receive();
  ASSERT_TRUE(offer.is_offer()) << offer.text;
  here.send(answer_message(
      {.swarm = swarm, .peer = first, .to = second, .offer_id = offer.string("offer_id")}));
  EXPECT_TRUE(there.receive().is_answer());
}

/// The clients at .2 and .3 count, the proxy and the claim do not.
inline void expect_right_addresses(tracker const& server, char const* source) {
  EXPECT_EQ(server.connections_of("127.0.0.2"), 1);
  EXPECT_EQ(server.connections_of("127.0.0.3"), 1);
  EXPECT_EQ(server.connections_of("127.0.0.1"), 0);
  EXPECT_EQ(server.connections_of(claimed), 0);
  EXPECT_EQ(server.metric("waggle_client_addresses"), 2);
  auto const learned = server.stats().at("counters").at("waggle_client_addresses_learned_total");
  EXPECT_EQ(learned.at(source), 2) << learned;
}

}  // namespace waggle::test
