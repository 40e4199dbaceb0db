// SPDX-License-Identifier: Apache-2.0
// See sqlite_tables.hpp.
#include "server/storage/sqlite_tables.hpp"

#include "server/storage/series_rules.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>
#include <variant>

namespace waggle::storage {
namespace {

constexpr int rows_per_prune = 500;

std::string const last_batch = "last_batch";
std::string const last_ban_id = "last_ban_id";

}  // namespace

sqlite_tables::sqlite_tables(sqlite_connection& in, row_limits const& limits)
    : in_(in),
      limits_(limits),
      swarms_(static_cast<std::size_t>(in.number("SELECT count(*) FROM swarms"))),
      bans_(static_cast<std::size_t>(in.number("SELECT count(*) FROM bans"))),
      begin_(in, "BEGIN IMMEDIATE"),
      commit_(in, "COMMIT"),
      meta_get_(in, "SELECT value FROM meta WHERE key=?1"),
      meta_set_(in, "INSERT OR REPLACE INTO meta(key, value) VALUES(?1, ?2)"),
      swarm_update_(in,
                    "UPDATE swarms SET completed=completed+?2, peak=max(peak,?3),"
                    " first_seen=min(first_seen,?4), last_seen=max(last_seen,?5) WHERE id=?1"),
      swarm_insert_(in, "INSERT INTO swarms VALUES(?1, ?2, ?3, ?4, ?5)"),
      swarm_find_(in, "SELECT completed, peak, first_seen, last_seen FROM swarms WHERE id=?1"),
      swarm_prune_(in,
                   "DELETE FROM swarms WHERE id IN"
                   " (SELECT id FROM swarms ORDER BY last_seen LIMIT ?1)"),
      series_add_(in,
                  "INSERT INTO series VALUES(?1, ?2, ?3, ?4, 1) ON CONFLICT(span, name, at)"
                  " DO UPDATE SET sum=sum+excluded.sum, count=count+1"),
      series_find_(in,
                   "SELECT at, sum/count FROM series WHERE span=?1 AND name=?2 AND at>=?3 AND at<?4"
                   " ORDER BY at DESC LIMIT ?5"),
      series_newest_(in, "SELECT max(at) FROM series WHERE span=?1"),
      series_before_(in, "SELECT max(at) FROM series WHERE span=?1 AND at<?2"),
      series_prune_(in,
                    "DELETE FROM series WHERE (span, name, at) IN"
                    " (SELECT span, name, at FROM series WHERE span=?1 AND at<?2 LIMIT ?3)"),
      subjects_prune_(in,
                      "DELETE FROM series WHERE span=?1 AND at=?2 AND name IN"
                      " (SELECT name FROM series WHERE span=?1 AND at=?2 AND instr(name, '/')>0"
                      " ORDER BY sum DESC, name DESC LIMIT -1 OFFSET ?3)"),
      ban_update_(in,
                  "UPDATE bans SET kind=?2, value=?3, reason=?4, by=?5, since=?6, until=?7"
                  " WHERE id=?1"),
      ban_insert_(in, "INSERT INTO bans VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
      ban_delete_(in, "DELETE FROM bans WHERE id=?1"),
      tenant_set_(
          in,
          "INSERT INTO tenants SELECT ?1, ?2, ?3, ?4"
          " WHERE (SELECT count(*) FROM tenants)<?5"
          " OR EXISTS(SELECT 1 FROM tenants WHERE name=?1) ON CONFLICT(name)"
          " DO UPDATE SET settings=excluded.settings, by=excluded.by, since=excluded.since"),
      tenant_delete_(in, "DELETE FROM tenants WHERE name=?1"),
      audit_add_(in, "INSERT OR REPLACE INTO audit VALUES(nullif(?1, 0), ?2, ?3, ?4, ?5, ?6)"),
      audit_find_(in,
                  "SELECT id, at, actor, action, detail, ok FROM audit WHERE id<?1"
                  " ORDER BY id DESC LIMIT ?2"),
      audit_newest_(in, "SELECT max(id) FROM audit"),
      audit_prune_(in,
                   "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id<=?1 LIMIT ?2)") {}

template <class Work>
void sqlite_tables::in_transaction(Work work) {
  auto const swarms = swarms_;
  auto const bans = bans_;
  begin_.run();
  try {
    work();
    commit_.run();
  } catch (sqlite_error const&) {
    // Some errors have rolled back by themselves.
    if (in_.in_transaction()) {
      sqlite3_exec(in_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
    swarms_ = swarms;
    bans_ = bans;
    throw;
  }
}

std::size_t sqlite_tables::write(std::span<fact const> batch, std::int64_t number) {
  std::size_t left_out = 0;
  in_transaction([&] {
    if (meta_get_.ask(last_batch) == number) return;
    for (auto const& one : batch) {
      if (!std::visit([&](auto const& what) { return add(what); }, one)) ++left_out;
    }
    meta_set_.bind(last_batch, number).run();
  });
  return left_out;
}

bool sqlite_tables::add(swarm_fact const& news) {
  auto const& [swarm, completed, peak, first_seen, last_seen] = news;
  if (swarm_update_.bind(swarm, completed, peak, first_seen, last_seen).run() == 0) {
    swarm_insert_.bind(swarm, completed, peak, first_seen, last_seen).run();
    ++swarms_;
  }
  return true;
}

bool sqlite_tables::add(series_point const& point) {
  auto const count = std::min(point.values.size(), values_per_point_max);
  for (auto const span : resolutions) {
    if (span < point.span) continue;
    auto const at = begin_of(span, point.at);
    for (std::size_t i = 0; i < count; ++i) {
      auto const& [name, value] = point.values[i];
      series_add_.bind(static_cast<int>(span), name, at, value).run();
    }
    keep_largest_subjects(span, at, subjects_kept_open);
    auto const before = series_before_.ask(static_cast<int>(span), at);
    keep_largest_subjects(span, wall_time{std::chrono::milliseconds{before}}, subjects_kept);
  }
  return true;
}

void sqlite_tables::keep_largest_subjects(resolution span, wall_time at, std::size_t kept) {
  subjects_prune_.bind(static_cast<int>(span), at, std::uint64_t{kept}).run();
}

bool sqlite_tables::add(ban_record const& ban) {
  auto const kind = static_cast<int>(ban.kind);
  auto const bound = [&](sqlite_statement& to) -> sqlite_statement& {
    return to.bind(ban.id, kind, ban.value, ban.reason, ban.by, ban.since, ban.until);
  };
  if (bound(ban_update_).run() != 0) return true;
  if (bans_ >= bans_max) return false;
  bound(ban_insert_).run();
  ++bans_;
  auto const id = static_cast<std::int64_t>(ban.id);
  if (id > meta_get_.ask(last_ban_id)) meta_set_.bind(last_ban_id, id).run();
  return true;
}

bool sqlite_tables::add(ban_lifted const& lifted) {
  bans_ -= static_cast<std::size_t>(ban_delete_.bind(lifted.id).run());
  return true;
}

bool sqlite_tables::add(tenant_record const& tenant) {
  return tenant_set_
             .bind(tenant.name, tenant.settings, tenant.by, tenant.since,
                   std::uint64_t{tenants_kept_max})
             .run() != 0;
}

bool sqlite_tables::add(tenant_removed const& removed) {
  tenant_delete_.bind(removed.name).run();
  return true;
}

bool sqlite_tables::add(audit_record const& record) {
  audit_add_
      .bind(record.id, record.at, record.actor, record.action, record.detail, record.ok ? 1 : 0)
      .run();
  return true;
}

bool sqlite_tables::prune() {
  bool more = false;
  in_transaction([&] {
    if (swarms_ > limits_.swarms_max) {
      auto const excess = std::min<std::size_t>(swarms_ - limits_.swarms_max, rows_per_prune);
      swarms_ -= static_cast<std::size_t>(swarm_prune_.bind(std::uint64_t{excess}).run());
      more = more || swarms_ > limits_.swarms_max;
    }
    for (auto const span : resolutions) {
      auto const oldest = series_newest_.ask(static_cast<int>(span)) - kept_for(span).count();
      auto const gone = series_prune_.bind(static_cast<int>(span), oldest, rows_per_prune).run();
      more = more || gone == rows_per_prune;
    }
    auto const newest = audit_newest_.ask();
    auto const gone =
        audit_prune_.bind(newest - static_cast<std::int64_t>(limits_.audit_max), rows_per_prune)
            .run();
    more = more || gone == rows_per_prune;
  });
  return more;
}

loaded sqlite_tables::load() {
  loaded all;
  sqlite_statement bans{in_,
                        "SELECT id, kind, value, reason, by, since, until FROM bans ORDER BY id"};
  while (bans.next()) {
    all.bans.push_back({.id = static_cast<std::uint64_t>(bans.number(0)),
                        .kind = static_cast<ban_kind>(bans.number(1)),
                        .value = bans.text(2),
                        .reason = bans.text(3),
                        .by = bans.text(4),
                        .since = bans.time(5),
                        .until = bans.time(6)});
  }
  all.next_ban_id = static_cast<std::uint64_t>(meta_get_.ask(last_ban_id)) + 1;

  sqlite_statement tenants{in_, "SELECT name, settings, by, since FROM tenants ORDER BY name"};
  while (tenants.next()) {
    all.tenants.push_back({.name = tenants.text(0),
                           .settings = tenants.text(1),
                           .by = tenants.text(2),
                           .since = tenants.time(3)});
  }

  sqlite_statement swarms{in_,
                          "SELECT id, completed, peak, first_seen, last_seen FROM swarms"
                          " WHERE completed>0"};
  while (swarms.next()) {
    all.completed.push_back({.swarm = swarms.swarm(0),
                             .completed = static_cast<std::uint64_t>(swarms.number(1)),
                             .peak = static_cast<std::uint32_t>(swarms.number(2)),
                             .first_seen = swarms.time(3),
                             .last_seen = swarms.time(4)});
  }
  return all;
}

std::vector<swarm_record> sqlite_tables::find_swarms(std::span<swarm_id const> wanted) {
  std::vector<swarm_record> found;
  for (auto const& swarm : wanted) {
    swarm_find_.bind(swarm);
    if (swarm_find_.next()) {
      found.push_back({.swarm = swarm,
                       .completed = static_cast<std::uint64_t>(swarm_find_.number(0)),
                       .peak = static_cast<std::uint32_t>(swarm_find_.number(1)),
                       .first_seen = swarm_find_.time(2),
                       .last_seen = swarm_find_.time(3)});
    }
    swarm_find_.reset();
  }
  return found;
}

std::vector<series_point> sqlite_tables::find_series(series_query const& query) {
  std::map<wall_time, series_point> by_time;
  auto const names = std::min(query.names.size(), names_per_query_max);
  for (std::size_t i = 0; i < names; ++i) {
    auto const& name = query.names[i];
    series_find_.bind(static_cast<int>(query.span), name, query.from, query.until,
                      std::uint64_t{query.points_max});
    while (series_find_.next()) {
      auto& point = by_time[series_find_.time(0)];
      point.values.emplace_back(name, series_find_.real(1));
    }
  }
  while (by_time.size() > query.points_max) by_time.erase(by_time.begin());
  std::vector<series_point> found;
  for (auto& [at, point] : by_time) {
    point.at = at;
    point.span = query.span;
    found.push_back(std::move(point));
  }
  return found;
}

std::vector<audit_record> sqlite_tables::find_audit(audit_query const& query) {
  std::vector<audit_record> found;
  auto const before = std::min<std::uint64_t>(query.before, INT64_MAX);
  audit_find_.bind(before, std::uint64_t{query.limit});
  while (audit_find_.next()) {
    found.push_back({.id = static_cast<std::uint64_t>(audit_find_.number(0)),
                     .at = audit_find_.time(1),
                     .actor = audit_find_.text(2),
                     .action = audit_find_.text(3),
                     .detail = audit_find_.text(4),
                     .ok = audit_find_.number(5) != 0});
  }
  return found;
}

}  // namespace waggle::storage
