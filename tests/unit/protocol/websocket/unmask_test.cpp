// SPDX-License-Identifier: Apache-2.0
// Masking: equal to the definition (RFC 6455 §5.3) for every size, alignment and offset.
#include "protocol/websocket/unmask.hpp"

#include <gtest/gtest.h>

#include <string>

namespace waggle::websocket {
namespace {

constexpr mask_key mask{'\x12', '\xF4', '\x00', '\x9B'};

std::string by_definition(std::string bytes, std::size_t payload_offset) {
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(bytes[i] ^ mask[(payload_offset + i) % 4]);
  return bytes;
}

std::string some_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 + 3);
  return bytes;
}

TEST(Unmask, EverySizeAlignmentAndOffsetMatchesTheDefinition) {
  for (std::size_t size = 0; size <= 100; ++size)
    for (std::size_t alignment = 0; alignment < 9; ++alignment)
      for (std::size_t offset = 0; offset < 5; ++offset) {
        auto const frame = std::string(alignment, '#') + some_bytes(size) + "#";
        auto bytes = frame;
        unmask(std::span{bytes}.subspan(alignment, size), mask, offset);

        ASSERT_EQ(bytes,
                  std::string(alignment, '#') + by_definition(some_bytes(size), offset) + "#")
            << "size " << size << " alignment " << alignment << " offset " << offset;
      }
}

TEST(Unmask, PiecesContinueWhereThePieceBeforeEnded) {
  auto const original = some_bytes(300);
  for (std::size_t piece = 1; piece <= 50; ++piece) {
    auto bytes = original;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      unmask(std::span{bytes}.subspan(at, std::min(piece, bytes.size() - at)), mask, at);

    ASSERT_EQ(bytes, by_definition(original, 0)) << "pieces of " << piece;
  }
}

TEST(Unmask, TwiceIsTheOriginal) {
  auto bytes = some_bytes(77);
  unmask(bytes, mask, 0);
  EXPECT_NE(bytes, some_bytes(77));
  unmask(bytes, mask, 0);

  EXPECT_EQ(bytes, some_bytes(77));
}

}  // namespace
}  // namespace waggle::websocket
