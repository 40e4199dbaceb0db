// SPDX-License-Identifier: Apache-2.0
// A pull reader that checks every byte it steps over (RFC 8259) and hands out exact slices of the
// text. No recursion, no allocation, no copy. Pure. Why it is not simdjson's on-demand parser:
// docs/decisions/0002-checked-json-slices.md.
#pragma once

#include "protocol/error.hpp"
#include "protocol/json/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace waggle::json {

/// Reads one JSON text from front to back, each value exactly once, either whole (`take`) or, for
/// an object or array, member by member (`enter`, then `next_member` or `next_item` until false).
///
/// Errors stick: after the first one every call reports "nothing there", so a caller only has to
/// look at the result of `finish()`. What was taken before an error must not be used.
class reader {
 public:
  /// The kinds of the open containers are the bits of one word.
  static constexpr std::size_t depth_cap = 64;

  /// @param text       must outlive the reader and every value taken from it.
  /// @param depth_max  how many containers may be open at once; at most depth_cap.
  reader(std::string_view text, std::size_t depth_max);

  /// The kind the next value will have if it turns out to be valid.
  [[nodiscard]] kind peek();

  /// Checks the next value completely, containers with all they hold, and steps over it.
  [[nodiscard]] value take();

  /// Opens the next value. It must be an object or an array, as told by peek().
  void enter();

  /// Steps to the next member of the object entered last; its value must be read next.
  /// @return false at the closing brace, which is consumed, and after an error.
  [[nodiscard]] bool next_member(value& key);

  /// Steps to the next item of the array entered last; it must be read next.
  /// @return false at the closing bracket, which is consumed, and after an error.
  [[nodiscard]] bool next_item();

  /// To be called after the root value: nothing but white space may follow.
  /// @return errc::ok, or errc::not_json or errc::too_deep for the first thing that was wrong.
  [[nodiscard]] errc finish();

 private:
  [[nodiscard]] bool at_end() const { return at_ == end_; }
  void skip_space();
  void fail(errc why);
  [[nodiscard]] bool next(char close);  // separator or the end of the innermost container
  [[nodiscard]] bool innermost_is_object() const { return (objects_ & 1U) != 0; }
  [[nodiscard]] value take_string();
  [[nodiscard]] value take_number();
  [[nodiscard]] value take_literal(kind is, std::string_view word);

  char const* at_;
  char const* end_;
  std::uint64_t objects_ = 0;  // bit 0: the innermost open container is an object
  std::size_t depth_ = 0;      // open containers, at most depth_max_
  std::size_t depth_max_;
  bool first_ = false;  // nothing was read yet of the innermost container
  errc error_ = errc::ok;
};

}  // namespace waggle::json
