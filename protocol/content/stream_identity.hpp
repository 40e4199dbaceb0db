// SPDX-License-Identifier: Apache-2.0
// The text by which p2p-media-loader tells renditions apart since 2.3; its digest is a part of the
// swarm's name. Both forms must match the client's to the byte. Pure.
#pragma once

#include "protocol/content/p2p_media_loader.hpp"

#include <string>

namespace waggle::content {

/// 2.3 to 4.x. Players spell the same thing differently, so case, order and zeros are evened out. A
/// variant that states no bitrate is known by nothing else.
[[nodiscard]] std::string normalised_identity(rendition const& stream);

/// 5.x. One parser for all players: every property as the manifest has it.
[[nodiscard]] std::string identity_as_written(rendition const& stream);

}  // namespace waggle::content
