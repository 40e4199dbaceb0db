// SPDX-License-Identifier: Apache-2.0
// The figures of the whole server that are kept over time. Levels are as of the end of a minute,
// everything else is per second.
#pragma once

#include <array>
#include <string_view>

namespace waggle {

inline constexpr std::array series_names = std::to_array<std::string_view>(
    {"peers", "seeders", "swarms", "connections", "memory_bytes", "cpu_percent", "announces",
     "messages_received", "messages_sent", "bytes_received", "bytes_sent", "offers_relayed",
     "answers_relayed", "deliveries_shed"});

}  // namespace waggle
