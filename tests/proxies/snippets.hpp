// SPDX-License-Identifier: Apache-2.0
// The proxies of docs/operations.md that end TLS and forward requests, with the ports and files of
// a test put in. Pure, apart from reading the page.
#pragma once

#include "tests/support/certificate.hpp"
#include "tests/support/endpoint.hpp"

#include <string>

namespace waggle::test {

[[nodiscard]] std::string nginx_snippet(endpoint const& at, endpoint const& server,
                                        certificate const& pair);
/// @param both  file with certificate and key.
[[nodiscard]] std::string haproxy_snippet(endpoint const& at, endpoint const& server,
                                          std::string const& both);
[[nodiscard]] std::string caddy_snippet(endpoint const& at, endpoint const& server,
                                        certificate const& pair);

}  // namespace waggle::test
