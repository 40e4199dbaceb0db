// SPDX-License-Identifier: Apache-2.0
// Which codecs of a CODECS attribute a stream is known by.
#include "protocol/content/codecs.hpp"

#include <gtest/gtest.h>

namespace waggle::content {
namespace {

TEST(CodecsOf, AVariantAreAllButItsAudioAndText) {
  EXPECT_EQ(codecs_of(stream_type::main, "mp4a.40.2,avc1.64001f"), "avc1.64001f");
  EXPECT_EQ(codecs_of(stream_type::main, "avc1.64001f, ec-3 , avc1.42c01e,stpp.ttml.im1t"),
            "avc1.64001f,avc1.42c01e");
  EXPECT_EQ(codecs_of(stream_type::main, "mp4a.40.2"), "");
  EXPECT_EQ(codecs_of(stream_type::main, "new1.7"), "new1.7");
}

TEST(CodecsOf, AnAudioRenditionAreThoseOfAudio) {
  EXPECT_EQ(codecs_of(stream_type::secondary, "avc1.64001f,mp4a.40.2,Opus"), "mp4a.40.2,Opus");
  EXPECT_EQ(codecs_of(stream_type::secondary, "avc1.64001f"), "");
}

TEST(CodecsOf, NothingIsNothing) {
  EXPECT_EQ(codecs_of(stream_type::main, ""), "");
  EXPECT_EQ(codecs_of(stream_type::main, " ,, "), "");
}

}  // namespace
}  // namespace waggle::content
