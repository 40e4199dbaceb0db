// SPDX-License-Identifier: Apache-2.0
// A small fast generator (xoshiro256++, Blackman and Vigna) with an explicit seed, so that a run
// can be repeated. For picking peers, never for secrets. Pure.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace waggle {

class random_source {
 public:
  explicit random_source(std::uint64_t seed) {
    for (auto& word : state_) word = split_mix(seed);
  }

  [[nodiscard]] std::uint64_t next() {
    auto const result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    auto const shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform in [0, bound) up to a bias of 2^-32 * bound, which nobody can observe here.
  /// @param bound  at least 1.
  [[nodiscard]] std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((next() >> 32) * bound >> 32);
  }

 private:
  static std::uint64_t split_mix(std::uint64_t& seed) {
    seed += 0x9e3779b97f4a7c15U;
    auto mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace waggle
