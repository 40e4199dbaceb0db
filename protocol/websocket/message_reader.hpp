// SPDX-License-Identifier: Apache-2.0
// From the bytes of one client to its messages, pings, pongs and close (RFC 6455, server side).
// A pull parser without I/O, clock or log; one per connection, small because most are idle.
#pragma once

#include "protocol/websocket/close_code.hpp"
#include "protocol/websocket/frame.hpp"
#include "protocol/websocket/utf8.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace waggle::websocket {

struct reader_limits {
  std::size_t message_bytes_max = 65'536;  // capped at message_bytes_ceiling

  bool operator==(reader_limits const&) const = default;
};

inline constexpr std::size_t message_bytes_ceiling = std::size_t{1} << 30U;

/// So many bytes behind a message may be read; their values do not matter. The decoders behind this
/// library ask for it (protocol/dialect.hpp: decode_padding_bytes; a test compares the two).
inline constexpr std::size_t payload_padding_bytes = 64;

enum class input_kind : std::uint8_t { need_more, message, ping, pong, close, violation };

/// What next() found. Views are valid until the next call or until the buffer goes away.
struct input {
  input_kind kind = input_kind::need_more;
  opcode type = opcode::continuation;              // of a message: text or binary
  std::span<char> payload = {};                    // of a message, ping or pong; unmasked
  std::optional<std::uint16_t> close_status = {};  // of a close; none: its body was empty
  std::string_view close_reason = {};              // of a close; valid UTF-8
  close_code code = close_code::no_status;         // of a violation: 1002, 1007 or 1009
  std::string_view why = {};                       // of a violation; static text
};

class message_reader {
 public:
  explicit message_reader(reader_limits const& limits);
  message_reader(message_reader const&) = delete;
  message_reader& operator=(message_reader const&) = delete;
  ~message_reader() = default;

  /// Consumes bytes from the front of `bytes` (advances it), unmasking in place, until one input is
  /// complete or none are left. A message that lies whole in `bytes` is returned as a part of it;
  /// any other is gathered on the heap as it arrives and freed by the call after the one that
  /// returned it, so call until need_more. After a close or a violation everything is swallowed.
  ///
  /// @param bytes  payload_padding_bytes behind it are readable.
  [[nodiscard]] input next(std::span<char>& bytes);

  /// Whether a frame or a message has begun and is not complete (its deadline is running).
  [[nodiscard]] bool mid_message() const;

  /// Heap bytes of what has arrived in part.
  [[nodiscard]] std::size_t bytes_held() const;

  /// Forgets what has arrived in part; everything after it is swallowed.
  void abandon();

  /// From the next frame on these limits hold; a frame that has begun may still end.
  void use(reader_limits const& limits);

 private:
  enum class phase : std::uint8_t { head, payload, finished };

  [[nodiscard]] std::optional<input> read_head(std::span<char>& bytes);
  [[nodiscard]] std::optional<input> begin_frame(frame_head const& head);
  [[nodiscard]] std::optional<input> read_payload(std::span<char>& bytes);
  [[nodiscard]] input end_control(std::span<char> payload);
  [[nodiscard]] input end_close(std::span<char> payload);
  [[nodiscard]] std::optional<input> end_data(std::span<char> payload);
  [[nodiscard]] input refuse(close_code code, std::string_view why);

  [[nodiscard]] std::span<char> hold(std::span<char const> piece);
  void grow(std::size_t bytes_needed, std::size_t bytes_used);
  void release();

  /// What is on the heap: first the fragments of the open message, behind them the part of a
  /// control frame that came between them.
  std::unique_ptr<char[]> held_;
  std::uint32_t held_capacity_ = 0;  // without the padding; grows with what has arrived
  std::uint32_t message_bytes_ = 0;  // of the open message, in held_
  std::uint32_t message_bytes_max_ = 0;
  std::uint32_t frame_bytes_ = 0;       // payload of the current frame, as announced
  std::uint32_t frame_bytes_done_ = 0;  // of these, how many have arrived
  mask_key mask_{};
  std::array<char, frame_head_bytes_max> head_{};  // of a head that arrives in pieces
  std::uint8_t head_bytes_ = 0;
  phase phase_ = phase::head;
  opcode frame_type_ = opcode::continuation;
  bool frame_fin_ = false;
  opcode message_type_ = opcode::continuation;  // continuation: no message is open
  bool returned_ = false;  // held_ was handed out and is not needed after this turn
  utf8_validator text_;    // of the open text message; between messages it is complete
};

// One per connection, and most connections are idle.
static_assert(sizeof(message_reader) <= 64);

}  // namespace waggle::websocket
