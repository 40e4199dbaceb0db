// SPDX-License-Identifier: Apache-2.0
// How a conversation reaches the shards, of its own core and of others. Implemented by core_loop
// and by tests. One core only.
#pragma once

#include "server/core/message.hpp"

#include <cstdint>

namespace waggle {

/// The way to the shards; delivers after the call has returned, or later.
class shard_port {
 public:
  shard_port() = default;
  shard_port(shard_port const&) = delete;
  shard_port& operator=(shard_port const&) = delete;
  virtual ~shard_port() = default;

  /// Views in `what` need to live for the duration of the call only.
  virtual void send(std::uint16_t core, shard_message const& what) = 0;
};

}  // namespace waggle
