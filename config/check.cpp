// SPDX-License-Identifier: Apache-2.0
// Rules that span several settings: one table. check_files() opens the files that are named.
#include "config/check.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
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

void check_readable(char const* key, std::string const& path, problem_list& problems) {
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

}  // namespace

void check_together(settings const& all, std::set<std::string> const& broken_keys,
                    problem_list& problems) {
  for (auto const& row : rules) {
    auto const is_broken = std::any_of(row.keys.begin(), row.keys.end(), [&](auto const key) {
      return broken_keys.count(std::string{key}) > 0;
    });
    if (!is_broken && !row.holds(all)) {
      problems.add(
          {.source = source, .key = std::string{row.keys[0]}, .what = std::string{row.what}});
    }
  }
  check_listeners(all.network, problems);
}

void check_files(settings const& all, problem_list& problems) {
  check_readable("admin.token_file", all.admin.token_file, problems);
  if (all.network.listen_tls.empty() && all.network.listen_tls_proxy.empty()) return;
  check_readable("tls.cert", all.tls.cert, problems);
  check_readable("tls.key", all.tls.key, problems);
}

}  // namespace waggle
