// SPDX-License-Identifier: Apache-2.0
// A store under test, with facts by small numbers and answers that are waited for. One thread.
#pragma once

#include "server/storage/stores.hpp"
#include "tests/support/deadline.hpp"

#include <future>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace waggle::test {

[[nodiscard]] inline storage::wall_time at(std::chrono::milliseconds since) {
  using namespace std::chrono;
  return storage::wall_time{sys_days{2026y / March / 1}} + since;
}

[[nodiscard]] inline swarm_id numbered_swarm(std::uint32_t number) {
  swarm_id id;
  for (std::size_t i = 0; i < 4; ++i) {
    id.value[i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return id;
}

/// Waits for what a find_... of a store calls back with.
template <class Rows, class Ask>
[[nodiscard]] Rows answer_of(Ask ask) {
  auto const answer = std::make_shared<std::promise<Rows>>();
  auto result = answer->get_future();
  ask([answer](Rows rows) { answer->set_value(std::move(rows)); });
  if (result.wait_for(patience) != std::future_status::ready) {
    throw std::runtime_error{"the store does not answer"};
  }
  return result.get();
}

[[nodiscard]] inline std::vector<storage::swarm_record> swarms_in(storage::store& in,
                                                                  std::vector<swarm_id> wanted) {
  return answer_of<std::vector<storage::swarm_record>>(
      [&](auto done) { in.find_swarms(std::move(wanted), std::move(done)); });
}

[[nodiscard]] inline std::vector<storage::series_point> series_in(storage::store& in,
                                                                  storage::series_query wanted) {
  return answer_of<std::vector<storage::series_point>>(
      [&](auto done) { in.find_series(std::move(wanted), std::move(done)); });
}

[[nodiscard]] inline std::vector<storage::audit_record> audit_in(storage::store& in,
                                                                 storage::audit_query wanted = {}) {
  return answer_of<std::vector<storage::audit_record>>(
      [&](auto done) { in.find_audit(wanted, std::move(done)); });
}

inline void apply(storage::store& to, std::initializer_list<storage::fact> facts) {
  to.apply(std::span{facts.begin(), facts.size()});
}

/// Throws with the reason where the store is refused.
[[nodiscard]] inline std::unique_ptr<storage::store> opened(storage::store_options const& options) {
  auto store = storage::open_store(options);
  if (!store) throw std::runtime_error{store.error().text};
  return std::move(*store);
}

}  // namespace waggle::test
