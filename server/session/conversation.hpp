// SPDX-License-Identifier: Apache-2.0
// What a connection talks about, apart from bytes and frames: one object per session, fed with
// complete messages and events. Pure: time is an argument, frames are appended to a string.
#pragma once

#include "protocol/websocket/close_code.hpp"
#include "protocol/websocket/frame.hpp"
#include "server/core/message.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waggle {

/// What is known of a client by what it said, for operators.
struct talk_facts {
  std::uint32_t memberships = 0;
  std::optional<peer_id> speaks_as{};  // in one of them
  tenant_id tenant = tenant_id::none;
  std::optional<token_id> token{};  // with which it was let in
  std::string_view dialect{};       // static text
};

/// What is known of one membership, for operators.
struct membership_facts {
  core_time joined{};
  core_time announced{};  // last
  std::uint32_t offers_received = 0;
  std::uint32_t offers_answered = 0;
};

class conversation {
 public:
  /// What the session should do after an event was handed in.
  enum class request : std::uint8_t {
    nothing,
    ping,
    close,  // what the client said goes on over another connection (close_code::taken_over)
  };
  /// What a message was.
  struct heard {
    std::uint32_t cost = 1;  // of the session's quota: 1, and 1 for what it had relayed
    std::optional<websocket::close_code> close{};  // why the connection must be closed, if it must
  };
  /// How a connection has ended.
  enum class ending : std::uint8_t {
    over,  // the client closed it, or is not to come back
    lost,  // it may come back
  };

  conversation() = default;
  conversation(conversation const&) = delete;
  conversation& operator=(conversation const&) = delete;
  virtual ~conversation() = default;

  /// A complete message came. Replies are appended to `out` as frames.
  /// @param text  decode_padding_bytes behind it are readable.
  virtual heard on_message(websocket::opcode type, std::string_view text, core_time now,
                           std::string& out) = 0;

  /// A shard has something for the client.
  virtual request on_event(session_message const& what, core_time now, std::string& out) = 0;

  /// At least one byte came from the client (called once per read, before its messages).
  virtual void on_life(core_time now) = 0;

  /// An event is about to come: starts loading what it will look at, apart from this object.
  virtual void prefetch() const {}

  /// What clients may do has changed: what this one does already may be forbidden now.
  /// @return why the connection must be closed, if it must.
  [[nodiscard]] virtual std::optional<websocket::close_code> on_rules() { return std::nullopt; }

  /// When on_tick() wants to be called; core_time::max() for never.
  [[nodiscard]] virtual core_time next_deadline() const = 0;

  /// A deadline may have passed.
  /// @return why the connection must be closed, if it must.
  [[nodiscard]] virtual std::optional<websocket::close_code> on_tick(core_time now) = 0;

  /// The server is about to stop and closes the connection next. Clients should come back at some
  /// time within `window`.
  virtual void on_farewell(std::chrono::milliseconds /*window*/, std::string& /*out*/) {}

  /// The connection has ended or is about to; called once, nothing is called after it.
  virtual void on_close(ending how) = 0;

  [[nodiscard]] virtual talk_facts facts() const { return {}; }
  /// Nothing: the client is not there as that peer.
  [[nodiscard]] virtual std::optional<membership_facts> facts_of(swarm_id const& /*swarm*/,
                                                                 peer_id const& /*peer*/) const {
    return std::nullopt;
  }
};

}  // namespace waggle
