// SPDX-License-Identifier: Apache-2.0
// What every mode of waggle-load has in common: where to connect, what is reported, and when it is
// over. One thread.
#pragma once

#include "tests/load/client.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace waggle::load {

struct common_options {
  std::string connect = "127.0.0.1:8000";
  std::string source;  // empty: any
  std::string path = "/";
  std::size_t connections = 1000;
  std::uint32_t seconds_max = 300;  // it stops by itself
};

struct crowd_options {
  common_options common;
  std::size_t swarms = 300;
  std::size_t first_peer = 0;  // so that several processes have different peer ids
  std::size_t offers = 5;
  std::size_t sdp_bytes = 1500;
  std::size_t rounds = 2;  // announces of each client
  bool stay = false;       // until stdin ends
};

struct deaf_options {
  common_options common;          // connections: of deaf clients
  std::size_t bytes = 4'000'000;  // sent to each of them
  std::size_t offer_bytes = 25'000;
};

struct dribble_options {
  common_options common;
  std::size_t message_bytes = 60'000;
  std::size_t first_bytes = 1;  // sent at once; then one byte a second
};

/// Of the modes that measure. Unless said otherwise over all processes.
struct measured_options {
  common_options common;
  bool tls = false;
  bool resume = false;  // TLS sessions
  std::size_t processes = 1;
  std::size_t swarms = 50;
  bool even = false;             // swarms of the same size; otherwise by Zipf's law
  std::size_t swarms_each = 1;   // of each client
  std::size_t offers = 10;       // per announce
  std::size_t first_offers = 0;  // of the announce with which a client joins
  std::size_t in_flight = 64;    // announces without a reply; 0: by rate
  double rate = 0;               // announces per second
  double interval = 0;           // seconds between the announces of a client: another way to say it
  double switch_every = 0;       // seconds after which a client goes on to another swarm; 0: never
  double warm_seconds = 1;
  double seconds = 4;
  double drain_seconds = 1;
  int server_pid = 0;  // 0: nothing is known of the server's process
  std::uint64_t seed = 1;
};

/// Each runs one load and returns what is to be told: one JSON object.
[[nodiscard]] nlohmann::json run_crowd(crowd_options const& options);
[[nodiscard]] nlohmann::json run_deaf(deaf_options const& options);
[[nodiscard]] nlohmann::json run_dribble(dribble_options const& options);
/// What clients do all the time: announce, offer, answer at once. `mode` is only its name.
[[nodiscard]] nlohmann::json run_traffic(std::string const& mode, measured_options const& options);
/// Each client sends one message, reads one, and so on.
[[nodiscard]] nlohmann::json run_lock_step(measured_options const& options);
/// All clients come at once.
[[nodiscard]] nlohmann::json run_churn(measured_options const& options);
/// TLS handshakes one behind the other, in_flight at a time.
[[nodiscard]] nlohmann::json run_handshakes(measured_options const& options);

/// The way for connections of these options. Throws std::runtime_error if an address is none.
[[nodiscard]] route route_from(common_options const& options);

/// Prints a line for whoever drives the load, and flushes it.
void tell(nlohmann::json const& what);

/// A 20-byte id, the same for the same arguments in every process; printable, 20 characters.
[[nodiscard]] std::string id_of(char kind, std::size_t number);

/// The value of a string member in a JSON text whose strings have no escapes; empty if absent.
[[nodiscard]] std::string_view member_of(std::string_view json, std::string_view name);

}  // namespace waggle::load
