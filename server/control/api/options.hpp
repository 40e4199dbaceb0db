// SPDX-License-Identifier: Apache-2.0
// What the settings say of the admin API. Values.
#pragma once

#include <string>

namespace waggle {

struct api_options {
  std::string token;        // empty: there is none
  std::string storage_url;  // where facts are kept, without its secrets
};

}  // namespace waggle
