// SPDX-License-Identifier: Apache-2.0
#include "protocol/content/stream_identity.hpp"

#include "protocol/content/javascript_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace waggle::content {
namespace {

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    auto const end = std::min(text.find(at), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

// Codecs, languages and ranges are ASCII.
std::string small_letters(std::string_view text) {
  std::string small{text};
  for (auto& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return small;
}

std::string capital_letters(std::string_view text) {
  std::string capital{text};
  for (auto& c : capital) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  }
  return capital;
}

// A decimal number as two hex digits, or more if it needs them; nothing if it is written otherwise.
std::string hex_of_decimal(std::string_view text) {
  std::uint32_t number = 0;
  auto const* const end = text.data() + text.size();
  auto const [behind, error] = std::from_chars(text.data(), end, number);
  auto const canonical = text.size() == 1 || !text.starts_with('0');
  if (error != std::errc{} || behind != end || !canonical) return {};
  std::array<char, 8> digits{};
  auto const written = std::to_chars(digits.begin(), digits.end(), number, 16);
  std::string hex{digits.begin(), written.ptr};
  return hex.size() == 1 ? "0" + hex : hex;
}

// RFC 4281 wrote profile and level of H.264 in decimal: avc1.66.30 is avc1.42001e.
std::string modern_codec(std::string_view codec) {
  auto const small = small_letters(trimmed(codec));
  auto const parts = split(small, '.');
  if (parts.size() != 3 || (parts[0] != "avc1" && parts[0] != "avc")) return small;
  auto const profile = hex_of_decimal(parts[1]);
  auto const level = hex_of_decimal(parts[2]);
  if (profile.empty() || level.empty()) return small;
  return std::string{parts[0]} + "." + profile + "00" + level;
}

std::string normalised_codecs(std::string_view codecs) {
  if (codecs.empty()) return {};
  std::vector<std::string> each;
  for (auto const codec : split(codecs, ',')) each.push_back(modern_codec(codec));
  std::sort(each.begin(), each.end());
  auto text = each.front();
  for (std::size_t i = 1; i < each.size(); ++i) text += "," + each[i];
  return text;
}

std::string normalised_language(std::string_view language) {
  return language == "und" ? std::string{} : small_letters(language.substr(0, 2));
}

// A rate like 30000/1001 is no number to the client, and left out.
std::string normalised_frame_rate(std::string_view rate) {
  auto const number = number_in(rate);
  return number ? number_text(*number) : std::string{};
}

std::string number(std::optional<std::uint32_t> value) {
  return value ? std::to_string(*value) : std::string{};
}

std::string joined(std::array<std::string, 9> const& properties) {
  auto text = properties.front();
  for (std::size_t i = 1; i < properties.size(); ++i) text += "-" + properties[i];
  return text;
}

}  // namespace

std::string normalised_identity(rendition const& stream) {
  if (stream.type == stream_type::main && stream.bitrate == 0) {
    return joined({"0", {}, {}, {}, {}, {}, {}, {}, {}});
  }
  return joined({std::to_string(stream.bitrate), normalised_codecs(stream.codecs),
                 number(stream.width), number(stream.height), normalised_language(stream.language),
                 std::string{split(stream.channels, '/').front()},
                 std::string{trimmed(lower_case(stream.name))},
                 normalised_frame_rate(stream.frame_rate),
                 capital_letters(trimmed(stream.video_range))});
}

std::string identity_as_written(rendition const& stream) {
  return joined({std::to_string(stream.bitrate), stream.codecs, number(stream.width),
                 number(stream.height), stream.language, stream.channels, stream.name,
                 stream.frame_rate, stream.video_range});
}

}  // namespace waggle::content
