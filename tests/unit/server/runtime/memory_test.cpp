// SPDX-License-Identifier: Apache-2.0
// The arena behind batches of mail, and the pool of output buffers.
#include "server/runtime/buffer_pool.hpp"
#include "server/runtime/byte_arena.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace waggle::runtime {
namespace {

TEST(ByteArena, KeepsEveryCopyWhereItIs) {
  byte_arena arena;
  std::vector<std::string> sources;
  std::vector<std::string_view> copies;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < 2000; ++i) {
    // Every now and then one that is larger than a chunk.
    sources.emplace_back(i % 500 == 0 ? 40'000 : i % 97, static_cast<char>('a' + i % 26));
    copies.push_back(arena.copy(sources.back()));
    bytes += sources.back().size();
  }

  for (std::size_t i = 0; i < sources.size(); ++i) EXPECT_EQ(copies[i], sources[i]);
  EXPECT_EQ(arena.bytes(), bytes);
}

TEST(ByteArena, CopiesOutliveTheirSource) {
  byte_arena arena;
  auto source = std::make_unique<std::string>("short-lived, but long enough to be on the heap");
  auto const copy = arena.copy(*source);
  EXPECT_NE(copy.data(), source->data());
  source.reset();

  EXPECT_EQ(copy, "short-lived, but long enough to be on the heap");
}

TEST(ByteArena, AlignsObjectsBehindText) {
  struct record {
    std::uint64_t number;
    char mark;
  };
  byte_arena arena;
  for (std::size_t i = 0; i < 3000; ++i) {
    static_cast<void>(arena.copy(std::string(i % 7, 'x')));
    std::vector<record> const items(1 + i % 5, {.number = i, .mark = 'm'});
    auto const copy = arena.copy(std::span{items});

    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(copy.data()) % alignof(record), 0U);
    ASSERT_EQ(copy.size(), items.size());
    for (auto const& one : copy) ASSERT_EQ(one.number, i);
  }
}

TEST(ByteArena, CopiesOfNothingAreEmpty) {
  byte_arena arena;

  EXPECT_TRUE(arena.copy(std::string_view{}).empty());
  EXPECT_TRUE(arena.copy(std::span<int const>{}).empty());
  EXPECT_EQ(arena.bytes(), 0U);
}

TEST(ByteArena, MayBeMoved) {
  byte_arena arena;
  auto const copy = arena.copy("still here after the move");

  auto const moved = std::move(arena);

  EXPECT_EQ(copy, "still here after the move");
  EXPECT_EQ(moved.bytes(), copy.size());
}

std::string with_capacity(std::size_t bytes) {
  std::string buffer;
  buffer.reserve(bytes);
  return buffer;
}

TEST(BufferPool, LendsWhatWasGivenBackEmptied) {
  buffer_pool pool;
  auto used = with_capacity(1000);
  used = "old words";
  auto const* const memory = used.data();
  pool.give_back(std::move(used));

  std::string out;
  pool.lend(out);

  EXPECT_TRUE(out.empty());
  EXPECT_EQ(out.data(), memory);
}

TEST(BufferPool, LendsNothingToWhoHasABuffer) {
  buffer_pool pool;
  pool.give_back(with_capacity(1000));
  auto own = with_capacity(100);
  auto const* const memory = own.data();

  pool.lend(own);

  EXPECT_EQ(own.data(), memory);
  std::string other;
  pool.lend(other);
  EXPECT_GE(other.capacity(), 1000U);
}

TEST(BufferPool, WithoutASpareLendsNothing) {
  buffer_pool pool;
  std::string out;

  pool.lend(out);

  EXPECT_EQ(out.capacity(), std::string{}.capacity());
}

TEST(BufferPool, FreesLargeBuffers) {
  buffer_pool pool;
  pool.give_back(with_capacity(100'000));

  std::string out;
  pool.lend(out);

  EXPECT_LT(out.capacity(), 100'000U);
}

TEST(BufferPool, KeepsNoStringsWithoutMemory) {
  buffer_pool pool;
  pool.give_back(with_capacity(1000));
  for (int i = 0; i < 10; ++i) pool.give_back({});

  std::string out;
  pool.lend(out);

  EXPECT_GE(out.capacity(), 1000U);
}

TEST(BufferPool, KeepsABoundedAmount) {
  buffer_pool pool;
  for (int round = 0; round < 2; ++round) {  // what is lent makes room again
    for (int i = 0; i < 20'000; ++i) pool.give_back(with_capacity(1000));

    std::size_t bytes = 0;
    for (;;) {
      std::string out;
      pool.lend(out);
      if (out.capacity() < 1000) break;
      bytes += out.capacity();
    }
    EXPECT_LE(bytes, 8U << 20U);
    EXPECT_GT(bytes, 7U << 20U);
  }
}

TEST(BufferPool, ForgetsAPeakInAFewTidyingsAndKeepsWhatIsUsed) {
  buffer_pool pool;
  for (int i = 0; i < 100; ++i) pool.give_back(std::string(1'000, 'x'));

  for (int turn = 0; turn < 20; ++turn) {
    std::string used;
    pool.lend(used);
    EXPECT_GE(used.capacity(), 1'000U) << "in turn " << turn;
    pool.give_back(std::move(used));
    pool.tidy();
  }

  std::string one;
  std::string two;
  pool.lend(one);
  pool.lend(two);
  EXPECT_GE(one.capacity(), 1'000U);
  EXPECT_LT(two.capacity(), 1'000U) << "the others are freed";
}

}  // namespace
}  // namespace waggle::runtime
