// SPDX-License-Identifier: Apache-2.0
// Filtering must not allocate once it is warm: it runs for every relayed description of a tenant.
#include "protocol/sdp/description_filter.hpp"
#include "tests/unit/protocol/sdp/descriptions.hpp"

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

namespace waggle::sdp::test {
namespace {

TEST(DescriptionFilterAllocations, AWarmFilterAllocatesNothing) {
  auto const offer = body_of("offer", chromium_offer);
  auto const answer = body_of("answer", firefox_answer);
  description_filter filter;
  std::string out;
  static_cast<void>(filter.apply(offer, ice_filter::no_host, out));
  static_cast<void>(filter.apply(answer, ice_filter::no_host, out));

  auto const before = allocations;
  auto const first = filter.apply(offer, ice_filter::no_host, out);
  auto const second = filter.apply(answer, ice_filter::relay_only, out);
  auto const after = allocations;

  EXPECT_EQ(after - before, 0U);
  EXPECT_EQ(first, outcome::filtered);
  EXPECT_EQ(second, outcome::filtered);
}

}  // namespace
}  // namespace waggle::sdp::test
