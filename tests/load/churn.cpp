// SPDX-License-Identifier: Apache-2.0
// The modes in which connections are made: `churn`, a storm of clients that all come at once and
// join, and `handshakes`, TLS connections one behind the other.
#include "tests/load/fleet.hpp"
#include "tests/load/tls_client.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace waggle::load {
namespace {

using namespace std::chrono_literals;

class storm;

class newcomer final : public client {
 public:
  newcomer(storm& all, std::size_t number);
  void come();

 protected:
  void on_open() override;
  void on_text(std::string_view text) override;
  void on_end(std::optional<std::uint16_t> code) override;

 private:
  storm& all_;
  std::size_t number_;
  std::uint64_t came_at_ = 0;
  bool joined_ = false;
};

/// Comes at once, and stays until the end.
class storm {
 public:
  explicit storm(fleet_task const& its_task)
      : task(its_task), way(route_from(its_task.with.common)) {
    if (task.with.tls) way.tls = tls_.context();
    for (std::size_t i = 0; i < task.client_count(); ++i) {
      newcomers_.push_back(std::make_unique<newcomer>(*this, task.first_client() + i));
    }
  }

  void run() {
    began_ = microseconds_now();
    for (auto const& one : newcomers_) one->come();
    look();
    loop.run();
  }
  void settled() {
    if (++settled_ < newcomers_.size()) return;
    task.mine.ready_microsecs.add(microseconds_now() - began_);
    task.mine.ready.store(true);
  }

  fleet_task const& task;
  route way;
  asio::io_context loop{1};

 private:
  void look() {
    timer_.expires_after(10ms);
    timer_.async_wait([this](net::error_code const& error) {
      if (error) return;
      if (task.now.load() == phase::over) return loop.stop();
      look();
    });
  }

  tls_client tls_;
  net::timer timer_{loop.get_executor()};
  std::vector<std::unique_ptr<newcomer>> newcomers_;
  std::uint64_t began_ = 0;
  std::size_t settled_ = 0;
};

newcomer::newcomer(storm& all, std::size_t number)
    : client(all.loop, all.way), all_(all), number_(number) {}

void newcomer::come() {
  came_at_ = microseconds_now();
  open();
}

void newcomer::on_open() {
  all_.task.mine.opened.add();
  all_.task.mine.connect.add(microseconds_now() - came_at_);
  send_text(R"({"action":"announce","info_hash":")" +
            id_of('n', number_ % std::max<std::size_t>(all_.task.with.swarms, 1)) +
            R"(","peer_id":")" + id_of('c', number_) +
            R"(","numwant":0,"uploaded":0,"downloaded":0,"left":1,"event":"started","offers":[]})");
}

void newcomer::on_text(std::string_view /*text*/) {
  if (std::exchange(joined_, true)) return;
  all_.task.mine.joined.add();
  all_.task.mine.reply.add(microseconds_now() - came_at_);
  all_.settled();
}

void newcomer::on_end(std::optional<std::uint16_t> /*code*/) {
  if (all_.task.now.load() >= phase::drain) return;
  all_.task.mine.closed.add();
  if (!std::exchange(joined_, true)) all_.settled();
}

class handshakes;

/// One TLS connection, from the first byte to the answer to its upgrade.
class caller final : public client {
 public:
  explicit caller(handshakes& all);

 protected:
  void on_open() override;
  void on_text(std::string_view /*text*/) override {}
  void on_end(std::optional<std::uint16_t> /*code*/) override;

 private:
  handshakes& all_;
  std::uint64_t began_ = microseconds_now();
  bool opened_ = false;
};

class handshakes {
 public:
  explicit handshakes(fleet_task const& its_task)
      : task(its_task), way(route_from(its_task.with.common)) {
    way.tls = tls_.context();
    // With its cache on, a client forgets a ticket of TLS 1.3 once it has used it.
    SSL_CTX_set_session_cache_mode(way.tls, SSL_SESS_CACHE_OFF);
  }
  /// One ticket serves them all.
  void learn(SSL* from) {
    if (!task.with.resume || way.session != nullptr) return;
    auto* const session = SSL_get1_session(from);
    if (session != nullptr && SSL_SESSION_is_resumable(session) == 1) {
      way.session = SSL_SESSION_dup(session);
    }
    SSL_SESSION_free(session);
  }
  ~handshakes() { SSL_SESSION_free(way.session); }

  void run() {
    callers_.resize(task.client_count());
    look();
    loop.run();
  }
  void ended(caller const* which) { over_.push_back(which); }

  fleet_task const& task;
  route way;
  asio::io_context loop{1};

 private:
  // A caller that has ended is replaced in a turn of its own.
  void look() {
    timer_.expires_after(0ms);
    timer_.async_wait([this](net::error_code const& error) {
      if (error) return;
      auto const now = task.now.load();
      if (now == phase::over) return loop.stop();
      auto const knows = !task.with.resume || way.session != nullptr;
      if (knows) task.mine.ready.store(true);
      for (auto& one : callers_) {
        auto const over = std::ranges::find(over_, one.get()) != over_.end();
        if (one && !over) continue;
        one.reset();
        if (now >= phase::drain || (!knows && &one != &callers_.front())) continue;
        one = std::make_unique<caller>(*this);
        one->open();
      }
      over_.clear();
      look();
    });
  }

  tls_client tls_;
  net::timer timer_{loop.get_executor()};
  std::vector<std::unique_ptr<caller>> callers_;
  std::vector<caller const*> over_;
};

caller::caller(handshakes& all) : client(all.loop, all.way), all_(all) {}

void caller::on_open() {
  auto& mine = all_.task.mine;
  opened_ = true;
  mine.opened.add();
  if (SSL_session_reused(tls()) == 1) mine.resumed.add();
  all_.learn(tls());
  if (all_.task.measuring()) {
    mine.measured.replies.add();  // the message of use here
    mine.connect.add(microseconds_now() - began_);
  }
  leave(farewell::end_of_stream);
}

void caller::on_end(std::optional<std::uint16_t> /*code*/) {
  if (!opened_) all_.task.mine.failures.add();
  all_.ended(this);
}

}  // namespace

nlohmann::json run_churn(measured_options const& options) {
  return lead("churn", options, [](fleet_task const& task) { storm{task}.run(); });
}

nlohmann::json run_handshakes(measured_options const& options) {
  return lead("handshakes", options, [](fleet_task const& task) { handshakes{task}.run(); });
}

}  // namespace waggle::load
