// SPDX-License-Identifier: Apache-2.0
// The last things that happened to the swarms of a core, in rings of fixed size: who came and went
// and what was dropped, of every swarm; of those that are watched also who was offered to whom.
// Pure; one per core, one thread.
#pragma once

#include "protocol/ids.hpp"
#include "server/core/message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace waggle {

enum class happening : std::uint8_t {
  join,
  leave,
  expire,
  refused,
  offer,
  unmatched,
  answer,
  unroutable,
  shed,
};
/// "join", "leave", ...
[[nodiscard]] std::string_view name_of(happening what);

enum class drop_reason : std::uint8_t {
  none,
  limit,        // of memberships
  nobody,       // to offer to
  no_route,     // for an answer
  behind,       // the core is, with reading
  outbox_full,  // of the receiver
  budget,       // of all queues
  closing,      // the receiver is
  mailbox_full,
};
/// In words; empty for `none`.
[[nodiscard]] std::string_view text_of(drop_reason why);

struct flight_record {
  core_time at{};
  swarm_id swarm;
  peer_id peer;   // who did it
  peer_id other;  // whom it reached, if has_other
  happening what = happening::join;
  drop_reason why = drop_reason::none;
  bool has_other = false;
};
static_assert(sizeof(flight_record) == 80, "so many fit into the bytes of a ring");

class flight_recorder {
 public:
  static constexpr std::size_t watched_max = 16;
  /// A watched swarm has a ring of this part of the bytes.
  static constexpr std::size_t watched_part = 4;

  /// @param bytes  of the ring of all swarms; 0: nothing is recorded.
  explicit flight_recorder(std::size_t bytes) : bytes_(bytes), all_(bytes) {}

  [[nodiscard]] bool on() const { return all_.on(); }

  /// For what is rare.
  void note(flight_record const& what) {
    if (!all_.on()) return;
    all_.add(what);
    note_watched(what);
  }
  /// For what is as frequent as messages: only of watched swarms.
  void note_watched(flight_record const& what) {
    if (auto* const own = find(what.swarm); own != nullptr && own->on()) own->add(what);
  }
  /// Whether note_watched() would do anything: asked before a record is made.
  [[nodiscard]] bool watches(swarm_id const& swarm) const {
    return !watched_.empty() && const_cast<flight_recorder*>(this)->find(swarm) != nullptr;
  }

  /// Gives a swarm a ring of its own, or takes it away with all that is in it.
  /// @return false: watched_max are watched already.
  bool watch(swarm_id const& swarm, bool on);

  /// The newest `limit`, the oldest of them first. Of a swarm that is watched: from its own ring.
  [[nodiscard]] std::vector<flight_record> newest(std::optional<swarm_id> const& of,
                                                  std::size_t limit) const;

  [[nodiscard]] std::size_t bytes() const;

 private:
  class ring {
   public:
    explicit ring(std::size_t bytes) : records_(bytes / sizeof(flight_record)) {}

    [[nodiscard]] bool on() const { return !records_.empty(); }
    void add(flight_record const& what) {
      records_[next_] = what;
      if (++next_ == records_.size()) {
        next_ = 0;
        full_ = true;
      }
    }
    /// From the newest to the oldest, until `visit` returns false.
    template <class Visit>
    void visit_newest(Visit visit) const {
      auto const held = full_ ? records_.size() : next_;
      for (std::size_t back = 1; back <= held; ++back) {
        auto const at = next_ >= back ? next_ - back : next_ + records_.size() - back;
        if (!visit(records_[at])) return;
      }
    }
    [[nodiscard]] std::size_t bytes() const { return records_.size() * sizeof(flight_record); }

   private:
    std::vector<flight_record> records_;  // never grows
    std::size_t next_ = 0;
    bool full_ = false;
  };
  struct watched_swarm {
    swarm_id swarm;
    ring records;
  };

  [[nodiscard]] ring* find(swarm_id const& swarm) {
    for (auto& each : watched_) {
      if (each.swarm == swarm) return &each.records;
    }
    return nullptr;
  }

  std::size_t bytes_;
  ring all_;
  std::vector<watched_swarm> watched_;  // at most watched_max
};

}  // namespace waggle
