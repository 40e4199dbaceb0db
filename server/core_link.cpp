// SPDX-License-Identifier: Apache-2.0
// See core_link.hpp.
#include "server/core_link.hpp"

#include <type_traits>
#include <utility>
#include <variant>

namespace waggle {

bool core_link::send(shard_message const& what, core_counters& counters) {
  if (!closes()) {
    batch().add(what, /*relays=*/true);
    return true;
  }
  keep(what, counters);
  return false;
}

void core_link::keep(shard_message const& what, core_counters& counters) {
  if (auto const relays = relays_in(what); relays != 0) {
    counters.add(counter::deliveries_shed, label::shed::mailbox_full, relays);
  }
  std::visit(
      [&]<class Message>(Message const& message) {
        if constexpr (std::is_same_v<Message, scrape_message>) {
          counters.add(counter::requests_shed, label::request::scrape);
        } else if constexpr (std::is_same_v<Message, mesh::leave> ||
                             std::is_same_v<Message, mesh::away> ||
                             std::is_same_v<Message, mesh::resume>) {
          if (!presence_.add(message)) counters.add(counter::mailbox_coalesced);
        } else if constexpr (std::is_same_v<Message, announce_message> ||
                             std::is_same_v<Message, leave_message> ||
                             std::is_same_v<Message, alive_message>) {
          auto const became = states_.add(message);
          if (became == pending_states::outcome::refused) {
            counters.add(counter::requests_shed, label::request::announce);
          } else if (became != pending_states::outcome::waits) {
            counters.add(counter::mailbox_coalesced);
          }
        } else if constexpr (!std::is_same_v<Message, answer_message> &&
                             !std::is_same_v<Message, mesh::relay>) {
          counters.add(counter::requests_shed, label::request::native);
        }
      },
      what);
}

void core_link::deliver(session_ref to, session_message const& what, core_counters& counters) {
  if (!closes()) return batch().add(to, what);
  // A match that nobody hears of is over after a while, and so is the end of one.
  if (relays_in(what) != 0 || std::holds_alternative<mesh::match>(what) ||
      std::holds_alternative<mesh::ended>(what)) {
    counters.add(counter::deliveries_shed, label::shed::mailbox_full);
  } else if (auto const* const probe = std::get_if<probe_message>(&what)) {
    if (!notices_.add(to, *probe)) counters.add(counter::mailbox_coalesced);
  } else if (auto const* const expiry = std::get_if<expiry_message>(&what)) {
    if (!notices_.add(to, *expiry)) counters.add(counter::mailbox_coalesced);
  } else if (auto const* const result = std::get_if<scrape_result>(&what)) {
    // One that lists every swarm is a thousand times as big as its question. The session waits for
    // as many results as it asked for, so an empty one has to come.
    counters.add(counter::requests_shed, label::request::scrape);
    batch().add(to, scrape_result{.request = result->request, .entries = {}});
  } else {
    batch().add(to, what);  // a reply: one for each announce that the other core sent before
  }
}

void core_link::look(std::size_t waiting_bytes) {
  if (waiting_bytes > bytes_max_ / 2) return;
  congested_ = false;
  if (pending() == 0) return;
  auto& into = batch();
  auto const until = into.bytes() + slice_bytes_;
  do {
    if (!states_.empty()) {
      states_.take_oldest([&](shard_message const& what) { into.add(what, /*relays=*/false); });
    } else if (!notices_.empty()) {
      notices_.take_oldest(
          [&](session_ref to, session_message const& what) { into.add(to, what); });
    } else {
      presence_.take_oldest([&](shard_message const& what) { into.add(what, /*relays=*/false); });
    }
  } while (pending() != 0 && into.bytes() < until);
}

/// A turn can fill the link on its own: then nobody knows yet how much waits at the other core.
bool core_link::closes() {
  if (batch_ && batch_->bytes() > bytes_max_) congested_ = true;
  return closed();
}

mail_batch& core_link::batch() {
  if (!batch_) batch_ = std::make_unique<mail_batch>();
  return *batch_;
}

}  // namespace waggle
