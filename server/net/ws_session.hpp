// SPDX-License-Identifier: Apache-2.0
// A WebSocket after the upgrade: bytes to frames, frames to the conversation, and back, with one
// read and one write in flight at most. Waits for hours, so it is a small object with callbacks and
// no coroutine. One core only.
#pragma once

#include "protocol/websocket/close_code.hpp"
#include "protocol/websocket/message_reader.hpp"
#include "server/core/ban_list.hpp"
#include "server/core/coarse_time.hpp"
#include "server/core/load_ahead.hpp"
#include "server/core/message.hpp"
#include "server/net/admission.hpp"
#include "server/net/byte_stream.hpp"
#include "server/net/session_host.hpp"
#include "server/session/conversation.hpp"
#include "server/session/liveness.hpp"
#include "server/session/session_quota.hpp"

#include <boost/intrusive/list.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace waggle::net {

class ws_session;

/// Sessions that wait for the same thing. The list owns none of them; who ends leaves by itself.
using held_sessions =
    boost::intrusive::list<ws_session, boost::intrusive::constant_time_size<false>>;
using held_place =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

class ws_session final : public stream_user, public held_place {
 public:
  struct parts {
    session_ref self;
    std::unique_ptr<byte_stream> stream;
    std::unique_ptr<conversation> talk;
    admission let_in{};
  };

  ws_session(session_host& host, parts with);
  ~ws_session() override;

  /// Begins: handles what came behind the request head, then waits for more.
  /// @param early  payload_padding_bytes behind it are readable.
  void start(std::span<char> early);

  /// Hands the conversation something from a shard, or sheds it.
  void deliver(session_message const& what);

  /// The deadline that was scheduled for `due` has passed; a stale one is ignored.
  void tick(core_time due);

  /// What clients may do has changed: ends what is forbidden now, or the connection.
  /// @param bans  for the address; of everything else the conversation knows.
  void apply_rules(ban_list const& bans);

  /// Starts the close handshake. Idempotent.
  /// @param why  what the metrics say of it.
  void close(websocket::close_code code, label::closed why);

  /// Says that the server stops, and when to come back, then closes with 1001.
  void send_away(std::chrono::milliseconds window);

  /// Writes what is queued, as far as the transport takes it.
  void flush();

  /// What the client asks for cannot be done now: nothing more is read from it until let_go(). What
  /// has been read already is still handled. Joins `with` unless it is held or closing already.
  void hold(held_sessions& with);
  /// Reads on; leaves the list.
  void let_go();

  void on_ready(readiness what, bool ok) override;

  /// Starts loading this object, then what hangs on it: a step reads what the one before it loads.
  void prefetch() const { load_ahead(this, sizeof(ws_session)); }
  void prefetch_talk() const { load_ahead(talk_.get(), talk_bytes); }
  void prefetch_what_talk_needs() const { talk_->prefetch(); }
  void prefetch_stream() const { load_ahead(stream_.get(), stream_bytes); }

  [[nodiscard]] session_ref self() const { return self_; }
  [[nodiscard]] transport kind() const { return let_in_.through.kind; }
  [[nodiscard]] std::size_t queued_bytes() const { return out_.size() - sent_; }
  [[nodiscard]] admission const& let_in() const { return let_in_; }
  [[nodiscard]] coarse_time opened() const { return opened_; }
  /// Null once the connection is closing: nothing is known any more.
  [[nodiscard]] conversation const* talk() const {
    return state_ == state::open ? talk_.get() : nullptr;
  }

 private:
  // Of the usual ones. More than that is loaded in vain.
  static constexpr std::size_t talk_bytes = 192;
  static constexpr std::size_t stream_bytes = 128;

  enum class state : std::uint8_t { open, closing, closed };

  /// Of one read: what was more than its turn, or more than its quota.
  struct unread {
    std::vector<char> bytes;  // with payload_padding_bytes behind them
    std::size_t handled = 0;
    [[nodiscard]] std::span<char> rest();
  };

  template <class Action>
  void survive(Action&& action);
  void begin(std::span<char> early);
  void take(session_message const& what);
  void shed(session_message const& what, label::shed why);
  void check(core_time due);
  void read();
  void write();
  [[nodiscard]] turn_share begin_turn(core_time now);
  void take_in(std::span<char> bytes, turn_share const& share, core_time now);
  void take_in_unread();
  [[nodiscard]] std::span<char> handle_some(std::span<char> bytes, std::uint32_t messages_max);
  void end_turn(core_time now);
  std::uint32_t handle(websocket::input const& what);
  std::uint32_t hear(websocket::input const& what);
  void on_peer_close(websocket::input const& what);
  void account_for_queue();
  void make_room();
  void account_for_partial_message(core_time now);
  void ping();
  void begin_closing(label::closed why, conversation::ending how);
  void end_hold();
  void finish(label::closed why);
  void on_flushed();
  void read_on();
  void pause_for_quota(core_time now);
  void end_quota_pause();
  [[nodiscard]] bool look_at_quota(core_time now);

  void wait_readable();
  void wait_writable();
  void reschedule();
  [[nodiscard]] bool held() const { return held_place::is_linked() || over_quota_; }
  [[nodiscard]] bool has_input() const { return unread_ || stream_->has_buffered_input(); }
  [[nodiscard]] bool paused() const;
  [[nodiscard]] bool budget_is_tight() const;

  /// Lets `write` append to the queue, accounts for what it appended and has it flushed.
  /// @return whether it appended anything.
  template <class Write>
  bool emit(Write&& write);
  /// The same for what counts as a message.
  template <class Write>
  void emit_message(Write&& write);

  session_host& host_;
  std::unique_ptr<byte_stream> stream_;
  std::unique_ptr<conversation> talk_;
  std::string out_;                // frames to send; borrowed from the host's pool
  std::size_t sent_ = 0;           // of out_, already taken by the transport
  std::size_t queue_memory_ = 0;   // of out_, as the host knows it
  std::size_t partial_bytes_ = 0;  // held by reader_ and in unread_, as the host knows it
  std::unique_ptr<unread> unread_;
  liveness life_;
  session_quota quota_;
  core_time check_at_ = core_time::max();  // the deadline that is scheduled
  websocket::message_reader reader_;
  session_ref self_;
  coarse_time opened_;
  admission let_in_;
  label::closed why_ = label::closed::client;  // while closing
  state state_ = state::open;
  bool waits_readable_ = false;
  bool waits_writable_ = false;
  bool flush_queued_ = false;
  bool shut_down_ = false;   // we have said that we will write no more
  bool over_quota_ = false;  // not read from until quota_ has something again
};

}  // namespace waggle::net
