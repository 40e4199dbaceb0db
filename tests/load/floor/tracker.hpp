// SPDX-License-Identifier: Apache-2.0
// The floor's tracker: swarms, and who is sent what. No validation, limits or timers. One thread.
#pragma once

#include "tests/load/floor/output.hpp"
#include "tests/load/floor/slices.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace waggle::floor {

struct swarm;

/// A peer id of a connection in a swarm.
struct membership {
  swarm* in;
  std::string peer_id;  // with its quotes, as it was sent
};

struct connection {
  int descriptor = -1;
  bool upgraded = false;
  bool dirty = false;  // has output of this turn
  bool waits_writable = false;
  bool closing = false;  // as soon as its output is written
  bool gone = false;     // freed at the end of the turn
  byte_queue in;         // the beginning of a frame
  byte_queue out;
  std::vector<membership> memberships;
};

struct text_hash {
  using is_transparent = void;
  using is_avalanching = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

struct member {
  connection* at;
  std::string_view peer_id;  // of the key in `positions`
};

struct swarm {
  std::string info_hash;  // with its quotes, as it was sent first
  std::vector<member> members;
  std::unordered_map<std::string, std::uint32_t, text_hash, std::equal_to<>> positions;
};

class tracker {
 public:
  void handle(connection& from, std::string_view text);
  void leave_all(connection& from);

  /// Connections that got output since this was cleared.
  std::vector<connection*> dirty;

 private:
  swarm& join(connection& from);
  static void remove(connection& from, membership const& gone);
  void reply(connection& to, swarm const& in);
  void relay_offers(connection& from, swarm const& in);
  void relay_answer(connection& from);
  char* grow_text(connection& to, std::size_t size);

  message_slices message_;
  std::unordered_map<std::string, swarm, text_hash, std::equal_to<>> swarms_;
  std::minstd_rand random_{1};
};

}  // namespace waggle::floor
