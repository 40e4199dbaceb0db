// SPDX-License-Identifier: Apache-2.0
// The mode `lock-step`: each connection sends one message and reads one, whatever it is, as the
// load tester of aquatic does. The tracker has far more to say than is ever read, so this shows
// what a server does with clients that do not keep up; the rate is that of messages read.
#include "tests/load/fleet.hpp"
#include "tests/load/offer_id.hpp"
#include "tests/load/tls_client.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace waggle::load {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t hashes = 10'000;
constexpr std::string_view description = "v=0 a description of forty-seven bytes as there";

class tester;

class stepper final : public client {
 public:
  stepper(tester& all, std::size_t number);
  void step();

 protected:
  void on_open() override;
  void on_text(std::string_view text) override;
  void on_end(std::optional<std::uint16_t> code) override;

 private:
  void announce();
  void answer(std::string_view text);

  tester& all_;
  std::string peer_;
  std::string offered_;  // the answer to what was read last, if that was an offer
  std::uint64_t asked_at_ = 0;
};

class tester {
 public:
  explicit tester(fleet_task const& its_task)
      : task(its_task), way(route_from(its_task.with.common)), random(its_task.with.seed) {
    if (task.with.tls) way.tls = tls_.context();
    for (std::size_t i = 0; i < task.client_count(); ++i) {
      steppers_.push_back(std::make_unique<stepper>(*this, task.first_client() + i));
    }
  }

  void run() {
    for (auto const& one : steppers_) one->open();
    look();
    loop.run();
  }

  void arrived() {
    auto const here = task.mine.opened.get() + task.mine.closed.get();
    if (here == steppers_.size()) task.mine.ready.store(true);
  }
  /// Two draws in five hit the first swarm, most of the others a few hundred.
  [[nodiscard]] std::size_t draw_swarm() {
    auto const value = std::min(draw_(random), 101.0) - 1.0;
    return static_cast<std::size_t>(std::max(value, 0.0) / 100.0 * (hashes - 1));
  }
  [[nodiscard]] bool steady() const {
    auto const now = task.now.load(std::memory_order_relaxed);
    return now == phase::warm || now == phase::measure;
  }

  fleet_task const& task;
  route way;
  asio::io_context loop{1};
  std::mt19937_64 random;

 private:
  void look() {
    timer_.expires_after(10ms);
    timer_.async_wait([this](net::error_code const& error) {
      if (error) return;
      if (task.now.load() == phase::over) return loop.stop();
      if (steady() && !std::exchange(began_, true)) {
        for (auto const& one : steppers_) one->step();
      }
      look();
    });
  }

  tls_client tls_;
  net::timer timer_{loop.get_executor()};
  std::gamma_distribution<double> draw_{0.2, 100.0};
  std::vector<std::unique_ptr<stepper>> steppers_;
  bool began_ = false;
};

stepper::stepper(tester& all, std::size_t number)
    : client(all.loop, all.way), all_(all), peer_(id_of('l', number)) {
  read_only_when_all_is_sent();
}

void stepper::on_open() {
  all_.task.mine.opened.add();
  all_.arrived();
}

void stepper::on_end(std::optional<std::uint16_t> /*code*/) {
  if (all_.task.now.load() >= phase::drain) return;
  all_.task.mine.closed.add();
  all_.arrived();
}

void stepper::step() {
  if (!is_open() || !all_.steady()) return;
  asked_at_ = microseconds_now();
  if (!offered_.empty()) return send_text(std::exchange(offered_, {}));
  announce();
}

void stepper::announce() {
  auto const seeds = all_.random() % 4 == 0;
  std::string text = R"({"action":"announce","info_hash":")" + id_of('s', all_.draw_swarm()) +
                     R"(","peer_id":")" + peer_ + R"(","numwant":10,"offers":[)";
  for (std::uint32_t i = 0; i < 10; ++i) {
    auto const id = write_offer_id({.sequence = i, .microseconds = asked_at_});
    text += i == 0 ? R"({"offer_id":")" : R"(,{"offer_id":")";
    text.append(id.data(), id.size());
    text += R"(","offer":{"type":"offer","sdp":")";
    text += description;
    text += R"("}})";
  }
  text += seeds ? R"(],"event":"completed","left":0})" : R"(],"event":"started","left":50})";
  if (all_.task.measuring()) all_.task.mine.measured.announces.add();
  send_text(text);
}

void stepper::on_text(std::string_view text) {
  if (all_.task.measuring()) {
    all_.task.mine.measured.replies.add();
    all_.task.mine.reply.add(microseconds_now() - asked_at_);
  }
  if (text.find("\"offer\":{") != std::string_view::npos) answer(text);
  step();
}

void stepper::answer(std::string_view text) {
  offered_ =
      R"({"action":"announce","info_hash":")" + std::string{member_of(text, "info_hash")} +
      R"(","peer_id":")" + peer_ + R"(","to_peer_id":")" + std::string{member_of(text, "peer_id")} +
      R"(","offer_id":")" + std::string{member_of(text, "offer_id")} +
      R"(","numwant":0,"answer":{"type":"answer","sdp":")" + std::string{description} + R"("}})";
}

}  // namespace

nlohmann::json run_lock_step(measured_options const& options) {
  return lead("lock-step", options, [](fleet_task const& task) { tester{task}.run(); });
}

}  // namespace waggle::load
