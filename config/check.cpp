// SPDX-License-Identifier: Apache-2.0
// Rules that span several settings: one table. check_files() opens the files that are named.
#include "config/check.hpp"

#include "config/fields.hpp"
#include "protocol/tenant_name.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string_view>
#include <system_error>

namespace waggle {
namespace {

constexpr char const* source = "configuration";

struct rule {
  std::array<std::string_view, 3> keys;  // the problem is filed under the first
  bool (*holds)(settings const& all);
  std::string_view what;
};

constexpr rule rules[] = {
    {{"session.dead_after", "session.ping_after"},
     [](settings const& all) { return all.session.dead_after >= 2 * all.session.ping_after; },
     "must be at least twice session.ping_after, so that two pings can go unanswered"},
    {{"session.outbox_bytes_total_max", "session.outbox_bytes_max"},
     [](settings const& all) {
       return all.session.outbox_bytes_total_max >= all.session.outbox_bytes_max;
     },
     "must be at least session.outbox_bytes_max"},
    {{"session.partial_bytes_total_max", "session.message_bytes_max"},
     [](settings const& all) {
       return all.session.partial_bytes_total_max >= all.session.message_bytes_max;
     },
     "must be at least session.message_bytes_max"},
    {{"webtorrent.interval_max", "webtorrent.interval_min"},
     [](settings const& all) { return all.webtorrent.interval_max >= all.webtorrent.interval_min; },
     "must be at least webtorrent.interval_min"},
    {{"tls.cert", "tls.key", "network.listen_tls"},
     [](settings const& all) {
       return all.network.listen_tls.empty() || (!all.tls.cert.empty() && !all.tls.key.empty());
     },
     "tls.cert and tls.key are needed for network.listen_tls"},
    {{"tls.cert", "tls.key", "network.listen_tls_proxy"},
     [](settings const& all) {
       return all.network.listen_tls_proxy.empty() ||
              (!all.tls.cert.empty() && !all.tls.key.empty());
     },
     "tls.cert and tls.key are needed for network.listen_tls_proxy"},
    {{"admin.token_file", "admin.token"},
     [](settings const& all) { return all.admin.token_file.empty() || all.admin.token.empty(); },
     "cannot be given together with admin.token"},
};

// Rules within the sections that every tenant has of its own.
constexpr rule tenant_rules[] = {
    {{"access.mode", "tokens.jwks_file", "tokens.secrets"},
     [](settings const& all) {
       return all.access.mode != access_mode_setting::token || !all.tokens.jwks_file.empty() ||
              !all.tokens.secrets.empty();
     },
     "token needs keys: tokens.jwks_file or tokens.secrets"},
    {{"access.mode", "access.content_file", "access.allow_file"},
     [](settings const& all) {
       return all.access.mode != access_mode_setting::registered ||
              !all.access.content_file.empty() || !all.access.allow_file.empty();
     },
     "registered needs access.content_file or access.allow_file"},
    {{"tokens.in_announce", "tokens.jwks_file", "tokens.secrets"},
     [](settings const& all) {
       return !all.tokens.in_announce || !all.tokens.jwks_file.empty() ||
              !all.tokens.secrets.empty();
     },
     "needs keys: tokens.jwks_file or tokens.secrets"},
};

void check_rules(std::span<rule const> rows, settings const& all, std::string const& prefix,
                 std::set<std::string> const& broken_keys, problem_list& problems) {
  for (auto const& row : rows) {
    auto const is_broken = std::any_of(row.keys.begin(), row.keys.end(), [&](auto const key) {
      return broken_keys.count(prefix + std::string{key}) > 0;
    });
    if (is_broken || row.holds(all)) continue;
    problems.add({.source = source,
                  .key = prefix + std::string{row.keys[0]},
                  .what = std::string{row.what}});
  }
}

// Tenants are told apart by digests of their names.
void check_tenants(settings const& all, std::set<std::string> const& broken_keys,
                   problem_list& problems) {
  std::map<tenant_id, std::string> by_id;
  for (auto const& [name, tenant] : all.tenants) {
    auto const key = "tenants." + name;
    check_rules(tenant_rules, as_settings(tenant), key + ".", broken_keys, problems);
    auto const [same, fresh] = by_id.emplace(tenant_id_of(name), name);
    if (fresh) continue;
    problems.add({.source = source,
                  .key = key,
                  .what = "cannot be told from tenants." + same->second +
                          " (their digests are the same); call one of them otherwise"});
  }
}

// The same address twice would fail at start with "address in use" by our own hand.
void check_listeners(network_settings const& network, problem_list& problems) {
  std::vector<endpoint_setting> seen;
  auto const visit = [&](char const* key, endpoint_setting const& where) {
    if (where.port == 0) return;  // each gets a port of its own
    if (std::find(seen.begin(), seen.end(), where) != seen.end()) {
      problems.add({.source = source, .key = key, .what = to_string(where) + " is named twice"});
    }
    seen.push_back(where);
  };
  for (auto const& where : network.listen) visit("network.listen", where);
  for (auto const& where : network.listen_tls) visit("network.listen_tls", where);
  for (auto const& where : network.listen_proxy) visit("network.listen_proxy", where);
  for (auto const& where : network.listen_tls_proxy) visit("network.listen_tls_proxy", where);
  visit("network.internal", network.internal);
}

void check_readable(std::string const& key, std::string const& path, problem_list& problems) {
  if (path.empty()) return;
  std::error_code unknown;
  if (std::filesystem::is_fifo(path, unknown)) {  // opening it would wait for a writer
    problems.add({.source = source, .key = key, .what = "cannot read \"" + path + "\": is a FIFO"});
    return;
  }
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  if (file && file.peek() != std::ifstream::traits_type::eof()) return;
  // A directory opens, but gives no byte; neither does an empty file.
  auto const why = errno != 0 ? std::generic_category().message(errno) : "file is empty";
  problems.add({.source = source, .key = key, .what = "cannot read \"" + path + "\": " + why});
}

void check_tenant_files(settings const& all, std::string const& prefix, problem_list& problems) {
  check_readable(prefix + "access.allow_file", all.access.allow_file, problems);
  check_readable(prefix + "access.deny_file", all.access.deny_file, problems);
  check_readable(prefix + "access.content_file", all.access.content_file, problems);
  check_readable(prefix + "tokens.jwks_file", all.tokens.jwks_file, problems);
}

}  // namespace

void check_together(settings const& all, std::set<std::string> const& broken_keys,
                    problem_list& problems) {
  check_rules(rules, all, {}, broken_keys, problems);
  check_rules(tenant_rules, all, {}, broken_keys, problems);
  check_tenants(all, broken_keys, problems);
  check_listeners(all.network, problems);
}

void check_files(settings const& all, problem_list& problems) {
  check_readable("admin.token_file", all.admin.token_file, problems);
  check_tenant_files(all, {}, problems);
  for (auto const& [name, tenant] : all.tenants) {
    check_tenant_files(as_settings(tenant), "tenants." + name + ".", problems);
  }
  if (all.network.listen_tls.empty() && all.network.listen_tls_proxy.empty()) return;
  check_readable("tls.cert", all.tls.cert, problems);
  check_readable("tls.key", all.tls.key, problems);
}

}  // namespace waggle
