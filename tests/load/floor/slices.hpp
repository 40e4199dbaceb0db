// SPDX-License-Identifier: Apache-2.0
// The floor's reading of a message: jumps from quote to quote with memchr and hands out raw slices.
// It checks nothing; garbage gives garbage, but never a slice outside the text. Pure.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

namespace waggle::floor {

struct offer_slices {
  std::string_view id;     // with its quotes
  std::string_view offer;  // with its braces
};

/// What a tracker has to know of a message. Strings keep their quotes and escapes, so that they can
/// be spliced into another message as they are.
struct message_slices {
  std::string_view action;
  std::string_view info_hash;
  std::string_view peer_id;
  std::string_view event;
  std::string_view to_peer_id;
  std::string_view offer_id;
  std::string_view answer;
  std::vector<offer_slices> offers;
};

class slicer {
 public:
  explicit slicer(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  void read(message_slices& to) {
    to.action = to.info_hash = to.peer_id = to.event = {};
    to.to_peer_id = to.offer_id = to.answer = {};
    to.offers.clear();
    while (next_member()) {
      if (key_ == "offers" && at_ != end_ && *at_ == '[') {
        read_offers(to.offers);
      } else if (auto const field = field_of(key_)) {
        to.*field = value();
      } else {
        skip_value();
      }
    }
  }

 private:
  using slice = std::string_view message_slices::*;

  static slice field_of(std::string_view key) {
    switch (key.size()) {
      case 5:
        return key == "event" ? &message_slices::event : nullptr;
      case 6:
        if (key == "action") return &message_slices::action;
        return key == "answer" ? &message_slices::answer : nullptr;
      case 7:
        return key == "peer_id" ? &message_slices::peer_id : nullptr;
      case 8:
        return key == "offer_id" ? &message_slices::offer_id : nullptr;
      case 9:
        return key == "info_hash" ? &message_slices::info_hash : nullptr;
      case 10:
        return key == "to_peer_id" ? &message_slices::to_peer_id : nullptr;
      default:
        return nullptr;
    }
  }

  /// Goes to the value of the next member of the object around `at_`; false at its end.
  bool next_member() {
    while (at_ != end_ && *at_ != '"') {
      if (*at_++ == '}') return false;
    }
    if (at_ == end_) return false;
    auto const* const begin = ++at_;
    while (at_ != end_ && *at_ != '"') ++at_;  // keys are short
    key_ = {begin, static_cast<std::size_t>(at_ - begin)};
    while (at_ != end_ && *at_ != ':') ++at_;
    while (at_ != end_ && (*at_ == ':' || *at_ == ' ')) ++at_;
    return at_ != end_;
  }

  void read_offers(std::vector<offer_slices>& to) {
    for (;;) {
      while (at_ != end_ && *at_ != '{') {
        if (*at_++ == ']') return;
      }
      if (at_ == end_) return;
      ++at_;
      offer_slices item;
      while (next_member()) {
        if (key_ == "offer") {
          item.offer = value();
        } else if (key_ == "offer_id") {
          item.id = value();
        } else {
          skip_value();
        }
      }
      to.push_back(item);
    }
  }

  std::string_view value() {
    auto const* const begin = at_;
    skip_value();
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  void skip_value() {
    if (*at_ == '"') return skip_string();
    if (*at_ != '{' && *at_ != '[') {
      while (at_ != end_ && *at_ != ',' && *at_ != '}' && *at_ != ']') ++at_;
      return;
    }
    std::size_t depth = 0;
    do {
      switch (*at_) {
        case '"':
          skip_string();
          continue;
        case '{':
        case '[':
          ++depth;
          break;
        case '}':
        case ']':
          --depth;
          break;
        default:
          break;
      }
      ++at_;
    } while (depth != 0 && at_ != end_);
  }

  /// From an opening quote to behind the closing one, which has an even number of backslashes
  /// before it.
  void skip_string() {
    for (++at_; at_ != end_; ++at_) {
      auto const* const quote =
          static_cast<char const*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
      if (quote == nullptr) break;
      auto const* before = quote;
      while (before[-1] == '\\') --before;  // stops at the opening quote
      at_ = quote;
      if ((quote - before) % 2 == 0) {
        ++at_;
        return;
      }
    }
    at_ = end_;
  }

  char const* at_;
  char const* end_;
  std::string_view key_;
};

}  // namespace waggle::floor
