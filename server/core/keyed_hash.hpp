// SPDX-License-Identifier: Apache-2.0
// Seeded hash of whole keys. Clients choose swarm ids, peer ids and offer ids, so a hash they can
// predict lets them pile keys onto one bucket or one core; and many ids differ only in their last
// bytes ("-WW0208-..."), so every byte counts. Not a cryptographic digest. Pure.
#pragma once

#include "protocol/ids.hpp"
#include "server/core/message.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace waggle {

/// 128 secret bits, drawn once per process (per cluster where nodes share shards).
struct hash_seed {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

/// One connection speaking as one peer.
struct session_peer {
  session_ref at;
  peer_id peer;

  bool operator==(session_peer const&) const = default;
};

/// Absorbs a key in pieces, sixteen bytes a multiplication: the 128-bit product of two
/// secret-masked words, folded to 64 bits by xor, spreads every input bit over the state.
class key_digest {
 public:
  explicit key_digest(hash_seed const& seed)
      : key_(seed.first ^ 0xa24baed4963ee407U), state_(seed.second ^ 0x9fb21c651e98df25U) {}

  key_digest& add(std::uint64_t first, std::uint64_t second) {
    state_ = fold(first ^ key_, second ^ state_);
    return *this;
  }

  template <class Tag>
  key_digest& add(id20<Tag> const& id) {
    return add(word(id.value.data()), word(id.value.data() + 8))
        .add(half_word(id.value.data() + 16), id20<Tag>::bytes);
  }

  key_digest& add(swarm_id const& id) {
    return add(word(id.value.data()), word(id.value.data() + 8))
        .add(half_word(id.value.data() + 16),
             std::uint64_t{static_cast<std::uint32_t>(id.tenant)} << 32U | swarm_id::bytes);
  }

  key_digest& add(session_ref const& at) {
    return add(std::uint64_t{at.slot} << 32 | at.generation,
               std::uint64_t{at.core} << 16 | at.node);
  }

  key_digest& add(std::string_view bytes) {
    std::size_t const length = bytes.size();
    for (; bytes.size() > 16; bytes.remove_prefix(16)) {
      add(word(bytes.data()), word(bytes.data() + 8));
    }
    char tail[16] = {};
    if (!bytes.empty()) std::memcpy(tail, bytes.data(), bytes.size());
    return add(word(tail), word(tail + 8)).add(length, 0);
  }

  [[nodiscard]] std::uint64_t finish() const {
    return fold(state_ ^ 0x8ebc6af09c88c6e3U, key_ | 1U);
  }

 private:
  __extension__ using wide = unsigned __int128;

  static std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    auto const product = static_cast<wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }

  static std::uint64_t word(void const* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  }

  static std::uint64_t half_word(void const* at) {
    std::uint32_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  }

  std::uint64_t key_;
  std::uint64_t state_;
};

/// For hash tables of these keys; construct with the process's seed.
struct keyed_hasher {
  using is_avalanching = void;  // Boost.Unordered: no second mixing needed

  hash_seed seed;

  template <class Tag>
  std::size_t operator()(id20<Tag> const& id) const {
    return key_digest(seed).add(id).finish();
  }
  std::size_t operator()(swarm_id const& id) const { return key_digest(seed).add(id).finish(); }
  std::size_t operator()(session_peer const& key) const {
    return key_digest(seed).add(key.at).add(key.peer).finish();
  }
};

/// The tag under which a relayed offer is remembered. `offer_key` is the decoded offer id, so two
/// spellings of one JSON string have one tag.
[[nodiscard]] inline offer_tag tag_of(hash_seed const& seed, std::string_view offer_key) {
  return key_digest(seed).add(offer_key).finish();
}

}  // namespace waggle
