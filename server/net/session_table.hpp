// SPDX-License-Identifier: Apache-2.0
// The sessions of a core by slot and generation. A reference to a session that has ended misses:
// that is how everybody else learns of it. One core only.
#pragma once

#include "protocol/ids.hpp"
#include "server/net/ws_session.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace waggle::net {

class session_table {
 public:
  explicit session_table(std::uint16_t core) : core_(core) {}

  /// A reference for the session that is made next; pass it to insert(). Nothing is taken before
  /// that, so that a session which could not be made leaves nothing behind.
  [[nodiscard]] session_ref next();
  void insert(session_ref at, boost::intrusive_ptr<ws_session> session);

  /// Null if the session has ended. O(1).
  [[nodiscard]] ws_session* find(session_ref at) const;
  /// What find() will look at, before it is looked at: who delivers to many spares the waits.
  void prefetch(session_ref at) const {
    if (at.slot < slots_.size()) __builtin_prefetch(&slots_[at.slot]);
  }
  void erase(session_ref at);

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Calls visit(ws_session&) for those in the next `slots_max` slots from `from` on; it may end
  /// sessions. Who is opened meanwhile may be left out.
  /// @return where to go on; nothing: all have been visited.
  template <class Visit>
  [[nodiscard]] std::optional<std::size_t> for_some(std::size_t from, std::size_t slots_max,
                                                    Visit&& visit) {
    auto const end = std::min(from + slots_max, slots_.size());
    for (auto at = from; at < end; ++at) {
      if (auto const session = slots_[at].session) visit(*session);
    }
    if (end == slots_.size()) return std::nullopt;
    return end;
  }

  /// Calls visit(ws_session&) for each; it may end sessions, but not open any.
  template <class Visit>
  void for_each(Visit&& visit) {
    for (auto const& at : slots_) {
      if (auto const session = at.session) visit(*session);
    }
  }

 private:
  struct slot {
    boost::intrusive_ptr<ws_session> session;
    std::uint32_t generation = 0;  // of the session here, or of the last one
  };

  std::uint16_t core_;
  std::size_t size_ = 0;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;  // slots without a session, the last freed first
};

}  // namespace waggle::net
