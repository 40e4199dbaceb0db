// SPDX-License-Identifier: Apache-2.0
// An offer and its answer between two peers, from text to frames and without sockets, in both
// protocols and with descriptions of the same size: what a relay costs.
#include "protocol/dialects.hpp"
#include "server/core/shard.hpp"
#include "server/session/native/native_conversation.hpp"
#include "server/session/tracker_conversation.hpp"
#include "tests/bench/filled_shard.hpp"
#include "tests/bench/session_texts.hpp"
#include "tests/support/seat_seal.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

namespace {

using namespace waggle;

constexpr std::uint32_t peers = 1'000;

std::string description_json(std::string_view type) {
  return R"({"type":")" + std::string{type} + R"(","sdp":")" + bench::description() + R"("})";
}

/// Native peers of one swarm, and the links that they were told of.
class native_core final : public shard_port {
 public:
  native_core() {
    for (std::uint32_t at = 0; at < peers; ++at) {
      talks_.emplace_back(scope_, session_ref{.slot = at, .generation = 1}, newcomer{});
      say(at, bench::padded_text{R"({"t":"hello"})"});
      say(at, bench::padded_text{R"({"t":"join","s":1,"swarm":"movie"})"});
    }
    for (auto const& [link, first, second] : links_) {
      auto const number = std::to_string(link);
      for (auto const* const t : {"offer", "answer"}) {
        texts_.emplace_back(R"({"t":")" + std::string{t} + R"(","s":1,"c":)" + number + R"(,"d":)" +
                            description_json(t) + "}");
      }
    }
  }

  void send(std::uint16_t /*core*/, shard_message const& what) override {
    shard_.handle(what, bench::begin, said_);
  }

  /// @return bytes of frames written.
  std::size_t exchange() {
    next_ = (next_ + 7'919) % links_.size();
    written_ = 0;
    say(links_[next_].first, texts_[2 * next_]);
    say(links_[next_].second, texts_[2 * next_ + 1]);
    return written_;
  }

 private:
  struct known_link {
    mesh::link_id link;
    std::uint32_t first;
    std::uint32_t second;
  };

  void say(std::uint32_t who, bench::padded_text const& text) {
    frames_.clear();
    static_cast<void>(
        talks_[who].on_message(websocket::opcode::text, text.view(), bench::begin, frames_));
    for (std::size_t at = 0; at < said_.entries().size(); ++at) {
      auto const entry = said_.entries()[at];
      if (auto const* const match = std::get_if<mesh::match>(&entry.what)) {
        note(*match, entry.to.slot);
      }
      if (entry.to.slot >= talks_.size()) continue;
      frames_.clear();
      talks_[entry.to.slot].on_event(entry.what, bench::begin, frames_);
      written_ += frames_.size();
    }
    said_.clear();
  }
  void note(mesh::match const& what, std::uint32_t who) {
    auto const known = std::ranges::find(links_, what.link, &known_link::link);
    if (known == links_.end()) {
      links_.push_back({what.link, what.initiator ? who : 0, what.initiator ? 0 : who});
    } else {
      (what.initiator ? known->first : known->second) = who;
    }
  }

  rights_scope rights_{.where = {.seed = {.first = 1, .second = 2}, .cores = 1},
                       .tenants = std::make_shared<tenant_directory const>()};
  outbox said_;
  shard shard_{bench::limits(), {.first = 1, .second = 2}, 3};
  seat_keeper seats_{{.limits = {},
                      .core = 0,
                      .where = rights_.where,
                      .shards = *this,
                      .said = said_,
                      .secrets =
                          [this](std::span<std::uint8_t> bytes) {
                            ++secret_;
                            for (std::size_t at = 0; at < bytes.size(); ++at) {
                              bytes[at] = static_cast<std::uint8_t>(secret_ >> at % 4 * 8);
                            }
                          },
                      .seal = test::plain_seal}};
  native_scope scope_{.rights = rights_, .shards = *this, .said = said_, .seats = seats_};
  std::deque<native_conversation> talks_;
  std::vector<known_link> links_;
  std::deque<bench::padded_text> texts_;
  std::string frames_;
  std::size_t written_ = 0;
  std::size_t next_ = 0;
  std::uint32_t secret_ = 0;
};

/// The same over the WebTorrent dialect: an announce with one offer, which is answered.
class tracker_core final : public shard_port {
 public:
  tracker_core() {
    bench::patched_text plain{bench::announce_text(0, bench::peer_mark)};
    for (std::uint32_t at = 0; at < peers; ++at) {
      talks_.emplace_back(scope_, session_ref{.slot = at, .generation = 1});
      plain.set_peer(at);
      say(at, plain.view());
    }
  }

  void send(std::uint16_t /*core*/, shard_message const& what) override {
    shard_.handle(what, bench::begin, said_);
  }

  std::size_t exchange() {
    next_ = (next_ + 7'919) % peers;
    written_ = 0;
    offer_.set_peer(next_);
    receiver_ = peers;
    say(next_, offer_.view());
    if (receiver_ == peers) return 0;
    auto const who = receiver_;
    answer_.set_peer(who);
    say(who, answer_.view());
    return written_;
  }

 private:
  void say(std::uint32_t who, std::string_view text) {
    frames_.clear();
    static_cast<void>(talks_[who].on_message(websocket::opcode::text, text, bench::begin, frames_));
    for (std::size_t at = 0; at < said_.entries().size(); ++at) {
      auto const entry = said_.entries()[at];
      if (std::holds_alternative<offer_delivery>(entry.what)) receiver_ = entry.to.slot;
      frames_.clear();
      talks_[entry.to.slot].on_event(entry.what, bench::begin, frames_);
      written_ += frames_.size();
    }
    said_.clear();
  }

  std::unique_ptr<dialect> speech_ = make_webtorrent({});
  shard shard_{bench::limits(), {.first = 1, .second = 2}, 3};
  tracker_scope scope_{{.where = {.seed = {.first = 1, .second = 2}, .cores = 1},
                        .tenants = std::make_shared<tenant_directory const>()},
                       speech_.get(),
                       *this,
                       {},
                       random_source{5}};
  std::deque<tracker_conversation> talks_;
  outbox said_;
  bench::patched_text offer_{bench::announce_text(1, bench::peer_mark)};
  bench::patched_text answer_{bench::answer_text()};
  std::string frames_;
  std::size_t written_ = 0;
  std::uint32_t receiver_ = 0;
  std::uint32_t next_ = 0;
};

template <class Core>
void exchange(benchmark::State& state) {
  Core core;
  std::size_t bytes = 0;
  for (auto _ : state) bytes = core.exchange();
  if (bytes < 2 * bench::description().size()) return state.SkipWithError("nothing was relayed");
  state.counters["bytes_written"] = static_cast<double>(bytes);
}
BENCHMARK(exchange<native_core>)->Name("exchange/native");
BENCHMARK(exchange<tracker_core>)->Name("exchange/webtorrent");

}  // namespace
