// SPDX-License-Identifier: Apache-2.0
// Which codecs of a manifest a stream is known by. Pure.
#pragma once

#include "protocol/content/p2p_media_loader.hpp"

#include <string>
#include <string_view>

namespace waggle::content {

/// Of `codecs`, a CODECS attribute, those that count for a stream of `type`: a variant is known by
/// all but its audio and text, an audio rendition by its audio. In their order, without spaces.
[[nodiscard]] std::string codecs_of(stream_type type, std::string_view codecs);

}  // namespace waggle::content
