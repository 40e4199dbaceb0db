// SPDX-License-Identifier: Apache-2.0
// What a message_reader says about a stream of bytes that arrives in pieces: a list of values that
// can be compared. Every piece has a buffer of its own that ends right behind the padding, so that
// a sanitizer sees any look beyond. Used by the unit tests and by the fuzz target.
#pragma once

#include "protocol/websocket/message_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace waggle::websocket {

/// One input, with everything it views copied.
struct heard {
  input_kind kind = input_kind::need_more;
  opcode type = opcode::continuation;
  std::string payload = {};
  std::optional<std::uint16_t> close_status = {};
  std::string close_reason = {};
  close_code code = close_code::no_status;

  bool operator==(heard const&) const = default;
};

inline void PrintTo(heard const& what, std::ostream* out) {
  *out << "{kind=" << static_cast<int>(what.kind) << " type=" << static_cast<int>(what.type)
       << " payload=" << what.payload.size() << " bytes status=" << what.close_status.value_or(0)
       << " reason=" << what.close_reason << " code=" << static_cast<int>(what.code) << "}";
}

inline heard copy_of(input const& what) {
  heard copy{.kind = what.kind,
             .type = what.type,
             .close_status = what.close_status,
             .close_reason = std::string{what.close_reason},
             .code = what.code};
  if (what.payload.data() != nullptr) {
    // Copied with the padding behind it, so that a sanitizer sees padding that is not there.
    copy.payload.assign(what.payload.data(), what.payload.size() + payload_padding_bytes);
    copy.payload.resize(what.payload.size());
  }
  return copy;
}

using piece_sizes = std::function<std::size_t()>;  // how long the next piece is; 0 counts as 1
using after_piece = std::function<void(message_reader const&)>;

/// Everything `reader` says about `stream`, without the need_more.
inline std::vector<heard> listen(message_reader& reader, std::string_view stream,
                                 piece_sizes const& next_bytes, after_piece const& look = {}) {
  std::vector<heard> all;
  while (!stream.empty()) {
    auto const bytes = std::min(std::max<std::size_t>(next_bytes(), 1), stream.size());
    std::vector<char> buffer(bytes + payload_padding_bytes, '\x5A');
    std::copy_n(stream.begin(), bytes, buffer.begin());
    stream.remove_prefix(bytes);
    auto left = std::span{buffer}.first(bytes);
    for (;;) {
      auto const found = reader.next(left);
      if (found.kind == input_kind::need_more) break;
      all.push_back(copy_of(found));
    }
    if (look) look(reader);
  }
  return all;
}

/// The same with a reader of its own.
inline std::vector<heard> listen(std::string_view stream, piece_sizes const& next_bytes,
                                 reader_limits const& limits = {}) {
  message_reader reader{limits};
  return listen(reader, stream, next_bytes);
}

inline std::vector<heard> listen_whole(std::string_view stream, reader_limits const& limits = {}) {
  return listen(
      stream, [&] { return stream.size(); }, limits);
}

inline std::vector<heard> listen_bytewise(std::string_view stream,
                                          reader_limits const& limits = {}) {
  return listen(
      stream, [] { return std::size_t{1}; }, limits);
}

}  // namespace waggle::websocket
