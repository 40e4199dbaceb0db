// SPDX-License-Identifier: Apache-2.0
// See swarm_journal.hpp.
#include "server/core/swarm_journal.hpp"

namespace waggle {

void swarm_journal::joined(swarm& where) {
  if (where.history().completed != 0 && !where.told.ever()) look_at(where);
}

void swarm_journal::completed(swarm& where) {
  if (is_worth_a_row(where)) tell(where, 1);
}

void swarm_journal::ended(swarm& gone) {
  if (is_worth_a_row(gone)) tell(gone, 0);
}

bool swarm_journal::look_at(swarm& seen) {
  auto const& told = seen.told;
  auto const due = told.ever() ? told.since(now_) >= limits_.seen_every ||
                                     (told.grown() && told.since(now_) >= limits_.peak_every)
                               : is_worth_a_row(seen);
  if (due) tell(seen, 0);
  return due;
}

// Anybody can make up info hashes: one that nobody else asked for is no fact worth keeping, also
// where its one visitor says that he completed it.
bool swarm_journal::is_worth_a_row(swarm const& seen) const {
  return seen.told.ever() || seen.history().peak >= 2 ||
         now_ - seen.first_seen() >= limits_.alone_max;
}

void swarm_journal::tell(swarm& of, std::uint32_t completed) {
  auto const history = of.history();
  if (!of.told.ever()) completed = history.completed;  // with those that were held back
  of.told.told(now_);
  if (!news_.empty() && news_.back().swarm == of.id()) {
    news_.back().completed += completed;
    news_.back().peak = history.peak;
    return;
  }
  if (news_.size() >= limits_.news_max) {
    ++lost_;
    return;
  }
  news_.push_back({of.id(), completed, history.peak, history.first_seen});
}

}  // namespace waggle
