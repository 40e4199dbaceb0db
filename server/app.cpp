// SPDX-License-Identifier: Apache-2.0
#include "server/app.hpp"

#include "config/commands.hpp"
#include "server/admin.hpp"
#include "server/configuration.hpp"
#include "server/control/certificate_keeper.hpp"
#include "server/control/internal_listener.hpp"
#include "server/cores_view.hpp"
#include "server/ice_office.hpp"
#include "server/log.hpp"
#include "server/memory_watch.hpp"
#include "server/metrics/process.hpp"
#include "server/net/stun_service.hpp"
#include "server/options.hpp"
#include "server/policy_keeper.hpp"
#include "server/public_pages.hpp"
#include "server/runtime/clock.hpp"
#include "server/runtime/cpu_count.hpp"
#include "server/runtime/descriptor_limit.hpp"
#include "server/runtime/heap_trim.hpp"
#include "server/runtime/ignored_after.hpp"
#include "server/runtime/secrets.hpp"
#include "server/series_recorder.hpp"
#include "server/shutdown.hpp"
#include "server/store_service.hpp"
#include "server/tenants.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <csignal>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace waggle {
namespace {

constexpr std::chrono::seconds tidy_every{5};

net::tcp::endpoint endpoint_of(endpoint_setting const& where) {
  return {net::asio::ip::make_address(where.address), where.port};
}

storage::wall_time wall_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// The address as a client on this machine would write it.
std::string url_authority(net::tcp::endpoint at) {
  if (at.address().is_unspecified()) at.address(net::asio::ip::address_v4::loopback());
  return address_text(at);
}

std::uint64_t secret_word() {
  std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
  runtime::fill_with_secrets(bytes);
  return std::bit_cast<std::uint64_t>(bytes);
}

/// Threads of the cores, joined on the way out whatever the way is.
class core_threads {
 public:
  explicit core_threads(std::vector<std::unique_ptr<core_loop>> const& cores) : cores_(cores) {}
  core_threads(core_threads const&) = delete;
  core_threads& operator=(core_threads const&) = delete;
  ~core_threads() { stop(); }

  void start() {
    for (auto const& core : cores_) threads_.emplace_back([&loop = *core] { loop.run(); });
  }
  void stop() {
    for (auto const& core : cores_) core->stop();
    threads_.clear();  // joins
  }

 private:
  std::vector<std::unique_ptr<core_loop>> const& cores_;
  std::vector<std::jthread> threads_;
};

class app {
 public:
  app(settings const& with, app_profile const& profile, std::ostream& err)
      : settings_(with), profile_(profile), err_(err) {}

  int run(std::ostream& out) {
    if (!load_certificate() || !load_policies() || !open_storage() || !open_stun()) {
      return exit_refused;
    }
    make_cores();
    make_admin();
    keep_policies();
    load_facts();
    if (!open_listeners() || !open_internal()) return exit_refused;
    keep_certificate();
    trim_heap();
    reload_on_hangup();
    series_.start();
    memory_.start();
    core_threads threads{cores_};
    threads.start();
    ending_.watch_signals();
    config_.start([&](settings const& changed) {
      install(changed);
      ending_.use(std::chrono::seconds{changed.network.drain_seconds});
    });
    out << ready_line_ << stun_line_ << std::endl;  // flushed: scripts wait for it
    log::app()->info("serving cores={} version={}", cores_.size(), version_text());
    control_.run();
    threads.stop();
    internal_.reset();
    log::app()->info("stopped");
    return exit_ok;
  }

 private:
  bool refuse(std::string const& why) {
    err_ << "waggle: " << why << '\n';
    return false;
  }

  bool load_certificate() { return certificate_.load() || refuse(certificate_.facts().problem); }

  bool load_policies() { return policies_.load() || refuse(policies_.facts().problem); }

  bool open_storage() {
    auto opened = open_store(settings_.storage);
    if (!opened) return refuse("storage.url: " + opened.error().text);
    store_ = std::move(*opened);
    return true;
  }

  void load_facts() {
    auto const there = store_->load();
    take(there);
    if (there.readable) return;
    store_->load_later([this](storage::loaded late) {
      net::asio::post(control_, [this, late = std::move(late)] { take(late); });
    });
  }

  void take(storage::loaded const& kept) {
    give_completions(kept.completed, where_, cores_);
    bans_->restore(kept);
    made_tenants_->restore(kept);
  }

  void make_admin() {
    bans_.emplace(control_, ban_options{.now = wall_now}, *store_,
                  [this](std::shared_ptr<ban_list const> const& list) {
                    for (auto const& core : cores_) {
                      core->ask([list](core_loop& asked) { asked.use(list); });
                    }
                  });
    made_tenants_.emplace(tenants_options{.now = wall_now}, *store_,
                          [this](tenants::made_tenants const& made) {
                            policies_.use(joined(config_.in_use(), made));
                          });
    admin_.emplace(admin_parts{.lists = census_,
                               .rings = rings_,
                               .banned = *bans_,
                               .made_tenants = *made_tenants_,
                               .usage = ledger_,
                               .config = config_,
                               .ending = ending_,
                               .facts = *store_,
                               .policies = policies_,
                               .now = wall_now,
                               .reload = [this] { return reload(); }});
  }

  /// Where no address was asked for, another process may have the port: that is no reason not to
  /// serve.
  bool open_stun() {
    for (auto const& where : stun_endpoints_from(settings_.stun)) {
      net::error_code error;
      auto const at = net::asio::ip::make_address(where.address);
      auto const there = stun_.open({at, where.port}, error);
      if (!error) {
        if (!own_stun_) own_stun_ = own_stun{settings_.stun.host, there.port()};
        stun_line_ += " stun=stun:" + url_authority({there.address(), there.port()});
      } else if (settings_.stun.listen.empty()) {
        log::app()->warn("no STUN server here address={} reason=\"{}\"", to_string(where),
                         error.message());
      } else {
        return refuse("cannot listen for STUN on " + to_string(where) + ": " + error.message());
      }
    }
    stun_.start();
    return true;
  }

  [[nodiscard]] client_policies with_ice(client_policies policies) const {
    policies.ice = std::make_shared<ice_office const>(policies.tenants, own_stun_, [] {
      return std::chrono::floor<std::chrono::seconds>(wall_now());
    });
    return policies;
  }

  void keep_certificate() {
    certificate_.start([this](net::tls_context const& changed) {
      for (auto const& core : cores_) {
        core->ask([changed](core_loop& asked) { asked.use_tls(changed); });
      }
    });
  }

  void keep_policies() {
    policies_.start([this](client_policies const& changed) {
      auto const made = with_ice(changed);
      for (auto const& core : cores_) {
        core->ask([made](core_loop& asked) { asked.use(made); });
      }
    });
  }

  /// What can fail comes first: each core takes the options between two messages, and cannot
  /// refuse.
  void install(settings const& changed) {
    auto const options =
        std::make_shared<core_options const>(core_options_from(changed, cores_.size()));
    policies_.use(joined(changed, made_tenants_->all()));
    // Levels that were set at run time stay, unless the configuration has something new to say.
    if (log_ != changed.log) log::start(log_options_from(changed.log));
    log_ = changed.log;
    certificate_.check_every(changed.tls.check_interval);
    memory_.use(changed.quota.memory_max);
    for (auto const& core : cores_) {
      core->ask([options](core_loop& asked) { asked.use(*options); });
    }
  }

  /// Configuration and certificate, each whatever becomes of the other.
  reload_report reload() {
    reload_report report{.ok = true};
    if (profile_.sources) report = config_.reload();
    certificate_.reload();
    policies_.check();
    return report;
  }

  void reload_on_hangup() {
    hangup_.async_wait([this](net::error_code const& cancelled, int /*number*/) {
      if (cancelled) return;
      auto const report = admin_->reload("signal");
      if (internal_) internal_->publish("reload", json_text(report));
      reload_on_hangup();
    });
  }

  /// The first look, at the start, is what growth is measured against.
  void trim_heap() {
    auto const resident = static_cast<std::size_t>(read_process_usage().resident_bytes);
    if (trim_.due(gate_->inside(), resident)) {
      auto const begin = runtime::elapsed();
      runtime::heap_trim::run();
      log::app()->debug("heap trimmed resident_bytes={} took_ms={}", resident,
                        (runtime::elapsed() - begin).count());
    }
    tidy_.expires_after(tidy_every);
    tidy_.async_wait([this](net::error_code const& cancelled) {
      if (!cancelled) trim_heap();
    });
  }

  /// The gate leaves room for everything that is no connection of a client.
  [[nodiscard]] std::shared_ptr<runtime::gate> make_gate(std::size_t cores) const {
    auto const limit = runtime::raise_descriptor_limit();
    auto const listeners = listen_requests_from(settings_.network).size();
    auto const connections = runtime::connections_within(limit.now, cores, listeners);
    log::app()->info("descriptors limit={} raised_from={} connections_max={}", limit.now,
                     limit.before, connections);
    return std::make_shared<runtime::gate>(connections);
  }

  void make_cores() {
    auto const wanted = settings_.network.cores;
    auto const count = wanted != 0 ? std::size_t{wanted} : std::size_t{runtime::usable_cpus()};
    gate_ = make_gate(count);
    where_ = {.seed = {secret_word(), secret_word()}, .cores = static_cast<std::uint16_t>(count)};
    auto const first_policies = with_ice(policies_.in_use());
    std::vector<core_loop*> all;
    while (cores_.size() < count) {
      auto options = core_options_from(settings_, count);
      options.core = static_cast<std::uint16_t>(cores_.size());
      options.where = where_;
      options.random_seed = secret_word();
      options.tls = certificate_.context();
      options.gate = gate_;
      options.clients.counts = &addresses_;
      options.clients.ledger = &ledger_;
      options.policies = first_policies;
      options.pages = public_pages{settings_.network.demo};
      options.clients.rates = &address_rates_;
      options.clients.memory_full = &memory_.full();
      options.converse = profile_.converse;
      options.store = store_;
      cores_.push_back(std::make_unique<core_loop>(std::move(options)));
      all.push_back(cores_.back().get());
    }
    for (auto const& core : cores_) core->connect(all);
  }

  bool open_listeners() {
    for (auto const& [where, how] : listen_requests_from(settings_.network)) {
      net::error_code error;
      auto sockets = net::listen_on(endpoint_of(where), how.kind, cores_.size(),
                                    listen_options_from(settings_), error);
      if (error) return refuse("cannot listen on " + to_string(where) + ": " + error.message());
      for (std::size_t core = 0; core < cores_.size(); ++core) {
        cores_[core]->listen(sockets.at.protocol(), sockets.take(core), how);
      }
      ready_line_ += how.with_proxy_header ? " proxy=" : " client=";
      ready_line_ += how.kind == net::transport::tls ? "wss://" : "ws://";
      ready_line_ += url_authority(sockets.at);
    }
    return true;
  }

  bool open_internal() {
    if (!profile_.internal_listener) return true;
    auto token = api::read_token({settings_.admin.token, settings_.admin.token_file});
    if (!token.problem.empty()) return refuse(token.problem);
    auto opened = internal_listener::open(
        control_, endpoint_of(settings_.network.internal),
        {.view = view_,
         .version = version_text(),
         .admin = &*admin_,
         .api = {.token = std::move(token.token), .storage_url = settings_.storage.url}});
    if (!opened) return refuse(opened.error().text);
    internal_ = std::move(*opened);
    ready_line_ += " internal=http://" + url_authority(internal_->local_endpoint());
    return true;
  }

  settings const& settings_;
  app_profile const& profile_;
  std::ostream& err_;
  std::string ready_line_ = "ready";
  std::string stun_line_;
  std::optional<own_stun> own_stun_;  // null: there is none

  log_settings log_ = settings_.log;  // as the configuration has it
  configuration config_{profile_.sources.value_or(load_sources{}), settings_};
  net::asio::io_context control_{1};
  certificate_keeper certificate_{control_, certificate_options_from(settings_)};
  policy_keeper policies_{control_, settings_, {.now = [] {
                            return std::chrono::floor<std::chrono::seconds>(wall_now());
                          }}};
  runtime::ignored_after late_hangup_{SIGHUP};
  net::asio::signal_set hangup_{control_, SIGHUP};  // from the start: unhandled it ends the process
  net::timer tidy_{control_.get_executor()};
  runtime::heap_trim trim_;
  std::shared_ptr<runtime::gate> gate_;
  net::address_counts addresses_{{secret_word(), secret_word()}};  // outlives the cores
  net::client_ledger ledger_{{secret_word(), secret_word()}};      // likewise
  net::address_rates address_rates_{{secret_word(), secret_word()}};
  memory_watch memory_{control_, settings_.quota.memory_max};
  net::stun_service stun_{stun_limits_from(settings_.stun), {secret_word(), secret_word()}};
  std::shared_ptr<storage::store> store_;  // likewise, for what they tell at their end
  placement where_;
  std::vector<std::unique_ptr<core_loop>> cores_;
  service_state state_;
  cores_view view_{control_,  cores_,     state_, config_, certificate_,
                   policies_, addresses_, store_, stun_};
  series_recorder series_{control_, view_, store_, settings_.storage.series_interval};
  census census_{control_, cores_};
  recorders rings_{control_, cores_};
  shutdown ending_{control_, cores_, state_, std::chrono::seconds{settings_.network.drain_seconds}};
  std::optional<bans> bans_;
  std::optional<tenants> made_tenants_;
  std::optional<admin> admin_;
  std::unique_ptr<internal_listener> internal_;
};

}  // namespace

int serve(settings const& with, app_profile const& profile, std::ostream& out, std::ostream& err) {
  // OpenSSL and a closed stderr write with write(2): a peer that is gone must not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  log::start(log_options_from(with.log));
  return app{with, profile, err}.run(out);
}

}  // namespace waggle
