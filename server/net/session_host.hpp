// SPDX-License-Identifier: Apache-2.0
// What a core offers to its sessions: limits, borrowed buffers, counters, and three requests that
// are carried out later in the turn. Implemented by core_loop and by tests. One core only.
#pragma once

#include "protocol/dialect.hpp"
#include "protocol/ids.hpp"
#include "protocol/websocket/message_reader.hpp"
#include "server/core/message.hpp"
#include "server/metrics/counters.hpp"
#include "server/runtime/buffer_pool.hpp"
#include "server/session/liveness.hpp"
#include "server/session/session_quota.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

namespace waggle::net {

class ws_session;

struct session_limits {
  websocket::reader_limits reader{};
  liveness_limits liveness{};
  session_quota_limits quota{};
  std::size_t outbox_bytes_max = 256 * 1024;           // of one session; past it relays are shed
  std::size_t outbox_bytes_total_max = 256ULL << 20U;  // memory of all queues of this core
  std::size_t partial_bytes_total_max = 64ULL << 20U;  // memory of all incomplete messages
  std::chrono::milliseconds offer_delay_max{250};      // of what is read; past it offers are shed

  bool operator==(session_limits const&) const = default;
};

class session_host {
 public:
  explicit session_host(session_limits const& its_limits) : limits(its_limits) {}
  session_host(session_host const&) = delete;
  session_host& operator=(session_host const&) = delete;
  virtual ~session_host() = default;

  /// Monotonic, the same clock on every core.
  [[nodiscard]] virtual core_time now() const = 0;
  /// Calls session.tick(due) once `due` has passed, unless the session is gone by then.
  virtual void schedule(session_ref which, core_time due) = 0;
  /// Calls session.flush() at the end of the turn.
  virtual void flush_later(boost::intrusive_ptr<ws_session> session) = 0;
  /// Calls session.on_ready(readable) in a later turn, without waiting for the socket.
  virtual void read_later(boost::intrusive_ptr<ws_session> session) = 0;
  /// Delivers what the shard has said so far. Called after each message, while the bytes that the
  /// shard's words point at are still there.
  virtual void settle() = 0;
  /// The session has ended; its reference is stale from now on.
  virtual void forget(session_ref which) = 0;

  /// Whether the core is behind with what it is sent (limits.quota.busy_after).
  [[nodiscard]] virtual bool busy() const { return false; }

  /// An offer or an answer was dropped on its way to a session, and counted.
  virtual void note_shed(session_message const& /*what*/, label::shed /*why*/) {}

  /// One read buffer for all sessions of the core; what it holds is handled before the turn ends.
  [[nodiscard]] std::span<char> read_buffer() {
    return std::span{read_bytes_}.first(full_share.bytes);
  }

  session_limits limits;
  core_counters counters;
  runtime::buffer_pool buffers;
  std::size_t outbox_bytes = 0;         // queued in all sessions
  std::size_t outbox_memory_bytes = 0;  // what the queues of all sessions occupy
  std::size_t partial_bytes = 0;        // what incomplete messages of all sessions occupy
  std::size_t sessions_closing = 0;     // in the close handshake
  std::size_t sessions_held = 0;        // see ws_session::hold()
  std::size_t sessions_over_quota = 0;  // not read from until their quota has something again

 private:
  std::vector<char> read_bytes_ = std::vector<char>(full_share.bytes + decode_padding_bytes);
};

}  // namespace waggle::net
