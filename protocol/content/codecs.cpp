// SPDX-License-Identifier: Apache-2.0
#include "protocol/content/codecs.hpp"

#include <algorithm>
#include <array>

namespace waggle::content {
namespace {

// Sample entries of mp4ra.org, by their first four characters, which is what players compare.
constexpr auto audio = std::to_array<std::string_view>(
    {"mp4a", "ac-3", "ac-4", "ec-3", "Opus", "opus", "fLaC", "flac", "FLAC",
     "alac", "dts+", "dts-", "dtsc", "dtse", "dtsh", "dtsx", "m4ae", "mha1",
     "mha2", "mhm1", "mhm2", "mlpa", "iamf", "vorb", "MP4A", "samr", "sawb"});
constexpr auto text = std::to_array<std::string_view>({"stpp", "wvtt", "tx3g"});

template <class Table>
bool is_among(Table const& table, std::string_view codec) {
  return std::find(table.begin(), table.end(), codec.substr(0, 4)) != table.end();
}

}  // namespace

std::string codecs_of(stream_type type, std::string_view codecs) {
  std::string kept;
  while (!codecs.empty()) {
    auto const end = std::min(codecs.find_first_of(", "), codecs.size());
    auto const codec = codecs.substr(0, end);
    codecs.remove_prefix(std::min(end + 1, codecs.size()));
    if (codec.empty() || is_among(text, codec)) continue;
    if (is_among(audio, codec) != (type == stream_type::secondary)) continue;
    if (!kept.empty()) kept += ',';
    kept += codec;
  }
  return kept;
}

}  // namespace waggle::content
