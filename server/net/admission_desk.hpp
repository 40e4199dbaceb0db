// SPDX-License-Identifier: Apache-2.0
// Whether a newcomer is let in: the one place that compares it with the quotas, counts what is over
// them, and decides whether that keeps it out. Its set-up asks twice: as soon as the address is
// known, and when it wants to be a session. One core; tables that are shared have locks.
#pragma once

#include "server/net/connection_setup.hpp"
#include "server/session/admission_reason.hpp"

#include <optional>

namespace waggle::net {

/// Counts that a newcomer is over a quota, or has no business here.
/// @return whether it is refused for that: for a quota not in a dry run, and not where that is only
///         counted.
[[nodiscard]] bool is_refused(connection_setup const& at, admission_reason why);

/// The address has become known, unless a proxy speaks for its client and has not said yet who that
/// is: the connection is one of its address from now on. Idempotent.
void arrive(connection_setup& at, bool known);

/// The connection is counted with its client's address.
/// @return why it is refused, if it is.
[[nodiscard]] std::optional<admission_reason> find_refusal(connection_setup const& at);

/// Counts a handshake that has failed, also against its address.
void fail(connection_setup const& at, label::handshake why);

}  // namespace waggle::net
