// SPDX-License-Identifier: Apache-2.0
// The PROXY header at the beginning of a connection, taken off the raw socket: exactly its bytes,
// since what follows may be a TLS handshake that OpenSSL will read by itself. One core only.
#pragma once

#include "server/net/connection_setup.hpp"

namespace waggle::net {

/// Before make_stream(). Puts what the header says of the client into `at.let_in`.
/// @return false if the connection must end; it is counted then. The caller keeps `at` alive.
awaitable<bool> take_proxy_header(connection_setup& at);

}  // namespace waggle::net
