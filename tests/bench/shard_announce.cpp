// SPDX-License-Identifier: Apache-2.0
// What an announce costs the shard, by the size of the swarm and the number of offers: of a member
// that announces again, and of one who comes and goes. Ten relayed offers leave ten routes; those
// of earlier announces are answered in time, as most are.
#include "tests/bench/filled_shard.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

namespace {

using waggle::bench::filled_shard;

constexpr std::uint32_t answered_later = 1000;  // announces between an offer and its answer

struct relayed {
  waggle::session_ref to;
  waggle::peer_id peer;
  waggle::offer_tag tag = 0;
};

std::vector<waggle::tagged_offer> some_offers(std::int64_t count) {
  std::vector<waggle::tagged_offer> offers;
  for (std::int64_t at = 0; at < count; ++at) {
    offers.push_back({.tag = 0, .offer_id = {"\"o\""}, .body = {"{}"}});
  }
  return offers;
}

/// The answers to what was relayed a thousand announces ago; their cost is part of the figure.
class answering {
 public:
  void note(waggle::outbox const& out, waggle::swarm_id const& swarm, waggle::offer_tag first_tag) {
    auto& last = rounds_[at_];
    last.swarm = swarm;
    last.relays.clear();
    for (auto const& entry : out.entries()) {
      auto const* const offer = std::get_if<waggle::offer_delivery>(&entry.what);
      if (offer != nullptr) last.relays.push_back({entry.to, offer->to, first_tag++});
    }
    at_ = (at_ + 1) % answered_later;
  }

  void answer_oldest(filled_shard& subject) {
    for (auto const& one : rounds_[at_].relays) {
      waggle::answer_message answer;
      answer.from = one.to;
      answer.swarm = rounds_[at_].swarm;
      answer.peer = one.peer;
      answer.tag = one.tag;
      subject.handle(answer);
    }
    rounds_[at_].relays.clear();
  }

  void answer_all(filled_shard& subject) {
    for (std::uint32_t left = answered_later; left != 0; --left, at_ = (at_ + 1) % answered_later) {
      answer_oldest(subject);
    }
  }

 private:
  struct round {
    waggle::swarm_id swarm;
    std::vector<relayed> relays;
  };
  std::vector<round> rounds_ = std::vector<round>(answered_later);
  std::size_t at_ = 0;
};

void announce_again(benchmark::State& state) {
  auto& subject = filled_shard::with(static_cast<std::uint32_t>(state.range(0)), false);
  auto offers = some_offers(state.range(1));
  answering clients;
  waggle::offer_tag tag = 0;
  for (auto _ : state) {
    auto message = subject.announce(subject.somebody());
    auto const first_tag = tag;
    for (auto& offer : offers) offer.tag = tag++;
    message.offers = offers;
    subject.core().handle(message, waggle::bench::begin, subject.out());
    benchmark::DoNotOptimize(subject.out().entries().data());
    if (!offers.empty()) clients.note(subject.out(), message.swarm, first_tag);
    subject.out().clear();
    if (!offers.empty()) clients.answer_oldest(subject);
  }
  clients.answer_all(subject);
}
BENCHMARK(announce_again)
    ->ArgNames({"members", "offers"})
    ->ArgsProduct({{1'000, 100'000, 1'000'000}, {0, 5, 10}});

/// A newcomer joins and leaves again, so that the swarm keeps its size.
void announce_of_a_newcomer(benchmark::State& state) {
  auto& subject = filled_shard::with(static_cast<std::uint32_t>(state.range(0)), false);
  std::uint32_t number = subject.members();
  for (auto _ : state) {
    auto const message = subject.announce(++number | 0x8000'0000U);
    subject.handle(message);
    subject.handle(waggle::leave_message{message.from, message.swarm, message.peer});
  }
}
BENCHMARK(announce_of_a_newcomer)->ArgName("members")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

void announce_in_swarms_of_one(benchmark::State& state) {
  auto& subject = filled_shard::with(static_cast<std::uint32_t>(state.range(0)), true);
  auto const offers = some_offers(state.range(1));
  for (auto _ : state) {
    auto message = subject.announce(subject.somebody());
    message.offers = offers;
    subject.core().handle(message, waggle::bench::begin, subject.out());
    benchmark::DoNotOptimize(subject.out().entries().data());
    subject.out().clear();
  }
}
BENCHMARK(announce_in_swarms_of_one)
    ->ArgNames({"swarms", "offers"})
    ->ArgsProduct({{1'000, 100'000, 1'000'000}, {0, 10}});

}  // namespace
