// SPDX-License-Identifier: Apache-2.0
// A store that remembers what it was told, in order. Tests only.
#pragma once

#include "server/storage/store.hpp"

#include <vector>

namespace waggle::test {

class recording_store final : public storage::store {
 public:
  void apply(std::span<storage::fact const> facts) override {
    told.insert(told.end(), facts.begin(), facts.end());
  }
  storage::loaded load() override { return {}; }
  void load_later(std::function<void(storage::loaded)> done) override { done({}); }
  void find_swarms(std::vector<swarm_id> /*swarms*/,
                   std::function<void(std::vector<storage::swarm_record>)> done) override {
    done({});
  }
  void find_series(storage::series_query /*query*/,
                   std::function<void(std::vector<storage::series_point>)> done) override {
    done({});
  }
  void find_audit(storage::audit_query /*query*/,
                  std::function<void(std::vector<storage::audit_record>)> done) override {
    done({});
  }
  [[nodiscard]] storage::store_facts facts() const override { return {}; }

  template <class Fact>
  [[nodiscard]] std::vector<Fact> all() const {
    std::vector<Fact> found;
    for (auto const& one : told) {
      if (auto const* const it = std::get_if<Fact>(&one)) found.push_back(*it);
    }
    return found;
  }

  std::vector<storage::fact> told;
};

}  // namespace waggle::test
