// SPDX-License-Identifier: Apache-2.0
// The one table of back ends.
#include "server/storage/stores.hpp"

#include "server/storage/memory_store.hpp"
#include "server/storage/sqlite_store.hpp"

namespace waggle::storage {
namespace {

struct back_end {
  std::string_view scheme;
  std::string_view written;  // the whole URL, for messages
  bool has_path;
  store_result<std::unique_ptr<store>> (*open)(store_options const& options, std::string path);
};

constexpr back_end back_ends[] = {
    {"memory:", "memory:", false, open_memory_store},
    {"sqlite:", "sqlite:PATH", true, open_sqlite_store},
};

store_refused refused(std::string_view url) {
  std::string known;
  for (auto const& row : back_ends) {
    known += (known.empty() ? "" : ", ") + std::string{row.written};
  }
  return {"\"" + std::string{url} + "\" names no store; known are " + known};
}

back_end const* find(std::string_view url) {
  for (auto const& row : back_ends) {
    if (url.starts_with(row.scheme) && (url.size() > row.scheme.size()) == row.has_path) {
      return &row;
    }
  }
  return nullptr;
}

}  // namespace

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
