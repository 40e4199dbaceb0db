// SPDX-License-Identifier: Apache-2.0
// What the settings say of the admin API. Values.
#pragma once

#include <chrono>
#include <string>

namespace waggle {

struct api_options {
  std::string token;                     // empty: there is none
  std::chrono::seconds drain_window{5};  // of a drain that names none
  std::string storage_url;               // where facts are kept, without its secrets
};

}  // namespace waggle
