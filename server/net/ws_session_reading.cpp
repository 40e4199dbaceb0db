// SPDX-License-Identifier: Apache-2.0
// How much a session reads in its turn, and when it does not read at all, see ws_session.hpp.
#include "server/net/ws_session.hpp"

#include <algorithm>
#include <utility>

namespace waggle::net {
namespace {

using websocket::close_code;
using websocket::input_kind;

constexpr std::chrono::seconds lingering_message{5};

}  // namespace

std::span<char> ws_session::unread::rest() {
  auto const size = bytes.size() - websocket::payload_padding_bytes;
  return std::span{bytes}.first(size).subspan(handled);
}

void ws_session::read() {
  if (unread_) return take_in_unread();
  auto const now = host_.now();
  auto const share = begin_turn(now);
  auto const buffer = host_.read_buffer().first(share.bytes);
  prefetch_talk();  // comes while the kernel copies
  auto const got = stream_->read_some(buffer);
  switch (got.status) {
    case io_status::done:
      take_in(buffer.first(got.bytes), share, now);
      if (state_ == state::closed || paused()) return;
      if (unread_ || (got.bytes == buffer.size() && has_input())) return read_on();
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

// Whether the core is behind matters to nobody who has most of his burst, and is not asked then.
turn_share ws_session::begin_turn(core_time now) {
  auto const& limits = host_.limits.quota;
  auto const plentiful = quota_.plentiful(limits);  // which a refill only makes more so
  quota_.refill(now, limits, !plentiful && host_.busy());
  auto const full = state_ == state::open && (plentiful || quota_.plentiful(limits));
  return full ? full_share : small_share;
}

void ws_session::take_in(std::span<char> bytes, turn_share const& share, core_time now) {
  host_.counters.add(counter::bytes_received, bytes.size());
  quota_.take_bytes(bytes.size(), host_.limits.quota);
  life_.on_received(now);
  if (state_ == state::open) talk_->on_life(now);
  reader_.use(host_.limits.reader);  // which a reload may have changed
  auto const rest = handle_some(bytes, share.messages);
  if (state_ == state::closed) return;
  if (!rest.empty()) {
    unread_ = std::make_unique<unread>();
    unread_->bytes.reserve(rest.size() + websocket::payload_padding_bytes);
    unread_->bytes.assign(rest.begin(), rest.end());
    unread_->bytes.resize(rest.size() + websocket::payload_padding_bytes);
  }
  end_turn(now);
}

// Those who are owed an answer by others have had their turn meanwhile.
void ws_session::take_in_unread() {
  auto const now = host_.now();
  auto const share = begin_turn(now);
  auto kept = std::move(unread_);
  auto const all = kept->rest();
  auto const rest = handle_some(all, share.messages);
  if (state_ == state::closed) return;
  if (!rest.empty()) {
    kept->handled += all.size() - rest.size();
    unread_ = std::move(kept);
  }
  end_turn(now);
  if (state_ != state::closed && !paused()) read_on();
}

// One buffer holds ten thousand of the smallest messages: they are handled a share at a time, so
// that the others have their turn, and only while the quota lasts.
std::span<char> ws_session::handle_some(std::span<char> bytes, std::uint32_t messages_max) {
  auto const& limits = host_.limits.quota;
  std::uint32_t cost = 0;
  while (bytes.empty() ||
         (cost < messages_max && (state_ != state::open || !quota_.messages_used_up(limits)))) {
    auto const what = reader_.next(bytes);
    if (what.kind == input_kind::need_more) break;
    auto const one = handle(what);
    quota_.take_messages(one, limits);
    cost += one;
    host_.settle();
    if (state_ == state::closed) break;
  }
  return bytes;
}

void ws_session::end_turn(core_time now) {
  life_.on_message_progress(reader_.mid_message(), now);
  account_for_partial_message(now);
  if (state_ == state::open && quota_.used_up(host_.limits.quota)) pause_for_quota(now);
  // What came put every other deadline off; the check that is scheduled finds that out.
  if (reader_.mid_message()) reschedule();
}

// Each message may be as long as the limit says, but not the beginnings of all together: whoever
// lets them grow over the budget goes, and takes his along. The last fifth is for messages that
// have just begun, which most clients complete within the second.
void ws_session::account_for_partial_message(core_time now) {
  auto const held = reader_.bytes_held() + (unread_ ? unread_->bytes.size() : 0);
  auto const before = std::exchange(partial_bytes_, held);
  host_.partial_bytes += partial_bytes_ - before;
  if (partial_bytes_ == 0) return;
  auto const max = host_.limits.partial_bytes_total_max;
  auto const over = host_.partial_bytes > max && partial_bytes_ > before;
  auto const lingers =
      host_.partial_bytes > max - max / 5 && life_.message_age(now) > lingering_message;
  if (!over && !lingers) return;
  reader_.abandon();
  unread_.reset();
  host_.partial_bytes -= std::exchange(partial_bytes_, 0);
  close(close_code::try_again_later, label::closed::partial_budget);
}

// Who does not read its replies gets no more of them: TCP then holds the client back. Relays of
// others are shed before the queue gets there, so nobody but a client itself can silence it. While
// the close handshake runs everything is read, since nothing is answered.
bool ws_session::paused() const {
  auto const max = host_.limits.outbox_bytes_max;
  return state_ == state::open && (held() || queued_bytes() > max + max / 2);
}

void ws_session::hold(held_sessions& with) {
  if (held_place::is_linked() || state_ != state::open) return;
  if (!held()) life_.on_held(host_.now());
  with.push_back(*this);
  ++host_.sessions_held;
}

// The deadlines are looked at again when what the client has said meanwhile has been read, or at
// the next ping: what is unread may be the very sign of life that somebody waits for.
void ws_session::let_go() {
  end_hold();
  if (state_ == state::open && !waits_readable_ && !paused()) read_on();
}

void ws_session::end_hold() {
  if (!held_place::is_linked()) return;
  held_place::unlink();
  --host_.sessions_held;
  if (!held()) life_.on_let_go(host_.now());
}

// TCP holds back whoever says more than its quota; who does so for long has to go.
void ws_session::pause_for_quota(core_time now) {
  quota_.on_used_up(now);
  if (quota_.stays_over(now, host_.limits.quota)) {
    return close(close_code::rate_limited, label::closed::rate_limited);
  }
  if (over_quota_) return;
  if (!held()) life_.on_held(now);
  over_quota_ = true;
  ++host_.sessions_over_quota;
  host_.counters.add(counter::quota_pauses);
  reschedule();
}

void ws_session::end_quota_pause() {
  if (!over_quota_) return;
  over_quota_ = false;
  --host_.sessions_over_quota;
  if (!held()) life_.on_let_go(host_.now());
}

/// Whether the pause has ended, in one way or the other.
bool ws_session::look_at_quota(core_time now) {
  auto const& limits = host_.limits.quota;
  quota_.refill(now, limits, host_.busy());
  if (quota_.stays_over(now, limits)) {
    close(close_code::rate_limited, label::closed::rate_limited);
    return true;
  }
  if (!quota_.useful(limits)) return false;
  end_quota_pause();
  if (!waits_readable_ && !paused()) read_on();
  return true;
}

void ws_session::read_on() {
  waits_readable_ = true;
  host_.read_later(this);
}

}  // namespace waggle::net
