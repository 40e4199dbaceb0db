// SPDX-License-Identifier: Apache-2.0
// Whether browsers will like the certificate, and for how long. Pure.
#pragma once

#include "server/doctor/report.hpp"
#include "server/doctor/tls_facts.hpp"

#include <string>

namespace waggle::doctor {

struct certificate_question {
  std::string host;  // that the URL names
  std::chrono::system_clock::time_point now;
  bool insecure = false;          // go on with a bad one
  bool authorities_known = true;  // there are some to compare with
};

[[nodiscard]] check judge_certificate(tls_facts const& facts, certificate_question const& asked);

}  // namespace waggle::doctor
