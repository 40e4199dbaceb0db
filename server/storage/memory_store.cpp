// SPDX-License-Identifier: Apache-2.0
// See memory_store.hpp. Two locks: what a core adds of swarms never waits for a query of an
// operator.
#include "server/storage/memory_store.hpp"

#include "server/storage/fact_queue.hpp"
#include "server/storage/memory_series.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace waggle::storage {
namespace {

/// The swarms that are kept, and which of them was not seen for longest.
class swarm_rows {
 public:
  explicit swarm_rows(std::size_t rows_max) : rows_max_(rows_max) {}

  void add(swarm_fact const& news) {
    auto const [at, fresh] =
        rows_.try_emplace(news.swarm, swarm_record{.swarm = news.swarm,
                                                   .completed = 0,
                                                   .peak = 0,
                                                   .first_seen = news.first_seen,
                                                   .last_seen = news.last_seen});
    auto& row = at->second;
    if (!fresh) by_last_seen_.erase({row.last_seen, row.swarm});
    row.completed += news.completed;
    row.peak = std::max(row.peak, news.peak);
    row.first_seen = std::min(row.first_seen, news.first_seen);
    row.last_seen = std::max(row.last_seen, news.last_seen);
    by_last_seen_.emplace(row.last_seen, row.swarm);
    if (rows_.size() <= rows_max_) return;
    rows_.erase(by_last_seen_.begin()->second);
    by_last_seen_.erase(by_last_seen_.begin());
  }

  [[nodiscard]] swarm_record const* find(swarm_id const& swarm) const {
    auto const at = rows_.find(swarm);
    return at == rows_.end() ? nullptr : &at->second;
  }

 private:
  // Trees: no table that grows in one go, since a core waits meanwhile.
  std::size_t rows_max_;
  std::map<swarm_id, swarm_record> rows_;
  std::set<std::pair<wall_time, swarm_id>> by_last_seen_;
};

class memory_store final : public store {
 public:
  explicit memory_store(store_options const& options)
      : swarms_(std::max<std::size_t>(options.swarms_max, 1)), audit_max_(options.audit_max) {}

  void apply(std::span<fact const> facts) override {
    for (auto const& one : facts) {
      if (auto const* const news = std::get_if<swarm_fact>(&one)) {
        std::scoped_lock const lock{swarms_mutex_};
        swarms_.add(*news);
        ++swarm_facts_;
      } else {
        std::scoped_lock const lock{mutex_};
        ++(std::visit([this](auto const& what) { return this->add(what); }, one) ? other_facts_
                                                                                 : dropped_);
      }
    }
  }

  loaded load() override {
    std::scoped_lock const lock{mutex_};
    loaded all;
    all.next_ban_id = last_ban_id_ + 1;
    for (auto const& [id, ban] : bans_) all.bans.push_back(ban);
    for (auto const& [name, tenant] : tenants_) all.tenants.push_back(tenant);
    return all;
  }
  void load_later(std::function<void(loaded)> /*done*/) override {}

  void find_swarms(std::vector<swarm_id> swarms,
                   std::function<void(std::vector<swarm_record>)> done) override {
    std::vector<swarm_record> found;
    swarms.resize(std::min(swarms.size(), swarms_per_query_max));
    for (auto const& wanted : swarms) {
      std::scoped_lock const lock{swarms_mutex_};
      if (auto const* const row = swarms_.find(wanted)) found.push_back(*row);
    }
    done(std::move(found));
  }

  void find_series(series_query query,
                   std::function<void(std::vector<series_point>)> done) override {
    std::vector<series_point> found;
    {
      std::scoped_lock const lock{mutex_};
      found = series_.find(query);
    }
    done(std::move(found));
  }

  void find_audit(audit_query query, std::function<void(std::vector<audit_record>)> done) override {
    std::vector<audit_record> found;
    {
      std::scoped_lock const lock{mutex_};
      for (auto at = audit_.lower_bound(query.before);
           at != audit_.begin() && found.size() < query.limit;) {
        found.push_back((--at)->second);
      }
    }
    done(std::move(found));
  }

  [[nodiscard]] store_facts facts() const override {
    std::scoped_lock const lock{mutex_, swarms_mutex_};
    store_facts now;
    now.facts_written = swarm_facts_ + other_facts_;
    now.facts_dropped = dropped_;
    return now;
  }

 private:
  // Never: apply() takes these by the other lock.
  static bool add(swarm_fact const& /*news*/) { return false; }
  bool add(series_point const& point) {
    series_.add(point);
    return true;
  }
  bool add(ban_record const& ban) {
    if (bans_.size() >= bans_max && !bans_.contains(ban.id)) return false;
    bans_.insert_or_assign(ban.id, ban);
    last_ban_id_ = std::max(last_ban_id_, ban.id);
    return true;
  }
  bool add(ban_lifted const& lifted) {
    bans_.erase(lifted.id);
    return true;
  }
  bool add(tenant_record const& tenant) {
    if (tenants_.size() >= tenants_kept_max && !tenants_.contains(tenant.name)) return false;
    tenants_.insert_or_assign(tenant.name, tenant);
    return true;
  }
  bool add(tenant_removed const& removed) {
    tenants_.erase(removed.name);
    return true;
  }
  bool add(audit_record const& record) {
    auto const last = audit_.empty() ? 0 : audit_.rbegin()->first;
    auto kept = record;
    if (kept.id == 0) kept.id = std::max(last, last_audit_id_) + 1;
    last_audit_id_ = std::max(last_audit_id_, kept.id);
    audit_.insert_or_assign(kept.id, kept);
    if (audit_.size() > audit_max_) audit_.erase(audit_.begin());
    return true;
  }

  mutable std::mutex swarms_mutex_;
  swarm_rows swarms_;
  std::uint64_t swarm_facts_ = 0;

  mutable std::mutex mutex_;  // of the rest
  memory_series series_;
  std::map<std::uint64_t, ban_record> bans_;
  std::uint64_t last_ban_id_ = 0;
  std::map<std::string, tenant_record> tenants_;
  std::map<std::uint64_t, audit_record> audit_;
  std::size_t audit_max_;
  std::uint64_t last_audit_id_ = 0;
  std::uint64_t other_facts_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace

store_result<std::unique_ptr<store>> open_memory_store(store_options const& options,
                                                       std::string /*path*/) {
  return std::unique_ptr<store>{std::make_unique<memory_store>(options)};
}

}  // namespace waggle::storage
