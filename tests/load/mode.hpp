// SPDX-License-Identifier: Apache-2.0
// What every mode of waggle-load has in common: where to connect, what is reported, and when it is
// over. One thread.
#pragma once

#include "tests/load/client.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace waggle::load {

struct common_options {
  std::string connect = "127.0.0.1:8000";
  std::string source;  // empty: any
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

/// Each runs one load and returns what is to be told: one JSON object.
[[nodiscard]] nlohmann::json run_crowd(crowd_options const& options);
[[nodiscard]] nlohmann::json run_deaf(deaf_options const& options);
[[nodiscard]] nlohmann::json run_dribble(dribble_options const& options);

/// The way for connections of these options. Throws std::runtime_error if an address is none.
[[nodiscard]] route route_from(common_options const& options);

/// Prints a line for whoever drives the load, and flushes it.
void tell(nlohmann::json const& what);

/// A 20-byte id, the same for the same arguments in every process; printable, 20 characters.
[[nodiscard]] std::string id_of(char kind, std::size_t number);

/// The value of a string member in a JSON text whose strings have no escapes; empty if absent.
[[nodiscard]] std::string_view member_of(std::string_view json, std::string_view name);

}  // namespace waggle::load
