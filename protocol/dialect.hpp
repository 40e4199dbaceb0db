// SPDX-License-Identifier: Apache-2.0
// What every dialect offers: text to commands, events to text. One folder a dialect implements it;
// protocol/dialects.hpp is the only list of them. An instance belongs to one core (it owns scratch
// space that is reused from message to message). Pure: no I/O, no clock.
#pragma once

#include "protocol/command.hpp"
#include "protocol/event.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace waggle {

/// So many bytes behind every text given to `dialect::decode` must be readable (their values do not
/// matter): the JSON reader loads whole vectors.
inline constexpr std::size_t decode_padding_bytes = 64;

class dialect {
 public:
  dialect() = default;
  dialect(dialect const&) = delete;
  dialect& operator=(dialect const&) = delete;
  virtual ~dialect() = default;

  /// Static text, for operators.
  [[nodiscard]] virtual std::string_view name() const = 0;

  /// What a message means. The pointer is never null; it and every view in the command are valid
  /// until the next call of decode() or until `text` goes away.
  using decoded = std::variant<command const*, failure>;

  /// Reads one message. Never throws for its content, never keeps `text`.
  /// @param text  one complete message; decode_padding_bytes behind it are readable.
  [[nodiscard]] virtual decoded decode(std::string_view text) = 0;

  /// Appends the text of one message to `out`.
  virtual void encode(event const& what, std::string& out) = 0;
};

}  // namespace waggle
