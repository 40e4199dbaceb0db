// SPDX-License-Identifier: Apache-2.0
#include "config/content_stream.hpp"

#include "config/value.hpp"
#include "protocol/content/codecs.hpp"
#include "protocol/content/javascript_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace waggle {
namespace {

using content::stream_type;

constexpr std::uint64_t index_max = 9'999;
constexpr std::uint64_t pixels_max = 65'535;
constexpr std::uint64_t bitrate_max = 1'000'000'000'000;  // bit/s
constexpr std::uint64_t channels_max = 999;
constexpr double frame_rate_max = 1'000;
constexpr std::size_t short_text_bytes_max = 16;

std::vector<std::string> const stream_keys{
    "type",     "label",    "index", "bitrate",    "codecs",      "width",   "height",
    "language", "channels", "name",  "frame_rate", "video_range", "swarm_id"};

stream_type read_type(json_item& item) {
  auto const* const value = item.find("type");
  if (value == nullptr || *value == "main") return stream_type::main;
  if (*value == "secondary") return stream_type::secondary;
  item.refuse("type", "expected main or secondary, found " + shown(*value));
  return stream_type::main;
}

std::optional<std::uint32_t> read_pixels(json_item& item, std::string_view name) {
  auto const number = item.number(name, {.low = 0, .high = pixels_max});
  if (!number) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

// "2" or "2/0" as in CHANNELS, or a number.
std::string read_channels(json_item& item) {
  auto const* const value = item.find("channels");
  if (value != nullptr && value->is_number()) {
    auto const number = item.number("channels", {.low = 1, .high = channels_max});
    return number ? std::to_string(*number) : std::string{};
  }
  return item.ascii("channels", short_text_bytes_max).value_or("");
}

// A number, or a text of digits that is hashed as it stands: "29.970", "30000/1001".
std::string read_frame_rate(json_item& item) {
  auto const* const value = item.find("frame_rate");
  if (value != nullptr && value->is_number()) {
    auto const rate = value->get<double>();
    if (rate >= 1 && rate <= frame_rate_max) return content::number_text(rate);
    item.refuse("frame_rate", shown(*value) + " is out of bounds (1..1000)");
    return {};
  }
  auto text = item.ascii("frame_rate", short_text_bytes_max).value_or("");
  if (text.find_first_not_of("0123456789./") == std::string::npos) return text;
  item.refuse("frame_rate", "expected a number, found " + shown(*value));
  return {};
}

}  // namespace

content_stream read_content_stream(json_item item, content_file_limits const& limits) {
  content_stream read;
  if (!item.check_keys(stream_keys)) return read;
  auto& to = read.properties;
  to.type = read_type(item);
  if (auto const index = item.number("index", {.low = 0, .high = index_max})) {
    to.index = static_cast<std::uint32_t>(*index);
    read.indexed = true;
  }
  to.bitrate = item.number("bitrate", {.low = 0, .high = bitrate_max}).value_or(0);
  to.width = read_pixels(item, "width");
  to.height = read_pixels(item, "height");
  auto const codecs = item.ascii("codecs", limits.label_bytes_max).value_or("");
  to.codecs = content::codecs_of(to.type, codecs);
  to.language = item.ascii("language", limits.label_bytes_max).value_or("");
  to.channels = read_channels(item);
  to.name = item.text("name", limits.label_bytes_max).value_or("");
  to.frame_rate = read_frame_rate(item);
  to.video_range = item.ascii("video_range", short_text_bytes_max).value_or("");
  to.stream_swarm_id = item.text("swarm_id", limits.swarm_id_bytes_max).value_or("");
  read.label = item.text("label", limits.label_bytes_max).value_or("");
  return read;
}

std::string label_of(content::rendition const& stream) {
  if (stream.height && *stream.height > 0) return std::to_string(*stream.height) + "p";
  if (!stream.name.empty()) return stream.name;
  if (!stream.language.empty()) return stream.language;
  auto const type = stream.type == stream_type::main ? "main " : "secondary ";
  return type + std::to_string(stream.index);
}

}  // namespace waggle
