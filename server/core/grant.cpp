// SPDX-License-Identifier: Apache-2.0
#include "server/core/grant.hpp"

#include "protocol/hex.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace waggle {
namespace {

std::optional<info_hash> hash_of_digits(std::string_view text) {
  info_hash hash;
  if (!read_hex(text, hash.value)) return std::nullopt;
  return hash;
}

/// Of ASCII only: p2p-media-loader and Trystero make such hashes.
std::optional<info_hash> hash_of_characters(std::string_view text) {
  auto const is_ascii = [](char c) { return c > ' ' && c < '\x7f'; };
  if (text.size() != info_hash::bytes || !std::ranges::all_of(text, is_ascii)) return std::nullopt;
  info_hash hash;
  std::ranges::copy(text, hash.value.begin());
  return hash;
}

}  // namespace

swarm_scope::swarm_scope(std::span<std::string const> entries) : all_(false) {
  std::vector<info_hash> hashes;
  for (auto const& entry : entries) {
    if (entry == "*") {
      all_ = true;
    } else if (entry.ends_with('*')) {
      prefixes_.push_back(entry.substr(0, entry.size() - 1));
    } else if (auto const hash = hash_of_digits(entry)) {
      hashes.push_back(*hash);
    } else {
      if (auto const raw = hash_of_characters(entry)) hashes.push_back(*raw);
      names_.push_back(entry);
    }
  }
  hashes_ = info_hash_set{std::move(hashes)};
  std::ranges::sort(names_);
}

bool swarm_scope::covers(info_hash const& which, std::string_view name) const {
  if (all_ || hashes_.contains(which)) return true;
  if (name.empty()) return false;
  return std::ranges::binary_search(names_, name, std::less<>{}) ||
         std::ranges::any_of(prefixes_,
                             [&](auto const& prefix) { return name.starts_with(prefix); });
}

}  // namespace waggle
