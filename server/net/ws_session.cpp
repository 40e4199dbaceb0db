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

constexpr std::chrono::seconds lingering_message{5};

bool is_relay(session_message const& what) {
  return std::holds_alternative<offer_delivery>(what) ||
         std::holds_alternative<answer_delivery>(what);
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
  if (!early.empty()) handle(early);
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

void ws_session::read() {
  auto const buffer = host_.read_buffer();
  auto const got = stream_->read_some(buffer);
  switch (got.status) {
    case io_status::done:
      handle(buffer.first(got.bytes));
      if (state_ == state::closed || paused()) return;
      if (got.bytes == buffer.size() && stream_->has_buffered_input()) return read_on();
      return wait_readable();
    case io_status::want_read:
      return wait_readable();
    case io_status::want_write:
      return wait_writable();
    case io_status::end_of_file:
      return finish(state_ == state::closing ? why_ : label::closed::client);
    case io_status::failed:
      return finish(state_ == state::closing ? why_ : label::closed::error);
  }
}

void ws_session::handle(std::span<char> bytes) {
  auto const now = host_.now();
  host_.counters.add(counter::bytes_received, bytes.size());
  life_.on_received(now);
  if (state_ == state::open) talk_->on_life(now);
  reader_.use(host_.limits.reader);  // which a reload may have changed
  for (;;) {
    auto const what = reader_.next(bytes);
    if (what.kind == input_kind::need_more) break;
    handle(what);
    host_.settle();
    if (state_ == state::closed) return;
  }
  life_.on_message_progress(reader_.mid_message(), now);
  account_for_partial_message(now);
  // What came put every other deadline off; the check that is scheduled finds that out.
  if (reader_.mid_message()) reschedule();
}

// Each message may be as long as the limit says, but not the beginnings of all together: whoever
// lets them grow over the budget goes, and takes his along. The last fifth is for messages that
// have just begun, which most clients complete within the second.
void ws_session::account_for_partial_message(core_time now) {
  auto const before = std::exchange(partial_bytes_, reader_.bytes_held());
  host_.partial_bytes += partial_bytes_ - before;
  if (partial_bytes_ == 0) return;
  auto const max = host_.limits.partial_bytes_total_max;
  auto const over = host_.partial_bytes > max && partial_bytes_ > before;
  auto const lingers =
      host_.partial_bytes > max - max / 5 && life_.message_age(now) > lingering_message;
  if (!over && !lingers) return;
  reader_.abandon();
  host_.partial_bytes -= std::exchange(partial_bytes_, 0);
  close(close_code::try_again_later, label::closed::partial_budget);
}

// The budget of all sessions is about memory, which is more than what is queued: a string that
// grows doubles.
void ws_session::account_for_queue() {
  auto const before = queue_memory_;
  queue_memory_ = out_.capacity() > std::string{}.capacity() ? out_.capacity() : 0;
  host_.outbox_memory_bytes += queue_memory_ - before;
}

void ws_session::handle(websocket::input const& what) {
  if (state_ == state::closing) {
    // Only the peer's half of the close handshake is of interest now.
    if (what.kind == input_kind::close) finish(why_);
    return;
  }
  switch (what.kind) {
    case input_kind::message:
      host_.counters.add(counter::messages_received);
      return emit_message([&](std::string& out) {
        talk_->on_message(what.type, {what.payload.data(), what.payload.size()}, host_.now(), out);
      });
    case input_kind::ping:
      // One that reads nothing and pings without end must not grow: its pongs are worth nothing.
      if (queued_bytes() > host_.limits.outbox_bytes_max) return;
      emit([&](std::string& out) {
        append_frame(out, opcode::pong, {what.payload.data(), what.payload.size()});
      });
      return;
    case input_kind::close:
      return on_peer_close(what);
    case input_kind::violation:
      return close(what.code, metric_of(what.code));
    case input_kind::pong:
    case input_kind::need_more:
      return;
  }
}

void ws_session::on_peer_close(websocket::input const& what) {
  auto const code = what.close_status ? static_cast<close_code>(*what.close_status)
                                      : close_code::no_status;  // an empty body is echoed empty
  emit([&](std::string& out) { append_close(out, code, {}); });
  begin_closing(label::closed::client);
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
  auto wants_ping = false;
  emit_message([&](std::string& out) {
    wants_ping = talk_->on_event(what, host_.now(), out) == conversation::request::ping;
  });
  if (wants_ping) {
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
  begin_closing(why);
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

void ws_session::begin_closing(label::closed why) {
  state_ = state::closing;
  why_ = why;
  ++host_.sessions_closing;
  end_hold();  // the peer's half of the close handshake has to be read
  talk_->on_close();
  life_.on_closing(host_.now());
  reschedule();
}

void ws_session::finish(label::closed why) {
  if (state_ == state::closed) return;
  boost::intrusive_ptr<ws_session> const keep{this};  // the table lets go below
  if (state_ == state::open) {
    talk_->on_close();
  } else {
    --host_.sessions_closing;
  }
  state_ = state::closed;
  end_hold();
  stream_->close();
  host_.counters.add(counter::connections_closed, why);
  log::session()->debug("session closed core={} slot={} reason={}", self_.core, self_.slot,
                        label::values<label::closed>[static_cast<std::size_t>(why)]);
  host_.outbox_bytes -= queued_bytes();
  std::string{}.swap(out_);
  sent_ = 0;
  account_for_queue();
  host_.partial_bytes -= std::exchange(partial_bytes_, 0);
  host_.forget(self_);
}

void ws_session::hold(held_sessions& with) {
  if (held() || state_ != state::open) return;
  with.push_back(*this);
  ++host_.sessions_held;
  life_.on_held(host_.now());
}

// The deadlines are looked at again when what the client has said meanwhile has been read, or at
// the next ping: what is unread may be the very sign of life that somebody waits for.
void ws_session::let_go() {
  end_hold();
  if (state_ == state::open && !waits_readable_ && !paused()) read_on();
}

void ws_session::end_hold() {
  if (!held()) return;
  held_place::unlink();
  --host_.sessions_held;
  life_.on_let_go(host_.now());
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
  if (!stream_->has_buffered_input()) return wait_readable();
  // Reading was paused in the middle of what TLS holds, which the socket will not announce again.
  read_on();
}

void ws_session::read_on() {
  waits_readable_ = true;
  host_.read_later(this);
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
  if (due >= check_at_) return;  // the earlier check finds out
  check_at_ = due;
  host_.schedule(self_, due);
}

// Who does not read its replies gets no more of them: TCP then holds the client back. Relays of
// others are shed before the queue gets there, so nobody but a client itself can silence it. While
// the close handshake runs everything is read, since nothing is answered.
bool ws_session::paused() const {
  auto const max = host_.limits.outbox_bytes_max;
  return state_ == state::open && (held() || queued_bytes() > max + max / 2);
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
