// SPDX-License-Identifier: Apache-2.0
// Source of the formulas: the published packages 0.6.2, 2.2.2 and 2.3.1 of p2p-media-loader-core
// and -hlsjs, the tags of its repository between them, and its sources of 4.0 and 5.0.
#include "protocol/content/p2p_media_loader.hpp"

#include "protocol/content/digest.hpp"
#include "protocol/content/stream_identity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace waggle::content {
namespace {

using release = std::array<std::uint32_t, 3>;  // major, minor, patch

struct derivation_row {
  derivation how;
  release first;
  std::string_view releases;
};

constexpr auto derivation_rows = std::to_array<derivation_row>({
    {derivation::level_sha1, {0, 5, 0}, "0.5 to 0.6"},
    {derivation::level_md5_v1, {1, 0, 0}, "1.0.0 to 1.0.3"},
    {derivation::level_md5_v2, {1, 0, 4}, "1.0.4 to 2.2"},
    {derivation::properties_v2, {2, 3, 0}, "2.3 to 4"},
    {derivation::properties_v3, {5, 0, 0}, "5"},
});
constexpr release first_unknown{6, 0, 0};
constexpr std::uint32_t part_max = 999;

std::variant<derivation, version_fault> derivation_at(release const& at) {
  if (at >= first_unknown) return version_fault::unknown;
  auto const after = std::find_if(derivation_rows.begin(), derivation_rows.end(),
                                  [&](auto const& row) { return row.first > at; });
  if (after == derivation_rows.begin()) return version_fault::unknown;
  return std::prev(after)->how;
}

// The parts that `version` states; nothing if it is no version.
std::optional<std::vector<std::uint32_t>> parts_of(std::string_view version) {
  std::vector<std::uint32_t> parts;
  auto const* at = version.data();
  auto const* const end = at + version.size();
  while (parts.size() < release{}.size()) {
    auto& part = parts.emplace_back();
    auto const [behind, error] = std::from_chars(at, end, part);
    if (error != std::errc{} || part > part_max) return std::nullopt;
    if (behind == end) return parts;
    if (*behind != '.') return std::nullopt;
    at = behind + 1;
  }
  return std::nullopt;
}

std::string_view text_of(stream_type type) {
  return type == stream_type::main ? "main" : "secondary";
}

// Fifteen bytes in base64 are twenty characters, the length of an info hash.
std::optional<swarm_id> as_characters(std::optional<std::span<std::uint8_t const>> digest) {
  constexpr std::size_t digest_bytes = 15;
  if (!digest) return std::nullopt;
  auto const text = base64(digest->first(digest_bytes));
  swarm_id swarm;
  std::copy(text.begin(), text.end(), swarm.value.begin());
  return swarm;
}

std::optional<swarm_id> by_md5(std::string const& stream_swarm_id) {
  auto const digest = md5(stream_swarm_id);
  if (!digest) return std::nullopt;
  return as_characters(std::span{*digest}.subspan(1));
}

std::optional<swarm_id> by_sha1(std::string const& stream_swarm_id) {
  auto const digest = sha1(stream_swarm_id);
  if (!digest) return std::nullopt;
  return as_characters(std::span{*digest});
}

// The bare digest. A master playlist adds the level; audio is not shared.
std::optional<swarm_id> by_raw_sha1(std::string_view swarm, rendition const* level) {
  if (level != nullptr && level->type != stream_type::main) return std::nullopt;
  auto text = "2" + std::string{swarm};
  if (level != nullptr) text += "+V" + std::to_string(level->index);
  auto const digest = sha1(text);
  if (!digest) return std::nullopt;
  return swarm_id{*digest};
}

std::string stream_swarm_id(std::string_view version, std::string_view swarm, stream_type type,
                            std::string const& stream) {
  return std::string{version} + "-" + std::string{swarm} + "-" + std::string{text_of(type)} + "-" +
         stream;
}

// Since 5.0 a bitrate counts only where two streams would otherwise be one, because some packagers
// state another one at each request.
std::vector<rendition> without_idle_bitrates(std::span<rendition const> renditions) {
  std::vector<rendition> changed{renditions.begin(), renditions.end()};
  std::map<std::pair<stream_type, std::string>, std::size_t> alike;
  std::vector<std::size_t*> counts;
  for (auto& stream : changed) {
    stream.bitrate = 0;
    counts.push_back(&alike[{stream.type, identity_as_written(stream)}]);
    ++*counts.back();
  }
  for (std::size_t i = 0; i < changed.size(); ++i) {
    if (*counts[i] > 1) changed[i].bitrate = renditions[i].bitrate;
  }
  return changed;
}

std::optional<swarm_id> info_hash(derivation how, std::string_view swarm, rendition const& stream) {
  auto const own = !stream.stream_swarm_id.empty();
  auto const by_level = how < derivation::properties_v2;
  if (own) return by_level ? std::nullopt : by_sha1(stream.stream_swarm_id);
  auto const index = std::to_string(stream.index);
  switch (how) {
    case derivation::level_sha1:
      return by_raw_sha1(swarm, &stream);
    case derivation::level_md5_v1:
      return by_md5(stream_swarm_id("v1", swarm, stream.type, index));
    case derivation::level_md5_v2:
      return by_md5(stream_swarm_id("v2", swarm, stream.type, index));
    case derivation::properties_v2:
    case derivation::properties_v3:
      break;
  }
  auto const v2 = how == derivation::properties_v2;
  auto const digest = sha1(v2 ? normalised_identity(stream) : identity_as_written(stream));
  if (!digest) return std::nullopt;
  return by_sha1(stream_swarm_id(v2 ? "v2" : "v3", swarm, stream.type, base64(*digest)));
}

}  // namespace

std::variant<derivation, version_fault> derivation_of(std::string_view version) {
  auto const parts = parts_of(version);
  if (!parts) return version_fault::malformed;
  release oldest{};
  release newest;
  newest.fill(part_max);
  std::copy(parts->begin(), parts->end(), oldest.begin());
  std::copy(parts->begin(), parts->end(), newest.begin());
  auto const from = derivation_at(oldest);
  auto const to = derivation_at(newest);
  if (from == to) return from;
  return version_fault::ambiguous;
}

std::string known_versions() {
  std::string text;
  for (auto const& row : derivation_rows) {
    text += (text.empty() ? "" : ", ") + std::string{row.releases};
  }
  return text;
}

std::string_view swarm_id_of_manifest(std::string_view url) {
  return url.substr(0, url.find('?'));
}

std::vector<std::optional<swarm_id>> info_hashes(derivation how, std::string_view swarm,
                                                 std::span<rendition const> renditions) {
  if (renditions.empty()) {
    if (how == derivation::level_sha1) return {by_raw_sha1(swarm, nullptr)};
    return {info_hash(how, swarm, rendition{})};
  }
  std::vector<rendition> changed;
  if (how == derivation::properties_v3) changed = without_idle_bitrates(renditions);
  std::vector<std::optional<swarm_id>> hashes;
  hashes.reserve(renditions.size());
  for (auto const& stream : changed.empty() ? renditions : std::span<rendition const>{changed}) {
    hashes.push_back(info_hash(how, swarm, stream));
  }
  return hashes;
}

}  // namespace waggle::content
