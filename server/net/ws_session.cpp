// SPDX-License-Identifier: Apache-2.0
#include "server/net/ws_session.hpp"

#include "protocol/websocket/frame_writer.hpp"
#include "server/log.hpp"

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

namespace waggle::net {
namespace {

using websocket::close_code;
using websocket::input_kind;
using websocket::opcode;

bool is_relay(session_message const& what) {
  return std::holds_alternative<offer_delivery>(what) ||
         std::holds_alternative<answer_delivery>(what) ||
         std::holds_alternative<mesh::carried>(what);
}

label::closed metric_of(close_code violation) {
  switch (violation) {
    case close_code::message_too_big:
      return label::closed::too_big;
    case close_code::invalid_payload:
      return label::closed::utf8;
    default:
      return label::closed::protocol;
  }
}

}  // namespace

ws_session::ws_session(session_host& host, parts with)
    : host_(host),
      stream_(std::move(with.stream)),
      talk_(std::move(with.talk)),
      life_(host.now()),
      quota_(host.now()),
      reader_(host.limits.reader),
      self_(with.self),
      opened_(coarse_now(host.now())),
      let_in_(std::move(with.let_in)) {}

ws_session::~ws_session() = default;

// Only the lack of memory throws here. The connection that needed it pays, no other: whoever calls
// is in the middle of serving many.
template <class Action>
void ws_session::survive(Action&& action) {
  try {
    action();
  } catch (std::exception const&) {
    finish(label::closed::error);
  }
}

void ws_session::start(std::span<char> early) {
  survive([&] { begin(early); });
}

void ws_session::deliver(session_message const& what) {
  survive([&] { take(what); });
}

void ws_session::tick(core_time due) {
  survive([&] { check(due); });
}

void ws_session::flush() {
  survive([&] { write(); });
}

void ws_session::begin(std::span<char> early) {
  reschedule();
  if (!early.empty()) take_in(early, full_share, host_.now());
  // TLS may have more in its buffers than the socket will ever announce.
  if (state_ != state::closed && !paused()) read();
}

void ws_session::on_ready(readiness what, bool ok) {
  (what == readiness::readable ? waits_readable_ : waits_writable_) = false;
  if (state_ == state::closed) return;
  if (!ok) return finish(label::closed::error);
  survive([&] {
    // Either may be what a TLS record in progress has waited for, so both are tried. What others
    // have queued in this turn is written at its end: written here it would take the place of the
    // reading, and who is offered something in every turn would never be heard.
    if (queued_bytes() != 0 && !flush_queued_) write();
    if (state_ != state::closed && !waits_readable_ && !paused()) read();
  });
}

// The budget of all sessions is about memory, which is more than what is queued: a string that
// grows doubles.
void ws_session::account_for_queue() {
  auto const before = queue_memory_;
  queue_memory_ = out_.capacity() > std::string{}.capacity() ? out_.capacity() : 0;
  host_.outbox_memory_bytes += queue_memory_ - before;
}

std::uint32_t ws_session::handle(websocket::input const& what) {
  std::uint32_t cost = 1;
  if (state_ == state::closing) {
    // Only the peer's half of the close handshake is of interest now.
    if (what.kind == input_kind::close) finish(why_);
    return cost;
  }
  switch (what.kind) {
    case input_kind::message:
      host_.counters.add(counter::messages_received);
      life_.on_message();
      cost = hear(what);
      break;
    case input_kind::ping:
      // One that reads nothing and pings without end must not grow: its pongs are worth nothing.
      if (queued_bytes() > host_.limits.outbox_bytes_max) break;
      emit([&](std::string& out) {
        append_frame(out, opcode::pong, {what.payload.data(), what.payload.size()});
      });
      break;
    case input_kind::close:
      on_peer_close(what);
      break;
    case input_kind::violation:
      close(what.code, metric_of(what.code));
      break;
    case input_kind::pong:
    case input_kind::need_more:
      break;
  }
  return cost;
}

std::uint32_t ws_session::hear(websocket::input const& what) {
  conversation::heard heard;
  emit_message([&](std::string& out) {
    heard =
        talk_->on_message(what.type, {what.payload.data(), what.payload.size()}, host_.now(), out);
  });
  if (heard.close) close(*heard.close, label::closed::protocol);
  return heard.cost;
}

void ws_session::on_peer_close(websocket::input const& what) {
  auto const code = what.close_status ? static_cast<close_code>(*what.close_status)
                                      : close_code::no_status;  // an empty body is echoed empty
  emit([&](std::string& out) { append_close(out, code, {}); });
  // A client that is done, or whose page goes away; with any other code it means to come back.
  bool const over =
      code == close_code::normal || code == close_code::going_away || code == close_code::no_status;
  begin_closing(label::closed::client,
                over ? conversation::ending::over : conversation::ending::lost);
}

void ws_session::shed(session_message const& what, label::shed why) {
  host_.counters.add(counter::deliveries_shed, why);
  host_.note_shed(what, why);
}

void ws_session::take(session_message const& what) {
  if (state_ != state::open) {
    return shed(what, label::shed::closing);
  }
  auto const over = queued_bytes() > host_.limits.outbox_bytes_max;
  if (is_relay(what)) {
    if (over) return shed(what, label::shed::outbox_full);
    if (waits_writable_ && budget_is_tight()) {
      shed(what, label::shed::budget);
      return make_room();
    }
  } else if (queued_bytes() > 2 * host_.limits.outbox_bytes_max) {
    return close(close_code::slow_reader, label::closed::slow_reader);
  }
  auto wanted = conversation::request::nothing;
  emit_message([&](std::string& out) { wanted = talk_->on_event(what, host_.now(), out); });
  if (wanted == conversation::request::close) {
    return close(close_code::taken_over, label::closed::taken_over);
  }
  if (wanted == conversation::request::ping) {
    ping();
    reschedule();
  }
  if (!budget_is_tight() || state_ != state::open) return;
  write();
  if (waits_writable_) make_room();
}

// A queue that waits for its client takes no more than its bytes while the budget is tight, and if
// all of them are over it nevertheless, it is one of those who do not read that goes.
void ws_session::make_room() {
  out_.erase(0, std::exchange(sent_, 0));
  out_.shrink_to_fit();
  account_for_queue();
  if (host_.outbox_memory_bytes > host_.limits.outbox_bytes_total_max) {
    finish(label::closed::slow_reader);
  }
}

// The last fifth of the budget is for those who read, and they have it for a moment only: what is
// queued is written at once. Else a few hundred who do not read could silence everybody's relays.
bool ws_session::budget_is_tight() const {
  auto const max = host_.limits.outbox_bytes_total_max;
  return host_.outbox_memory_bytes > max - max / 5;
}

void ws_session::ping() {
  host_.counters.add(counter::pings_sent);
  life_.on_ping(host_.now());
  emit([](std::string& out) { append_frame(out, opcode::ping, {}); });
}

void ws_session::check(core_time due) {
  if (state_ == state::closed || due != check_at_) return;
  check_at_ = core_time::max();
  auto const now = host_.now();
  if (over_quota_ && look_at_quota(now)) return reschedule();
  switch (life_.check(now, host_.limits.liveness)) {
    case liveness::verdict::fine:
      break;
    case liveness::verdict::ping:
      ping();
      break;
    case liveness::verdict::dead:
      return finish(label::closed::dead);
    case liveness::verdict::message_too_slow:
      close(close_code::policy_violation, label::closed::message_deadline);
      break;
    case liveness::verdict::no_message:
      close(close_code::no_message, label::closed::no_message);
      break;
    case liveness::verdict::close_too_slow:
      return finish(why_);
  }
  if (state_ == state::open && !held()) {
    if (auto const code = talk_->on_tick(now)) close(*code, label::closed::probe);
  }
  reschedule();
}

void ws_session::close(close_code code, label::closed why) {
  if (state_ != state::open) return;
  emit([&](std::string& out) { append_close(out, code); });
  // Who reads too slowly comes back; all others have been told why they should not.
  begin_closing(why, code == close_code::slow_reader ? conversation::ending::lost
                                                     : conversation::ending::over);
}

void ws_session::send_away(std::chrono::milliseconds window) {
  if (state_ != state::open) return;
  emit_message([&](std::string& out) { talk_->on_farewell(window, out); });
  close(close_code::going_away, label::closed::shutdown);
}

void ws_session::apply_rules(ban_list const& bans) {
  if (state_ != state::open) return;
  if (bans.bans(let_in_.client.address)) return close(close_code::banned, label::closed::banned);
  survive([&] {
    auto const code = talk_->on_rules();
    if (!code) return;
    close(*code,
          *code == close_code::tenant_gone ? label::closed::tenant_gone : label::closed::banned);
  });
}

void ws_session::begin_closing(label::closed why, conversation::ending how) {
  state_ = state::closing;
  why_ = why;
  ++host_.sessions_closing;
  end_hold();  // the peer's half of the close handshake has to be read
  end_quota_pause();
  talk_->on_close(how);
  life_.on_closing(host_.now());
  reschedule();
}

void ws_session::finish(label::closed why) {
  if (state_ == state::closed) return;
  boost::intrusive_ptr<ws_session> const keep{this};  // the table lets go below
  if (state_ == state::open) {
    talk_->on_close(conversation::ending::lost);
  } else {
    --host_.sessions_closing;
  }
  state_ = state::closed;
  end_hold();
  end_quota_pause();
  stream_->close();
  host_.counters.add(counter::connections_closed, why);
  log::session()->debug("session closed core={} slot={} reason={}", self_.core, self_.slot,
                        label::values<label::closed>[static_cast<std::size_t>(why)]);
  host_.outbox_bytes -= queued_bytes();
  std::string{}.swap(out_);
  sent_ = 0;
  account_for_queue();
  host_.partial_bytes -= std::exchange(partial_bytes_, 0);
  unread_.reset();
  host_.forget(self_);
}

void ws_session::write() {
  flush_queued_ = false;
  if (state_ == state::closed || waits_writable_) return;
  while (queued_bytes() != 0) {
    auto const rest = std::span<char const>{out_}.subspan(sent_);
    auto const wrote = stream_->write_some(rest);
    if (wrote.status == io_status::want_write) {
      if (sent_ > out_.size() / 2) {
        out_.erase(0, sent_);
        sent_ = 0;
      }
      return wait_writable();
    }
    if (wrote.status == io_status::want_read) return wait_readable();
    if (wrote.status != io_status::done) {
      return finish(state_ == state::closing ? why_ : label::closed::error);
    }
    sent_ += wrote.bytes;
    host_.outbox_bytes -= wrote.bytes;
    host_.counters.add(counter::bytes_sent, wrote.bytes);
  }
  on_flushed();
}

void ws_session::on_flushed() {
  host_.buffers.give_back(std::exchange(out_, {}));
  sent_ = 0;
  account_for_queue();
  if (state_ == state::closing && !shut_down_) {
    // The peer sees the end of our stream, and unread bytes cannot turn it into a reset.
    shut_down_ = true;
    stream_->shut_down_write();
  }
  if (waits_readable_ || paused()) return;
  if (!has_input()) return wait_readable();
  // Reading was paused in the middle of what TLS holds, which the socket will not announce again.
  read_on();
}

void ws_session::wait_readable() {
  if (waits_readable_) return;
  waits_readable_ = true;
  stream_->wait(readiness::readable, this);
}

void ws_session::wait_writable() {
  if (waits_writable_) return;
  waits_writable_ = true;
  stream_->wait(readiness::writable, this);
}

void ws_session::reschedule() {
  if (state_ == state::closed) return;
  auto due = life_.next_check(host_.limits.liveness);
  if (state_ == state::open && !held()) due = std::min(due, talk_->next_deadline());
  if (over_quota_) due = std::min(due, quota_.next_check(host_.limits.quota, host_.busy()));
  if (due >= check_at_) return;  // the earlier check finds out
  check_at_ = due;
  host_.schedule(self_, due);
}

template <class Write>
void ws_session::emit_message(Write&& write) {
  if (emit(std::forward<Write>(write))) host_.counters.add(counter::messages_sent);
}

template <class Write>
bool ws_session::emit(Write&& write) {
  if (out_.empty()) host_.buffers.lend(out_);
  auto const before = out_.size();
  try {
    write(out_);
  } catch (...) {
    out_.resize(before);  // half a frame that nobody has accounted for
    account_for_queue();
    throw;
  }
  auto const grown = out_.size() - before;
  if (grown == 0) {
    // Nothing to say, so nothing will be flushed: what was lent goes back now.
    if (out_.empty()) host_.buffers.give_back(std::exchange(out_, {}));
    account_for_queue();
    return false;
  }
  host_.outbox_bytes += grown;
  account_for_queue();
  life_.on_sent(host_.now());
  if (!flush_queued_) {
    flush_queued_ = true;
    host_.flush_later(this);
  }
  return true;
}

}  // namespace waggle::net
