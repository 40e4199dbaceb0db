// SPDX-License-Identifier: Apache-2.0
// The one table of back ends.
#include "server/storage/stores.hpp"

#include "server/storage/memory_store.hpp"
#include "server/storage/sqlite_store.hpp"

#include <array>

namespace waggle::storage {
namespace {

constexpr std::array rows = std::to_array<back_end>({
    {"memory:", "memory:", false, open_memory_store},
    {"sqlite:", "sqlite:PATH", true, open_sqlite_store},
});

store_refused refused(std::string_view url) {
  std::string known;
  for (auto const& row : rows) {
    known += (known.empty() ? "" : ", ") + std::string{row.written};
  }
  return {"\"" + std::string{url} + "\" names no store; known are " + known};
}

back_end const* find(std::string_view url) {
  for (auto const& row : rows) {
    if (url.starts_with(row.scheme) && (url.size() > row.scheme.size()) == row.has_path) {
      return &row;
    }
  }
  return nullptr;
}

}  // namespace

std::span<back_end const> back_ends() {
  return rows;
}

store_result<void> check_url(std::string_view url) {
  if (find(url) == nullptr) return refused(url);
  return {};
}

store_result<std::unique_ptr<store>> open_store(store_options const& options) {
  auto const* const row = find(options.url);
  if (row == nullptr) return refused(options.url);
  return row->open(options, options.url.substr(row->scheme.size()));
}

}  // namespace waggle::storage
