// SPDX-License-Identifier: Apache-2.0
// What a connection was let in with, from the accept to its end. One core only.
#pragma once

#include "server/net/byte_stream.hpp"
#include "server/runtime/gate.hpp"

namespace waggle::net {

struct admission {
  transport kind = transport::plain;
  runtime::gate::pass pass{};  // its place among the connections that the process can hold
};

}  // namespace waggle::net
