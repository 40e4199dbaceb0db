// SPDX-License-Identifier: Apache-2.0
// What a public listener expects of the connections that come through it. A value.
#pragma once

#include "server/net/byte_stream.hpp"

namespace waggle::net {

struct entrance {
  transport kind = transport::plain;
  bool with_proxy_header = false;  // before anything else, TLS included

  bool operator==(entrance const&) const = default;
};

}  // namespace waggle::net
