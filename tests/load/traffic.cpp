// SPDX-License-Identifier: Apache-2.0
// The modes that do what browsers do: clients join swarms, announce again and again with offers,
// and answer whatever they are offered at once. What arrives is checked against the offer's own id.
#include "tests/load/fleet.hpp"
#include "tests/load/offer_id.hpp"
#include "tests/load/roster.hpp"
#include "tests/load/sdp.hpp"
#include "tests/load/tls_client.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace waggle::load {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t handshakes_max = 200;  // under way at once, in each process
constexpr std::size_t joins_at_once = 16;
constexpr auto tick = 1ms;
constexpr std::uint64_t reply_deadline_us = 5'000'000;
constexpr std::size_t checked_whole = 16;  // one of so many descriptions is compared byte by byte
constexpr std::uint32_t sequences = 1U << 18U;

class audience;

class viewer final : public client {
 public:
  viewer(audience& all, std::size_t number);

  void connect();
  /// Says it is there, in all its swarms; with `offers` in each.
  void join(std::size_t offers);
  void announce();
  void switch_swarm();
  [[nodiscard]] bool waits() const { return replies_missing_ > 0; }
  /// One of the announces that are allowed to be without a reply, until land().
  void take_off();
  /// Gives up a reply that has not come since `before`. False if there is none.
  bool give_up(std::uint64_t before);

 protected:
  void on_open() override;
  void on_text(std::string_view text) override;
  void on_end(std::optional<std::uint16_t> code) override;

 private:
  void announce(std::uint32_t swarm, std::size_t offers, std::string_view event);
  void land();
  void take_offer(std::string_view text, offer_facts const& facts);
  void take_answer(std::string_view text, offer_facts const& facts);
  [[nodiscard]] bool is_mine(std::uint32_t swarm) const {
    return std::ranges::find(swarms_, swarm) != swarms_.end() ||
           std::ranges::find(former_, swarm) != former_.end();
  }

  audience& all_;
  std::uint32_t number_;
  std::vector<std::uint32_t> swarms_;
  std::vector<std::uint32_t> former_;  // gone from, but never left
  std::size_t next_swarm_ = 0;
  std::uint64_t opening_at_ = 0;
  std::uint64_t asked_at_ = 0;
  std::size_t replies_missing_ = 0;
  std::uint32_t made_ = 0;        // offers, modulo `sequences`
  std::uint64_t unanswered_ = 0;  // of the last 64: a bit each
  bool joined_ = false;
  bool in_flight_ = false;
  bool was_open_ = false;
};

std::string peer_id(std::uint32_t number) {
  return id_of('p', number);
}
std::string info_hash(std::uint32_t swarm) {
  return id_of('s', swarm);
}

/// All clients of one process, and what makes them speak.
class audience {
 public:
  audience(fleet_task const& its_task)
      : task(its_task), with(its_task.with), members(with), random(with.seed + its_task.index) {
    way = route_from(with.common);
    if (with.tls) way.tls = tls.context();
    for (std::size_t i = 0; i < task.client_count(); ++i) {
      viewers_.push_back(std::make_unique<viewer>(*this, task.first_client() + i));
      order_.push_back(i);
    }
    std::ranges::shuffle(order_, random);
  }

  void run() {
    began_ = microseconds_now();
    connect_more();
    look();
    loop.run();
  }

  void opened(viewer& one) {
    --connecting_;
    task.mine.opened.add();
    joining_.push_back(&one);
    connect_more();
    speak();
  }
  void joined() { task.mine.joined.add(); }
  void took_off() { ++flying_; }
  void landed() {
    --flying_;
    speak();
  }
  void ended(bool was_open) {
    if (task.now.load() >= phase::drain) return;
    task.mine.closed.add();
    if (!was_open) --connecting_;
    connect_more();
  }
  void count(shared_count traffic_counts::*what, std::uint64_t more = 1) {
    if (task.now.load(std::memory_order_relaxed) == phase::prepare) return;
    (task.mine.all.*what).add(more);
    if (task.measuring()) (task.mine.measured.*what).add(more);
  }
  void time(histogram board::*which, std::uint64_t since) {
    if (task.measuring()) (task.mine.*which).add(microseconds_now() - since);
  }
  [[nodiscard]] bool steady() const {
    auto const now = task.now.load(std::memory_order_relaxed);
    return now == phase::warm || now == phase::measure;
  }

  fleet_task const& task;
  measured_options const& with;
  roster const members;
  tls_client tls;
  route way;
  asio::io_context loop{1};
  std::mt19937_64 random;

 private:
  void connect_more() {
    while (next_ < viewers_.size() && connecting_ < handshakes_max) {
      ++connecting_;
      viewers_[next_++]->connect();
    }
  }

  [[nodiscard]] std::size_t in_flight_max() const {
    auto const share = with.in_flight / with.processes;
    return std::max<std::size_t>(share, 1);
  }

  // What keeps the server busy: as many announces as are allowed to be without a reply.
  void speak() {
    if (speaking_) return;  // a client that ends says so, too
    speaking_ = true;
    while (!joining_.empty() && flying_ < std::max<std::size_t>(in_flight_max(), joins_at_once)) {
      auto* const one = joining_.front();
      joining_.pop_front();
      if (!one->is_open()) continue;
      one->take_off();
      one->join(with.first_offers);
    }
    if (steady() && with.in_flight > 0 && joining_.empty()) {
      while (flying_ < in_flight_max() && announce_next()) {
      }
    }
    speaking_ = false;
  }

  /// The next client in a random order. False if all wait for a reply.
  bool announce_next() {
    for (std::size_t tries = 0; tries < order_.size(); ++tries) {
      auto& one = *viewers_[order_[turn_++ % order_.size()]];
      if (!one.is_open() || one.waits()) continue;
      one.take_off();
      one.announce();
      return true;
    }
    return false;
  }

  void look() {
    timer_.expires_after(tick);
    timer_.async_wait([this](net::error_code const& error) {
      if (error) return;
      auto const now = task.now.load();
      if (now == phase::over) return loop.stop();
      if (now == phase::prepare) tell_when_ready();
      if (steady()) keep_rate();
      if (++looks_ % 1000 == 0) give_up_lost_replies();
      speak();
      look();
    });
  }

  void tell_when_ready() {
    if (task.mine.ready.load()) return;
    auto const here = task.mine.opened.get() + task.mine.closed.get();
    if (here < viewers_.size() || !joining_.empty()) return;
    for (auto const& one : viewers_) {
      if (one->is_open() && one->waits()) return;
    }
    task.mine.ready_microsecs.add(microseconds_now() - began_);
    task.mine.ready.store(true);
  }

  // Open loop: what is due is said, whether or not the server has kept up.
  void keep_rate() {
    auto const now = microseconds_now();
    if (rate_began_ == 0) rate_began_ = now;
    if (with.rate > 0) {
      auto const rate = with.rate / static_cast<double>(with.processes);
      auto const due = static_cast<double>(now - rate_began_) / 1e6 * rate;
      for (; static_cast<double>(said_) < due; ++said_) {
        auto& one = *viewers_[order_[turn_++ % order_.size()]];
        if (one.is_open()) one.announce();
      }
    }
    if (with.switch_every <= 0) return;
    auto const per_second = static_cast<double>(viewers_.size()) / with.switch_every;
    auto const due = static_cast<double>(now - rate_began_) / 1e6 * per_second;
    for (; static_cast<double>(switched_) < due; ++switched_) {
      auto& one = *viewers_[order_[switched_ % order_.size()]];
      if (one.is_open()) one.switch_swarm();
    }
  }

  void give_up_lost_replies() {
    auto const now = microseconds_now();
    if (now < reply_deadline_us) return;
    for (auto const& one : viewers_) {
      if (one->give_up(now - reply_deadline_us)) task.mine.failures.add();
    }
  }

  net::timer timer_{loop.get_executor()};
  std::vector<std::unique_ptr<viewer>> viewers_;
  std::vector<std::size_t> order_;
  std::deque<viewer*> joining_;
  std::size_t next_ = 0, connecting_ = 0, turn_ = 0, flying_ = 0;
  std::uint64_t began_ = 0, rate_began_ = 0;
  std::uint64_t said_ = 0, switched_ = 0, looks_ = 0;
  bool speaking_ = false;
};

viewer::viewer(audience& all, std::size_t number)
    : client(all.loop, all.way),
      all_(all),
      number_(static_cast<std::uint32_t>(number)),
      swarms_(all.members.swarms_of(number)) {}

void viewer::connect() {
  opening_at_ = microseconds_now();
  open();
}

void viewer::on_open() {
  was_open_ = true;
  all_.task.mine.connect.add(microseconds_now() - opening_at_);
  all_.opened(*this);
}

void viewer::join(std::size_t offers) {
  for (auto const swarm : swarms_) announce(swarm, offers, R"(,"event":"started")");
}

void viewer::announce() {
  next_swarm_ = (next_swarm_ + 1) % swarms_.size();
  announce(swarms_[next_swarm_], all_.with.offers, {});
}

// A player that goes on to another quality: the new swarm is joined, the old one never left.
void viewer::switch_swarm() {
  auto const other = static_cast<std::uint32_t>(all_.random() % all_.members.swarms());
  if (is_mine(other)) return;
  former_.push_back(std::exchange(swarms_.front(), other));
  announce(other, all_.with.offers, R"(,"event":"started")");
}

void viewer::announce(std::uint32_t swarm, std::size_t offers, std::string_view event) {
  static std::string text;  // one thread, one announce at a time
  text = R"({"action":"announce","info_hash":")";
  text += info_hash(swarm);
  text += R"(","peer_id":")";
  text += peer_id(number_);
  text += R"(","numwant":)";
  text += std::to_string(offers);
  text += R"(,"uploaded":0,"downloaded":0,"left":1)";
  text += event;
  text += R"(,"offers":[)";
  asked_at_ = microseconds_now();
  for (std::size_t i = 0; i < offers; ++i) {
    made_ = (made_ + 1) % sequences;
    unanswered_ |= std::uint64_t{1} << made_ % 64U;
    auto const id = write_offer_id(
        {.client = number_, .swarm = swarm, .sequence = made_, .microseconds = asked_at_});
    text += i == 0 ? R"({"offer":{"type":"offer","sdp":")" : R"(,{"offer":{"type":"offer","sdp":")";
    text += sdp_text(number_ + made_);
    text += R"("},"offer_id":")";
    text.append(id.data(), id.size());
    text += "\"}";
  }
  text += "]}";
  ++replies_missing_;
  all_.count(&traffic_counts::announces);
  all_.count(&traffic_counts::offers_sent, offers);
  all_.count(&traffic_counts::offers_expected, std::min(offers, all_.members.members(swarm) - 1));
  send_text(text);
}

void viewer::on_text(std::string_view text) {
  auto const id = member_of(text, "offer_id");
  if (id.empty()) {
    if (text.find("\"failure reason\"") != std::string_view::npos) all_.task.mine.failures.add();
    if (replies_missing_ == 0) return;  // what this tracker says in reply to an answer, or too late
    all_.count(&traffic_counts::replies);
    all_.time(&board::reply, asked_at_);
    if (--replies_missing_ == 0) land();
    return;
  }
  auto const facts = read_offer_id(id);
  if (!facts) return all_.task.mine.misrouted.add();
  if (facts->client == number_) return take_answer(text, *facts);
  take_offer(text, *facts);
}

bool is_description(std::string_view text, std::size_t which, bool whole) {
  auto const sent = sdp_text(which);
  auto const came = member_of(text, "sdp");
  return came.size() == sent.size() && (!whole || came == sent);
}

void viewer::take_offer(std::string_view text, offer_facts const& facts) {
  all_.count(&traffic_counts::offers_received);
  all_.time(&board::offer, facts.microseconds);
  auto const whole = facts.sequence % checked_whole == 0;
  if (member_of(text, "peer_id") != peer_id(facts.client) ||
      member_of(text, "info_hash") != info_hash(facts.swarm) || !is_mine(facts.swarm) ||
      !is_description(text, facts.client + facts.sequence, whole)) {
    all_.task.mine.misrouted.add();
  }
  static std::string answer;
  answer = R"({"action":"announce","info_hash":")";
  answer += info_hash(facts.swarm);
  answer += R"(","peer_id":")";
  answer += peer_id(number_);
  answer += R"(","to_peer_id":")";
  answer += peer_id(facts.client);
  answer += R"(","offer_id":")";
  answer += member_of(text, "offer_id");
  answer += R"(","answer":{"type":"answer","sdp":")";
  answer += sdp_text(facts.sequence);
  answer += "\"}}";
  all_.count(&traffic_counts::answers_sent);
  send_text(answer);
}

void viewer::take_answer(std::string_view text, offer_facts const& facts) {
  if (text.find("\"answer\":{") == std::string_view::npos) return all_.task.mine.to_self.add();
  all_.count(&traffic_counts::answers_received);
  all_.time(&board::answer, facts.microseconds);
  auto const whole = facts.sequence % checked_whole == 0;
  if (!is_description(text, facts.sequence, whole)) all_.task.mine.misrouted.add();
  if ((made_ - facts.sequence) % sequences >= 64) return;  // too long ago to know
  auto const bit = std::uint64_t{1} << facts.sequence % 64U;
  if ((unanswered_ & bit) == 0) all_.task.mine.duplicate.add();
  unanswered_ &= ~bit;
}

void viewer::take_off() {
  in_flight_ = true;
  all_.took_off();
}

void viewer::land() {
  if (!joined_) {
    joined_ = true;
    all_.joined();
  }
  if (std::exchange(in_flight_, false)) all_.landed();
}

bool viewer::give_up(std::uint64_t before) {
  if (replies_missing_ == 0 || asked_at_ > before) return false;
  replies_missing_ = 0;
  land();
  return true;
}

void viewer::on_end(std::optional<std::uint16_t> /*code*/) {
  replies_missing_ = 0;
  if (std::exchange(in_flight_, false)) all_.landed();
  all_.ended(/*was_open=*/was_open_);
}

}  // namespace

nlohmann::json run_traffic(std::string const& mode, measured_options const& options) {
  return lead(mode, options, [](fleet_task const& task) { audience{task}.run(); });
}

}  // namespace waggle::load
