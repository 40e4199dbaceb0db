// SPDX-License-Identifier: Apache-2.0
// What the file is made of, and how an older one becomes the present one.
#pragma once

#include "server/storage/sqlite_handle.hpp"

#include <string>

namespace waggle::storage {

/// "Wagl": says in the file's header whose it is.
inline constexpr std::int64_t sqlite_application_id = 0x5761676c;

/// The file is sound, but not for this program: nothing that waiting could mend.
struct sqlite_unsuitable {
  std::string text;
};

/// Makes a new file ready, brings an older one up to date, checks that it is whole.
/// Throws sqlite_error, or sqlite_unsuitable for a newer schema or the file of another program.
void prepare_schema(sqlite_connection& in);

/// The schema this program writes; PRAGMA user_version of its files.
[[nodiscard]] std::int64_t sqlite_schema_version();

}  // namespace waggle::storage
