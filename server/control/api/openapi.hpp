// SPDX-License-Identifier: Apache-2.0
// The description of the admin API: openapi.json, which is part of the program.
#pragma once

#include <string_view>

namespace waggle::api {

/// Made of openapi.json when the program is built (embed.cmake).
[[nodiscard]] std::string_view openapi_document();

}  // namespace waggle::api
