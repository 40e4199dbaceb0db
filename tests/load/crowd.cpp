// SPDX-License-Identifier: Apache-2.0
// The mode `crowd`: clients join swarms, offer, answer whatever they are offered, and vanish in all
// the ways there are. Every relay says who made it and for whom, and is checked.
#include "tests/load/mode.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/signal_set.hpp>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <unordered_set>
#include <vector>

namespace waggle::load {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t handshakes_max = 200;
constexpr auto look_every = 100ms;
constexpr int quiet_looks = 5;  // nothing has come for so many: the exchange is over

struct tally {
  std::uint64_t opened = 0, ended_early = 0, announces = 0, replies = 0;
  std::uint64_t offers_sent = 0, offers_received = 0, answers_sent = 0, answers_received = 0;
  std::uint64_t misrouted = 0, duplicates = 0, failures = 0;

  [[nodiscard]] std::uint64_t received() const {
    return replies + offers_received + answers_received;
  }
};

class crowd;

class member final : public client {
 public:
  member(crowd& all, std::size_t number);
  void announce(bool first);
  [[nodiscard]] bool waits_for_reply() const { return waits_for_reply_; }

 protected:
  void on_open() override;
  void on_text(std::string_view text) override;
  void on_end(std::optional<std::uint16_t> code) override;

 private:
  void answer(std::string_view text);
  void take_answer(std::string_view text);

  crowd& all_;
  std::string peer_;
  std::string swarm_;
  std::unordered_set<std::string> mine_;  // offers of mine without an answer
  std::unordered_set<std::string> seen_;  // offers of others
  std::size_t offers_made_ = 0;
  std::size_t number_;
  bool waits_for_reply_ = false;
};

class crowd {
 public:
  explicit crowd(crowd_options const& options)
      : with(options), way(route_from(options.common)), padding(options.sdp_bytes, 'x') {}

  nlohmann::json run() {
    for (std::size_t i = 0; i < with.common.connections; ++i) {
      members_.push_back(std::make_unique<member>(*this, i));
    }
    deadline_.expires_after(std::chrono::seconds{with.common.seconds_max});
    deadline_.async_wait([this](net::error_code const& error) {
      if (error) return;
      timed_out_ = true;
      loop.stop();
    });
    open_more();
    look();
    loop.run();
    return report();
  }

  void opened() {
    ++count.opened;
    open_more();
  }
  void ended() {
    if (!leaving_) {
      ++count.ended_early;
      open_more();
    }
    if (++ended_ == members_.size()) loop.stop();
  }

  crowd_options const with;
  route const way;
  std::string const padding;
  asio::io_context loop{1};
  tally count;

 private:
  void open_more() {
    while (next_ < members_.size() && next_ < count.opened + count.ended_early + handshakes_max) {
      members_[next_++]->open();
    }
  }

  // Announces come in rounds: the next one when all have their replies and nothing moves any more.
  void look() {
    timer_.expires_after(look_every);
    timer_.async_wait([this](net::error_code const& error) {
      if (error) return;
      auto const moved = count.received() != received_before_;
      received_before_ = count.received();
      quiet_ = moved ? 0 : quiet_ + 1;
      auto const all_open = count.opened + count.ended_early >= members_.size();
      auto const waiting = std::ranges::any_of(
          members_, [](auto const& one) { return !one->ended() && one->waits_for_reply(); });
      if (!all_open || waiting || quiet_ < quiet_looks) return look();
      quiet_ = 0;
      if (++rounds_ < with.rounds) {
        for (auto const& one : members_) one->announce(/*first=*/false);
        return look();
      }
      end_exchange();
    });
  }

  void tell_on_signal() {
    asked_.async_wait([this](net::error_code const& error, int /*number*/) {
      if (error) return;
      tell(report());
      tell_on_signal();
    });
  }

  void end_exchange() {
    if (!with.stay) return vanish();
    tell_on_signal();
    auto ready = report();
    ready["phase"] = "ready";
    tell(ready);
    asio::async_read(stdin_, asio::buffer(ignored_),
                     [this](net::error_code const&, std::size_t) { vanish(); });
  }

  void vanish() {
    leaving_ = true;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      members_[i]->leave(static_cast<farewell>(i % 3));
    }
  }

  [[nodiscard]] nlohmann::json report() const {
    auto const unopened = with.common.connections - count.opened;
    return {{"mode", "crowd"},
            {"opened", count.opened},
            {"announces", count.announces},
            {"replies", count.replies},
            {"offers_sent", count.offers_sent},
            {"offers_received", count.offers_received},
            {"answers_sent", count.answers_sent},
            {"answers_received", count.answers_received},
            {"ended_early", count.ended_early},
            {"misrouted", count.misrouted},
            {"duplicates", count.duplicates},
            {"failures", count.failures},
            {"timed_out", timed_out_},
            {"errors", count.misrouted + count.duplicates + count.failures + count.ended_early +
                           unopened + (timed_out_ ? 1 : 0)}};
  }

  net::timer timer_{loop.get_executor()};
  net::timer deadline_{loop.get_executor()};
  asio::signal_set asked_{loop, SIGUSR1};
  asio::posix::stream_descriptor stdin_{loop, ::dup(STDIN_FILENO)};
  std::array<char, 1> ignored_{};
  std::vector<std::unique_ptr<member>> members_;
  std::size_t next_ = 0;
  std::size_t ended_ = 0;
  std::size_t rounds_ = 0;
  std::uint64_t received_before_ = 0;
  int quiet_ = 0;
  bool leaving_ = false;
  bool timed_out_ = false;
};

member::member(crowd& all, std::size_t number)
    : client(all.loop, all.way),
      all_(all),
      peer_(id_of('p', all.with.first_peer + number)),
      swarm_(id_of('s', number % all.with.swarms)),
      number_(all.with.first_peer + number) {}

void member::announce(bool first) {
  if (ended()) return;
  auto const offers = all_.with.offers;
  std::string text = R"({"action":"announce","info_hash":")" + swarm_ + R"(","peer_id":")" + peer_ +
                     R"(","numwant":)" + std::to_string(offers) +
                     R"(,"uploaded":0,"downloaded":0,"left":1)" +
                     (first ? R"(,"event":"started")" : "") + R"(,"offers":[)";
  for (std::size_t i = 0; i < offers; ++i) {
    auto id = id_of('o', number_ * 1000 + offers_made_++);
    if (i > 0) text += ',';
    text += R"({"offer":{"type":"offer","sdp":"v=0 )" + peer_ + " " + swarm_ + " " + id + " " +
            all_.padding + R"("},"offer_id":")" + id + "\"}";
    mine_.insert(std::move(id));
  }
  text += "]}";
  waits_for_reply_ = true;
  ++all_.count.announces;
  all_.count.offers_sent += offers;
  send_text(text);
}

void member::on_open() {
  all_.opened();
  announce(/*first=*/true);
}

void member::on_text(std::string_view text) {
  if (text.find("\"failure reason\"") != std::string_view::npos) {
    ++all_.count.failures;
  } else if (text.find("\"answer\":{") != std::string_view::npos) {
    take_answer(text);
  } else if (text.find("\"offer\":{") != std::string_view::npos) {
    answer(text);
  } else {
    ++all_.count.replies;
    waits_for_reply_ = false;
  }
}

void member::answer(std::string_view text) {
  ++all_.count.offers_received;
  std::string const from{member_of(text, "peer_id")};
  std::string const id{member_of(text, "offer_id")};
  auto const sdp = member_of(text, "sdp");
  auto const made = "v=0 " + from + " " + swarm_ + " " + id + " " + all_.padding;
  if (sdp != made || member_of(text, "info_hash") != swarm_ || from == peer_) {
    ++all_.count.misrouted;
  }
  if (!seen_.insert(id).second) ++all_.count.duplicates;
  ++all_.count.answers_sent;
  send_text(R"({"action":"announce","info_hash":")" + swarm_ + R"(","peer_id":")" + peer_ +
            R"(","to_peer_id":")" + from + R"(","offer_id":")" + id +
            R"(","answer":{"type":"answer","sdp":"v=0 )" + peer_ + " " + from + " " + id + " " +
            all_.padding + "\"}}");
}

void member::take_answer(std::string_view text) {
  ++all_.count.answers_received;
  std::string const from{member_of(text, "peer_id")};
  std::string const id{member_of(text, "offer_id")};
  if (mine_.erase(id) == 0) ++all_.count.duplicates;
  auto const made = "v=0 " + from + " " + peer_ + " " + id + " " + all_.padding;
  if (member_of(text, "sdp") != made) ++all_.count.misrouted;
}

void member::on_end(std::optional<std::uint16_t> /*code*/) {
  waits_for_reply_ = false;
  all_.ended();
}

}  // namespace

nlohmann::json run_crowd(crowd_options const& options) {
  return crowd{options}.run();
}

}  // namespace waggle::load
