// SPDX-License-Identifier: Apache-2.0
// Decoding must not allocate once it is warm: it runs for every message of every client.
#include "protocol/dialects.hpp"
#include "tests/unit/protocol/webtorrent/vectors.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

namespace {
std::size_t allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (auto* const block = std::malloc(size == 0 ? 1 : size)) return block;
  throw std::bad_alloc{};
}
void operator delete(void* block) noexcept {
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}

namespace waggle::test {
namespace {

TEST(WebtorrentAllocations, DecodingAWarmMessageAllocatesNothing) {
  auto const dialect = make_webtorrent({});
  std::string out;
  for (auto const& vector : read_vectors("webtorrent_decode.jsonl")) {
    padded_message const message{message_of(vector)};
    static_cast<void>(dialect->decode(message.text()));

    auto const before = allocations;
    auto const decoded = dialect->decode(message.text());
    auto const after = allocations;

    EXPECT_EQ(after - before, 0U) << vector["name"];
    EXPECT_FALSE(decoded.valueless_by_exception());
  }
}

TEST(WebtorrentAllocations, AlternatingCommandsKeepTheirMemory) {
  auto const dialect = make_webtorrent({});
  auto const vectors = read_vectors("webtorrent_decode.jsonl");
  std::vector<std::unique_ptr<padded_message>> messages;
  for (auto const& vector : vectors) {
    messages.push_back(std::make_unique<padded_message>(message_of(vector)));
    static_cast<void>(dialect->decode(messages.back()->text()));
  }

  auto const before = allocations;
  for (auto const& message : messages) static_cast<void>(dialect->decode(message->text()));

  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace waggle::test
