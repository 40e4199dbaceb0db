// SPDX-License-Identifier: Apache-2.0
#include "server/control/certificate_keeper.hpp"

#include "server/log.hpp"

#include <array>
#include <ctime>
#include <utility>

namespace waggle {
namespace {

constexpr int reads_max = 3;  // of a pair that changes while it is read

bool same_files(net::tls_pair const& pair, net::tls_files const& files) {
  return runtime::identify(files.certificate) == pair.certificate.identity &&
         runtime::identify(files.key) == pair.key.identity;
}

/// "2027-01-31T12:00:00Z"
std::string date_text(std::chrono::sys_seconds when) {
  auto const seconds = std::time_t{when.time_since_epoch().count()};
  std::tm fields{};
  ::gmtime_r(&seconds, &fields);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &fields)};
}

void log_in_use(std::string_view event, net::tls_load const& pair) {
  log::control()->info("{} serial={} not_after={}", event, pair.serial, date_text(pair.not_after));
  if (pair.not_after > std::chrono::system_clock::now()) return;
  log::control()->warn("certificate has expired serial={} not_after={}", pair.serial,
                       date_text(pair.not_after));
}

}  // namespace

certificate_keeper::certificate_keeper(net::asio::io_context& loop, certificate_options options)
    : options_(std::move(options)),
      ticket_keys_(net::ticket_keys::random()),
      next_check_(loop.get_executor()) {}

bool certificate_keeper::load() {
  if (!has_tls()) return true;
  tried_ = read_consistently();
  in_use_ = net::load_tls(options_.files, tried_, ticket_keys_);
  facts_.problem = in_use_.problem;
  facts_.not_after = in_use_.not_after;
  if (in_use_.context) log_in_use("certificate loaded", in_use_);
  return in_use_.context != nullptr;
}

void certificate_keeper::start(installation install) {
  install_ = std::move(install);
  if (has_tls()) check_later();
}

void certificate_keeper::check_every(std::chrono::milliseconds period) {
  if (period == std::exchange(options_.check_interval, period) || !has_tls()) return;
  check_later();  // instead of the look that is due by the old one
}

void certificate_keeper::check_later() {
  next_check_.expires_after(options_.check_interval);
  next_check_.async_wait([this](net::error_code const& cancelled) {
    if (cancelled) return;
    check();
    check_later();
  });
}

bool certificate_keeper::looks_unchanged() const {
  return !tried_.certificate.fresh && !tried_.key.fresh && same_files(tried_, options_.files);
}

void certificate_keeper::check() {
  if (!has_tls() || looks_unchanged()) return;
  auto pair = read_consistently();
  if (pair.certificate.says_the_same(tried_.certificate) && pair.key.says_the_same(tried_.key)) {
    tried_ = std::move(pair);  // its identity may be another one
    return;
  }
  take(std::move(pair), cause::change);
}

void certificate_keeper::reload() {
  if (!has_tls()) return log::control()->info("no certificate to reload: there is no TLS listener");
  take(read_consistently(), cause::request);
}

// A folder of links may be swapped between the two files: then the pair is read once more rather
// than refused for nothing. One that keeps changing is taken as it is, and looked at next time.
net::tls_pair certificate_keeper::read_consistently() const {
  auto pair = net::read_tls(options_.files, options_.limits);
  for (int reads = 1; reads < reads_max && !same_files(pair, options_.files); ++reads) {
    pair = net::read_tls(options_.files, options_.limits);
  }
  return pair;
}

void certificate_keeper::take(net::tls_pair pair, cause why) {
  std::string_view const cause_text = why == cause::request ? "request" : "change";
  auto loaded = net::load_tls(options_.files, pair, ticket_keys_);
  tried_ = std::move(pair);
  if (!loaded.context) {
    ++facts_.reloads_refused;
    facts_.problem = std::move(loaded.problem);
    log::control()->warn("certificate not reloaded, the old one stays cause={} why=\"{}\"",
                         cause_text, facts_.problem);
    return;
  }
  ++facts_.reloads;
  facts_.problem.clear();
  facts_.not_after = loaded.not_after;
  in_use_ = std::move(loaded);
  if (install_) install_(in_use_.context);
  log_in_use("certificate reloaded", in_use_);
}

}  // namespace waggle
