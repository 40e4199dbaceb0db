// SPDX-License-Identifier: Apache-2.0
// An announce from its text to the frames of everybody who hears of it, without sockets: decode,
// conversation, shard, matching, routes, encode. With ten offers all ten are answered: 32 messages.
#include "protocol/dialects.hpp"
#include "server/core/load_ahead.hpp"
#include "server/core/shard.hpp"
#include "server/session/tracker_conversation.hpp"
#include "tests/bench/filled_shard.hpp"
#include "tests/bench/session_texts.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace waggle;

/// A core without sockets: conversations by slot, one shard, every frame written and dropped.
class dry_core final : public shard_port {
 public:
  dry_core(std::uint32_t members, bool own_swarms) : own_(own_swarms) {
    for (std::uint32_t at = 0; at < members; ++at) {
      talks_.emplace_back(scope_, session_ref{.slot = at, .generation = 1});
    }
    for (std::uint32_t at = 0; at < members; ++at) announce(somebody(), plain_);
  }

  /// The one of this size; the last one is kept.
  static dry_core& with(std::uint32_t members, bool own_swarms) {
    static std::unique_ptr<dry_core> kept;
    if (!kept || kept->talks_.size() != members || kept->own_ != own_swarms) {
      kept.reset();
      kept = std::make_unique<dry_core>(members, own_swarms);
    }
    return *kept;
  }

  void send(std::uint16_t /*core*/, shard_message const& what) override {
    shard_.handle(what, bench::begin, said_);
  }

  /// @return bytes of frames written.
  std::size_t announce(std::uint32_t who, bench::patched_text& text) {
    text.set_peer(who);
    if (own_) text.set_swarm(who);
    written_ = 0;
    say(who, text.view());
    while (!receivers_.empty()) {
      auto const receiver = receivers_.back();
      receivers_.pop_back();
      answer_.set_peer(receiver.slot);
      answer_.set_offer(receiver.number);
      say(receiver.slot, answer_.view());
    }
    return written_;
  }

  /// As the poller does for whoever is told next.
  void look_ahead(std::uint32_t who) const {
    load_ahead(&talks_[who], sizeof(tracker_conversation));
  }

  /// Members in an order in which neighbours are far apart.
  std::uint32_t somebody() {
    next_ = static_cast<std::uint32_t>((next_ + 2'654'435'761ULL) % talks_.size());
    return next_;
  }

  [[nodiscard]] shard_counts const& counts() const { return shard_.counts(); }

 private:
  struct answering {
    std::uint32_t slot;
    char number;
  };

  void say(std::uint32_t who, std::string_view text) {
    frames_.clear();
    talks_[who].on_message(websocket::opcode::text, text, bench::begin, frames_);
    prefetch_receivers();
    for (auto const& entry : said_.entries()) {
      frames_.clear();
      talks_[entry.to.slot].on_event(entry.what, bench::begin, frames_);
      written_ += frames_.size();
      if (auto const* const offer = std::get_if<offer_delivery>(&entry.what)) {
        auto const id = offer->offer_id.json;
        receivers_.push_back({entry.to.slot, id[id.size() - 2]});
      }
    }
    said_.clear();
  }

  /// As a core_loop does.
  void prefetch_receivers() const {
    auto const entries = said_.entries();
    if (entries.size() < 3) return;
    for (auto const& [to, what] : entries) {
      load_ahead(&talks_[to.slot], sizeof(tracker_conversation));
    }
    for (auto const& [to, what] : entries) talks_[to.slot].prefetch();
  }

  bool own_;
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
  std::string frames_;
  std::size_t written_ = 0;
  std::vector<answering> receivers_;
  std::uint32_t next_ = 0;
  bench::patched_text plain_{bench::announce_text(0, bench::peer_mark)};
  bench::patched_text answer_{bench::answer_text()};
};

void whole_announce(benchmark::State& state) {
  auto& core = dry_core::with(static_cast<std::uint32_t>(state.range(0)), /*own_swarms=*/false);
  bench::patched_text text{
      bench::announce_text(static_cast<int>(state.range(1)), bench::peer_mark)};
  auto const answered = core.counts().answers_relayed;
  std::int64_t rounds = 0;
  auto next = core.somebody();
  for (auto _ : state) {
    auto const who = std::exchange(next, core.somebody());
    core.look_ahead(next);
    benchmark::DoNotOptimize(core.announce(who, text));
    ++rounds;
  }
  if (core.counts().answers_relayed - answered !=
      static_cast<std::uint64_t>(rounds * state.range(1))) {
    state.SkipWithError("an offer was not answered");
  }
}
BENCHMARK(whole_announce)
    ->ArgNames({"members", "offers"})
    ->ArgsProduct({{1'000, 100'000, 1'000'000}, {0, 5, 10}})
    ->Unit(benchmark::kMicrosecond);

/// As many swarms of one: nobody is there who could hear of an offer.
void whole_announce_alone(benchmark::State& state) {
  auto& core = dry_core::with(static_cast<std::uint32_t>(state.range(0)), /*own_swarms=*/true);
  bench::patched_text text{
      bench::announce_text(static_cast<int>(state.range(1)), bench::peer_mark)};
  auto next = core.somebody();
  for (auto _ : state) {
    auto const who = std::exchange(next, core.somebody());
    core.look_ahead(next);
    benchmark::DoNotOptimize(core.announce(who, text));
  }
}
BENCHMARK(whole_announce_alone)
    ->ArgNames({"swarms", "offers"})
    ->ArgsProduct({{1'000, 1'000'000}, {0, 10}})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
