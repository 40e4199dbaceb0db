// SPDX-License-Identifier: Apache-2.0
// See pending_states.hpp.
#include "server/core/pending_states.hpp"

namespace waggle {
namespace {

/// What an announce says of completeness in whichever way (swarm_table::note_announce).
completeness said_by(announce_message const& message) {
  return message.event == announce_event::completed ? completeness::complete : message.state;
}

}  // namespace

pending_states::outcome pending_states::add(announce_message const& message) {
  membership const of{message.from, message.swarm, message.peer};
  if (message.event == announce_event::stopped) {
    // Without a membership that anybody knew of there is nothing to end.
    if (!message.known && waiting_.find(of) == no_slot) return outcome::refused;
    return end(of, said::stopped);
  }
  if (!message.remember) return outcome::refused;

  auto const found = waiting_.find(of);
  if (found == no_slot) {
    state fresh{.may_exist = message.known};
    merge(fresh, message);
    waiting_.push(of, fresh);
    return outcome::waits;
  }
  auto& known = waiting_[found];
  if (known.last == said::stopped || known.last == said::left) {
    // Who joins anew comes after those who joined meanwhile: of connections that claim one peer id
    // the last to join is the one that counts.
    known = {.ends_first = true};
    waiting_.move_to_end(found);
  }
  merge(known, message);
  return outcome::merged;
}

pending_states::outcome pending_states::add(leave_message const& message) {
  return end({message.from, message.swarm, message.peer}, said::left);
}

pending_states::outcome pending_states::add(alive_message const& message) {
  membership const of{message.from, message.swarm, message.peer};
  auto const found = waiting_.find(of);
  if (found == no_slot) {
    waiting_.push(of, {.alive = true});
    return outcome::waits;
  }
  auto& known = waiting_[found];
  known.alive = known.last == said::nothing || known.last == said::announced;
  return outcome::merged;
}

bool pending_states::announces(membership const& of) const {
  auto const found = waiting_.find(of);
  return found != no_slot && waiting_[found].last == said::announced;
}

pending_states::outcome pending_states::end(membership const& of, said how) {
  auto const found = waiting_.find(of);
  if (found == no_slot) {
    waiting_.push(of, {.last = how});
    return outcome::waits;
  }
  if (!waiting_[found].may_exist) {
    waiting_.erase(found);
    return outcome::vanished;
  }
  waiting_[found] = {.last = how};
  return outcome::merged;
}

/// Completeness that is not mentioned stays as it was; everything else is as said last.
void pending_states::merge(state& into, announce_message const& message) {
  auto const complete = said_by(message);
  if (complete != completeness::unknown) into.complete = complete;
  into.last = said::announced;
  into.event = message.event;
  into.passive = message.passive;
  into.interval = message.interval;
}

announce_message pending_states::announce_of(membership const& of, state const& what) {
  return {.from = of.at,
          .swarm = of.swarm,
          .peer = of.peer,
          .event = what.last == said::stopped ? announce_event::stopped : what.event,
          .state = what.complete,
          .remember = what.last == said::announced,
          .known = what.may_exist,
          .passive = what.passive,
          .interval = what.interval,
          .offers = {}};
}

}  // namespace waggle
