// SPDX-License-Identifier: Apache-2.0
#include "protocol/websocket/message_reader.hpp"

#include <algorithm>
#include <cstring>

namespace waggle::websocket {
namespace {

constexpr std::size_t first_hold_bytes = 512;

std::string_view as_text(std::span<char const> bytes) {
  return {bytes.data(), bytes.size()};
}

std::span<char> take_front(std::span<char>& bytes, std::size_t bytes_max) {
  auto const front = bytes.first(std::min(bytes.size(), bytes_max));
  bytes = bytes.subspan(front.size());
  return front;
}

}  // namespace

message_reader::message_reader(reader_limits const& limits) {
  use(limits);
}

void message_reader::use(reader_limits const& limits) {
  message_bytes_max_ =
      static_cast<std::uint32_t>(std::min(limits.message_bytes_max, message_bytes_ceiling));
}

input message_reader::next(std::span<char>& bytes) {
  if (returned_) release();
  while (phase_ != phase::finished) {
    // A frame without payload is complete although no byte follows.
    bool const empty_frame = phase_ == phase::payload && frame_bytes_ == 0;
    if (bytes.empty() && !empty_frame) return {};
    auto const found = phase_ == phase::head ? read_head(bytes) : read_payload(bytes);
    if (found) return *found;
  }
  bytes = bytes.last(0);
  return {};
}

bool message_reader::mid_message() const {
  if (phase_ == phase::finished) return false;
  return phase_ == phase::payload || head_bytes_ > 0 || message_type_ != opcode::continuation;
}

std::size_t message_reader::bytes_held() const {
  return held_ ? held_capacity_ + payload_padding_bytes : 0;
}

void message_reader::abandon() {
  phase_ = phase::finished;
  release();
}

std::optional<input> message_reader::read_head(std::span<char>& bytes) {
  std::size_t const before = head_bytes_;
  auto const copied = std::min(bytes.size(), head_.size() - before);
  std::memcpy(head_.data() + before, bytes.data(), copied);
  auto const decoded = decode_head({head_.data(), before + copied}, frame_sender::client);
  switch (decoded.state) {
    case head_state::violation:
      return refuse(close_code::protocol_error, decoded.why);
    case head_state::need_more:
      bytes = bytes.subspan(copied);
      head_bytes_ = static_cast<std::uint8_t>(before + copied);
      return std::nullopt;
    case head_state::complete:
      break;
  }
  bytes = bytes.subspan(decoded.head.head_bytes - before);
  head_bytes_ = 0;
  return begin_frame(decoded.head);
}

std::optional<input> message_reader::begin_frame(frame_head const& head) {
  if (!is_control(head.type)) {
    bool const open = message_type_ != opcode::continuation;
    bool const continues = head.type == opcode::continuation;
    if (continues && !open)
      return refuse(close_code::protocol_error, "continuation without a beginning");
    if (!continues && open)
      return refuse(close_code::protocol_error, "new message inside a fragmented one");
    // The fragments so far may be past a limit that was lowered; a frame has less than 2^63 bytes.
    if (message_bytes_ + head.payload_bytes > message_bytes_max_)
      return refuse(close_code::message_too_big, close_text(close_code::message_too_big));
    if (!continues) message_type_ = head.type;
  }
  frame_type_ = head.type;
  frame_fin_ = head.fin;
  frame_bytes_ = static_cast<std::uint32_t>(head.payload_bytes);
  frame_bytes_done_ = 0;
  mask_ = head.mask;
  phase_ = phase::payload;
  return std::nullopt;
}

std::optional<input> message_reader::read_payload(std::span<char>& bytes) {
  auto const piece = take_front(bytes, frame_bytes_ - frame_bytes_done_);
  unmask(piece, mask_, frame_bytes_done_);
  bool const control = is_control(frame_type_);
  if (!control && message_type_ == opcode::text && !text_.feed(as_text(piece)))
    return refuse(close_code::invalid_payload, close_text(close_code::invalid_payload));

  // Whole, and nothing to put in front of it or behind: the caller's bytes will do.
  bool const alone = control || (frame_fin_ && message_bytes_ == 0);
  bool const in_place = alone && piece.size() == frame_bytes_;
  auto const payload = in_place ? piece : hold(piece);
  if (!in_place && frame_bytes_done_ < frame_bytes_) return std::nullopt;

  phase_ = phase::head;
  if (control) return end_control(payload);
  return end_data(payload);
}

std::span<char> message_reader::hold(std::span<char const> piece) {
  bool const control = is_control(frame_type_);
  std::size_t const begin = control ? message_bytes_ : 0;
  std::size_t const used = control ? begin + frame_bytes_done_ : message_bytes_;
  std::size_t const end = used + piece.size();
  frame_bytes_done_ += static_cast<std::uint32_t>(piece.size());
  if (end == 0) return {};
  grow(end, used);
  std::memcpy(held_.get() + used, piece.data(), piece.size());
  std::memset(held_.get() + end, 0, payload_padding_bytes);
  if (!control) message_bytes_ = static_cast<std::uint32_t>(end);
  return {held_.get() + begin, end - begin};
}

void message_reader::grow(std::size_t bytes_needed, std::size_t bytes_used) {
  if (bytes_needed <= held_capacity_) return;
  // Doubling keeps a dribbled message linear. The announced length is no reason to allocate, but
  // one not to: what a final frame cannot fill is not taken.
  std::size_t const rest_of_frame = frame_bytes_ - frame_bytes_done_;
  std::size_t const useful = frame_fin_ ? bytes_needed + rest_of_frame : message_bytes_max_;
  std::size_t const doubled = std::max(2 * std::size_t{held_capacity_}, first_hold_bytes);
  auto const capacity = std::max(bytes_needed, std::min(doubled, useful));
  auto larger = std::make_unique_for_overwrite<char[]>(capacity + payload_padding_bytes);
  if (bytes_used > 0) std::memcpy(larger.get(), held_.get(), bytes_used);
  held_ = std::move(larger);
  held_capacity_ = static_cast<std::uint32_t>(capacity);
}

void message_reader::release() {
  held_.reset();
  held_capacity_ = 0;
  message_bytes_ = 0;
  returned_ = false;
}

input message_reader::end_control(std::span<char> payload) {
  returned_ = message_bytes_ == 0;
  if (frame_type_ == opcode::close) return end_close(payload);
  auto const kind = frame_type_ == opcode::ping ? input_kind::ping : input_kind::pong;
  return {.kind = kind, .payload = payload};
}

input message_reader::end_close(std::span<char> payload) {
  if (payload.size() == 1) return refuse(close_code::protocol_error, "close body of one byte");
  input found{.kind = input_kind::close};
  if (!payload.empty()) {
    auto const high = static_cast<std::uint8_t>(payload[0]);
    auto const low = static_cast<std::uint8_t>(payload[1]);
    auto const status = static_cast<std::uint16_t>(high << 8U | low);
    if (!may_be_sent(status)) return refuse(close_code::protocol_error, "invalid close code");
    found.close_status = status;
    found.close_reason = as_text(payload.subspan(2));
    if (!is_utf8(found.close_reason))
      return refuse(close_code::invalid_payload, "close reason is not valid UTF-8");
  }
  phase_ = phase::finished;
  returned_ = true;  // of an open message nothing is wanted any more
  return found;
}

std::optional<input> message_reader::end_data(std::span<char> payload) {
  if (!frame_fin_) return std::nullopt;
  if (message_type_ == opcode::text && !text_.complete())
    return refuse(close_code::invalid_payload, "text ends inside a code point");
  input const found{.kind = input_kind::message, .type = message_type_, .payload = payload};
  message_type_ = opcode::continuation;
  message_bytes_ = 0;
  returned_ = true;
  return found;
}

input message_reader::refuse(close_code code, std::string_view why) {
  abandon();
  return {.kind = input_kind::violation, .code = code, .why = why};
}

}  // namespace waggle::websocket
