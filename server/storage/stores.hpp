// SPDX-License-Identifier: Apache-2.0
// The back ends of the store, chosen by the scheme of a URL.
#pragma once

#include "server/storage/store.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace waggle::storage {

struct store_options {
  std::string url = "memory:";
  std::size_t swarms_max = 100'000;  // rows; the longest unseen is forgotten first
  std::size_t audit_max = 100'000;   // records; the oldest is forgotten first
  std::size_t queue_max = 65'536;    // facts that wait to be written; further ones are dropped
  std::chrono::milliseconds batch_delay{100};  // from the first fact of a batch to its writing
  std::chrono::milliseconds retry_min{200};    // after a fault; doubles each time
  std::chrono::milliseconds retry_max{5'000};
};

/// Why a store cannot be had at all, however long one waits; a sentence for the operator.
struct store_refused {
  std::string text;
};

template <class T>
using store_result = boost::system::result<T, store_refused>;

struct back_end {
  std::string_view scheme;   // with its colon
  std::string_view written;  // the whole URL, for messages
  bool has_path = false;
  store_result<std::unique_ptr<store>> (*open)(store_options const& options,
                                               std::string path) = nullptr;
};

/// The table. Its rows are held to the contract by tests/contract/store_test.cpp, each by itself.
[[nodiscard]] std::span<back_end const> back_ends();

/// Whether open_store() would know what the URL means; looks at nothing but the text.
[[nodiscard]] store_result<void> check_url(std::string_view url);

/// What is wrong with the medium now is not an error: the store says so in its facts() and goes on
/// by itself once that is over.
[[nodiscard]] store_result<std::unique_ptr<store>> open_store(store_options const& options);

}  // namespace waggle::storage
