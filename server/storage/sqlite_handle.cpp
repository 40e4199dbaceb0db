// SPDX-License-Identifier: Apache-2.0
// See sqlite_handle.hpp. Values that are bound live until the statement has run: no copies.
#include "server/storage/sqlite_handle.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace waggle::storage {

sqlite_connection::sqlite_connection(std::string const& path, int busy_wait_ms) {
  sqlite3* opened = nullptr;
  auto const code =
      sqlite3_open_v2(path.c_str(), &opened,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(opened);
  if (code != SQLITE_OK) {
    if (opened == nullptr) throw sqlite_error{code, sqlite3_errstr(code)};
    fail(code);
  }
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, busy_wait_ms);
}

void sqlite_connection::fail(int code) const {
  throw sqlite_error{code, sqlite3_errmsg(handle_.get())};
}

void sqlite_connection::run(char const* sql) {
  auto const code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::int64_t sqlite_connection::number(char const* sql) {
  return sqlite_statement{*this, sql}.ask();
}

std::string sqlite_connection::text(char const* sql) {
  sqlite_statement asked{*this, sql};
  return asked.next() ? asked.text(0) : std::string{};
}

// Through SQLite's own descriptor: closing another one of the file would drop its locks.
bool sqlite_connection::header_is_whole() const {
  constexpr std::string_view magic{"SQLite format 3\0", 16};
  sqlite3_file* file = nullptr;
  auto const code = sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_FILE_POINTER,
                                         static_cast<void*>(&file));
  if (code != SQLITE_OK || file == nullptr || file->pMethods == nullptr) return false;
  sqlite3_int64 bytes = 0;
  if (file->pMethods->xFileSize(file, &bytes) != SQLITE_OK) return false;
  if (bytes == 0) return true;  // new, and all of it still in the log
  std::array<char, magic.size()> begin{};
  if (file->pMethods->xRead(file, begin.data(), int{begin.size()}, 0) != SQLITE_OK) return false;
  return std::equal(begin.begin(), begin.end(), magic.begin());
}

sqlite_statement::sqlite_statement(sqlite_connection& in, std::string_view sql) : in_(&in) {
  sqlite3_stmt* prepared = nullptr;
  check(sqlite3_prepare_v3(in.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &prepared, nullptr));
  handle_.reset(prepared);
}

void sqlite_statement::check(int code) const {
  if (code != SQLITE_OK) in_->fail(code);
}

int sqlite_statement::run() {
  while (next()) {
  }
  return in_->changes();
}

bool sqlite_statement::next() {
  auto const code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3_reset(handle_.get());
  if (code != SQLITE_DONE) in_->fail(code);
  return false;
}

std::int64_t sqlite_statement::number(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

double sqlite_statement::real(int column) const {
  return sqlite3_column_double(handle_.get(), column);
}

std::string sqlite_statement::text(int column) const {
  auto const* const bytes = sqlite3_column_blob(handle_.get(), column);
  auto const count = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return bytes == nullptr ? std::string{} : std::string{static_cast<char const*>(bytes), count};
}

wall_time sqlite_statement::time(int column) const {
  return wall_time{std::chrono::milliseconds{number(column)}};
}

swarm_id sqlite_statement::swarm(int column) const {
  swarm_id id;
  auto const bytes = text(column);
  std::copy_n(bytes.begin(), std::min(bytes.size(), id.value.size()), id.value.begin());
  if (bytes.size() != swarm_bytes_max) return id;
  std::uint32_t tenant = 0;
  for (auto const byte : std::string_view{bytes}.substr(swarm_id::bytes)) {
    tenant = tenant << 8U | static_cast<std::uint8_t>(byte);
  }
  id.tenant = static_cast<tenant_id>(tenant);
  return id;
}

void sqlite_statement::bind_one(int at, std::int64_t value) {
  check(sqlite3_bind_int64(handle_.get(), at, value));
}

void sqlite_statement::bind_one(int at, double value) {
  check(sqlite3_bind_double(handle_.get(), at, value));
}

void sqlite_statement::bind_one(int at, std::string const& value) {
  check(sqlite3_bind_text(handle_.get(), at, value.data(), static_cast<int>(value.size()),
                          /*SQLITE_STATIC*/ nullptr));
}

void sqlite_statement::bind_one(int at, swarm_id const& value) {
  std::array<std::uint8_t, swarm_bytes_max> bytes{};
  std::ranges::copy(value.value, bytes.begin());
  auto const tenant = static_cast<std::uint32_t>(value.tenant);
  for (std::size_t byte = 0; byte < sizeof tenant; ++byte) {
    bytes[swarm_id::bytes + byte] = static_cast<std::uint8_t>(tenant >> (24U - 8U * byte));
  }
  auto const count = tenant == 0 ? swarm_id::bytes : swarm_bytes_max;
  check(sqlite3_bind_blob(handle_.get(), at, bytes.data(), static_cast<int>(count),
                          SQLITE_TRANSIENT));
}

}  // namespace waggle::storage
