// SPDX-License-Identifier: Apache-2.0
// Digests (RFC 1321 appendix A.5, RFC 3174 section 7.3) and base64 (RFC 4648 section 10).
#include "protocol/content/digest.hpp"

#include <gtest/gtest.h>

namespace waggle::content {
namespace {

template <class Digest>
std::string base64_of(std::optional<Digest> const& digest) {
  return digest ? base64(*digest) : "";
}

std::string base64_of(std::string_view text) {
  return base64({reinterpret_cast<std::uint8_t const*>(text.data()), text.size()});
}

TEST(Digest, IsThatOfTheTestVectors) {
  EXPECT_EQ(base64_of(md5("abc")), "kAFQmDzST7DWlj99KOF/cg==");
  EXPECT_EQ(base64_of(md5("")), "1B2M2Y8AsgTpgAmY7PhCfg==");
  EXPECT_EQ(base64_of(sha1("abc")), "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
  EXPECT_EQ(base64_of(sha1("")), "2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
}

TEST(Base64, PadsToFourCharacters) {
  EXPECT_EQ(base64_of(""), "");
  EXPECT_EQ(base64_of("f"), "Zg==");
  EXPECT_EQ(base64_of("fo"), "Zm8=");
  EXPECT_EQ(base64_of("foo"), "Zm9v");
  EXPECT_EQ(base64_of("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace waggle::content
