// SPDX-License-Identifier: Apache-2.0
// The info hashes that p2p-media-loader announces, from what names its streams. Each of its five
// derivations is one row of the table in docs/content.md. Pure.
#pragma once

#include "protocol/ids.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace waggle::content {

/// How a release turns a stream into an info hash. Two releases meet in one swarm only if they
/// share a derivation.
enum class derivation : std::uint8_t {
  level_sha1,     // 0.5 to 0.6: SHA-1 of the swarm id and the level's number
  level_md5_v1,   // 1.0.0 to 1.0.3: MD5, level number
  level_md5_v2,   // 1.0.4 to 2.2: the same under another protocol version
  properties_v2,  // 2.3 to 4.x: SHA-1, normalised properties of the rendition
  properties_v3,  // 5.x: SHA-1, properties as the manifest states them
};

enum class version_fault : std::uint8_t {
  malformed,  // no "2.3" or "2.3.1"
  unknown,    // before the first release or after the last that is known here
  ambiguous,  // "2" is 2.2 and 2.3, which do not meet
};

/// @param version  "2.3", "2.3.1", "4".
[[nodiscard]] std::variant<derivation, version_fault> derivation_of(std::string_view version);

/// "0.5 to 0.6, 1.0.0 to 1.0.3, ...", for messages.
[[nodiscard]] std::string known_versions();

enum class stream_type : std::uint8_t { main, secondary };

/// One stream of a manifest: a variant ("main") or an audio rendition ("secondary").
struct rendition {
  stream_type type = stream_type::main;
  std::uint32_t index = 0;  // its place in the manifest among those of its type
  std::uint64_t bitrate = 0;
  std::optional<std::uint32_t> width;
  std::optional<std::uint32_t> height;
  std::string codecs;  // those of its own kind, see codecs.hpp
  std::string language;
  std::string channels;  // "2" or "2/0"
  std::string name;
  std::string frame_rate;  // as JavaScript writes the number: "29.97"
  std::string video_range;
  std::string
      stream_swarm_id;  // given by the page (streamSwarmIdBuilder); replaces all of the above
};

/// What the swarm id is where the page configures none: the manifest's URL without its query.
[[nodiscard]] std::string_view swarm_id_of_manifest(std::string_view url);

/// The info hash of each of `renditions`, which are all those of one manifest: some derivations
/// look at the others, too. None means a media playlist that no master names, which is one stream.
///
/// Nothing for a stream that the release does not share or that it cannot name that way (audio up
/// to 0.6, a stream swarm id before 2.3), or where OpenSSL refuses the digest.
[[nodiscard]] std::vector<std::optional<swarm_id>> info_hashes(
    derivation how, std::string_view swarm, std::span<rendition const> renditions);

}  // namespace waggle::content
