// SPDX-License-Identifier: Apache-2.0
// The derivations of p2p-media-loader: which release has which, and what each depends on. That the
// hashes are those of the library is for tests/unit/config/content_vectors_test.cpp.
#include "protocol/content/p2p_media_loader.hpp"

#include "protocol/content/stream_identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waggle::content {
namespace {

using testing::HasSubstr;

constexpr auto all_derivations = {derivation::level_sha1, derivation::level_md5_v1,
                                  derivation::level_md5_v2, derivation::properties_v2,
                                  derivation::properties_v3};
constexpr std::string_view channel = "https://cdn.example.org/live.m3u8";

rendition rung(std::uint32_t height, std::uint64_t bitrate) {
  return {.bitrate = bitrate, .width = height * 16 / 9, .height = height, .codecs = "avc1.64001f"};
}

swarm_id only_hash(derivation how, rendition const& stream) {
  return info_hashes(how, channel, {&stream, 1}).at(0).value();
}

std::string characters(swarm_id const& swarm) {
  return {swarm.value.begin(), swarm.value.end()};
}

TEST(DerivationOf, KnowsWhatEachReleaseDoes) {
  using version_and_derivation = std::pair<char const*, derivation>;
  for (auto const& [version, want] :
       std::vector<version_and_derivation>{{"0.5", derivation::level_sha1},
                                           {"0.6.2", derivation::level_sha1},
                                           {"1.0.0", derivation::level_md5_v1},
                                           {"1.0.3", derivation::level_md5_v1},
                                           {"1.0.4", derivation::level_md5_v2},
                                           {"1.0.5", derivation::level_md5_v2},
                                           {"2.0", derivation::level_md5_v2},
                                           {"2.2", derivation::level_md5_v2},
                                           {"2.2.2", derivation::level_md5_v2},
                                           {"2.3", derivation::properties_v2},
                                           {"2.3.1", derivation::properties_v2},
                                           {"3", derivation::properties_v2},
                                           {"4.0.1", derivation::properties_v2},
                                           {"5", derivation::properties_v3},
                                           {"5.0", derivation::properties_v3},
                                           {"5.12.3", derivation::properties_v3}}) {
    EXPECT_EQ(std::get<derivation>(derivation_of(version)), want) << version;
  }
}

TEST(DerivationOf, DoesNotGuessWhereReleasesDiffer) {
  for (auto const* version : {"1", "1.0", "2"}) {
    EXPECT_EQ(std::get<version_fault>(derivation_of(version)), version_fault::ambiguous) << version;
  }
}

TEST(DerivationOf, RefusesReleasesThatItDoesNotKnow) {
  for (auto const* version : {"0.4.0", "0.1", "6", "6.0.0", "17.1"}) {
    EXPECT_EQ(std::get<version_fault>(derivation_of(version)), version_fault::unknown) << version;
  }
}

TEST(DerivationOf, RefusesWhatIsNoVersion) {
  for (auto const* version : {"", "2.", ".3", "2.3.1.0", "v2.3", "2.3-beta", " 2.3", "2.1000", "-2",
                              "2..3", "99999999999"}) {
    EXPECT_EQ(std::get<version_fault>(derivation_of(version)), version_fault::malformed) << version;
  }
}

TEST(KnownVersions, NamesEveryGroup) {
  EXPECT_EQ(known_versions(), "0.5 to 0.6, 1.0.0 to 1.0.3, 1.0.4 to 2.2, 2.3 to 4, 5");
}

TEST(SwarmIdOfManifest, EndsAtTheQuery) {
  EXPECT_EQ(swarm_id_of_manifest("https://a.example/b?c=d?e"), "https://a.example/b");
  EXPECT_EQ(swarm_id_of_manifest("https://a.example/b"), "https://a.example/b");
}

TEST(InfoHashes, OfTheFirstGenerationAreRawDigestsAndTheOthersText) {
  auto const stream = rung(720, 2'500'000);

  for (auto const how : all_derivations) {
    auto const text = characters(only_hash(how, stream));
    auto const printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
    EXPECT_EQ(printable, how != derivation::level_sha1);
  }
}

TEST(InfoHashes, DependOnWhatNamesTheStreamInThatRelease) {
  auto const stream = rung(720, 2'500'000);
  auto elsewhere = stream;
  elsewhere.index = 1;
  auto larger = stream;
  larger.height = 1080;

  for (auto const how : all_derivations) {
    auto const by_level = how < derivation::properties_v2;
    EXPECT_EQ(only_hash(how, stream) != only_hash(how, elsewhere), by_level);
    EXPECT_EQ(only_hash(how, stream) != only_hash(how, larger), !by_level);
  }
}

TEST(InfoHashes, DependOnTheSwarmIdAndTheTypeInEveryRelease) {
  rendition stream;
  rendition sound{.type = stream_type::secondary};

  for (auto const how : all_derivations) {
    EXPECT_NE(only_hash(how, stream), info_hashes(how, "other", {&stream, 1}).at(0));
    EXPECT_NE(info_hashes(how, channel, {&sound, 1}).at(0), only_hash(how, stream));
  }
}

TEST(InfoHashes, OfAudioAreNoneInTheFirstGeneration) {
  rendition const sound{.type = stream_type::secondary};

  EXPECT_FALSE(info_hashes(derivation::level_sha1, channel, {&sound, 1}).at(0));
}

TEST(InfoHashes, OfAMediaPlaylistAloneAreOne) {
  for (auto const how : all_derivations) {
    auto const alone = info_hashes(how, channel, {});

    ASSERT_EQ(alone.size(), 1U);
    ASSERT_TRUE(alone.at(0));
    EXPECT_EQ(*alone.at(0) == only_hash(how, {}), how != derivation::level_sha1);
  }
}

TEST(InfoHashes, OfAStreamThatThePageNamesAreOfThatName) {
  rendition const named{.stream_swarm_id = "pt-v2-0b1c-main-default-720"};

  auto const hash = only_hash(derivation::properties_v2, named);

  EXPECT_EQ(hash, info_hashes(derivation::properties_v3, "other", {&named, 1}).at(0));
  EXPECT_FALSE(info_hashes(derivation::level_md5_v2, channel, {&named, 1}).at(0));
}

TEST(InfoHashes, TakeABitrateSinceFiveOnlyWhereTwoStreamsWouldBeOne) {
  std::vector const ladder{rung(720, 2'500'000), rung(1080, 5'000'000), rung(1080, 8'000'000)};
  std::vector const recomputed{rung(720, 2'600'000), rung(1080, 5'000'000), rung(1080, 8'000'001)};

  auto const hashes = info_hashes(derivation::properties_v3, channel, ladder);
  auto const again = info_hashes(derivation::properties_v3, channel, recomputed);

  EXPECT_EQ(hashes[0], again[0]);
  EXPECT_EQ(hashes[1], again[1]);
  EXPECT_NE(hashes[1], hashes[2]);
  EXPECT_NE(hashes[2], again[2]);
}

TEST(InfoHashes, TakeEveryBitrateBeforeFive) {
  auto const how = derivation::properties_v2;

  EXPECT_NE(only_hash(how, rung(720, 1)), only_hash(how, rung(720, 2)));
}

TEST(NormalisedIdentity, EvensOutWhatPlayersSpellDifferently) {
  rendition const odd{.type = stream_type::secondary,
                      .codecs = "MP4A.40.2, avc1.66.30",
                      .language = "EN-us",
                      .channels = "2/0",
                      .name = " English ",
                      .frame_rate = "30.000",
                      .video_range = "hlg"};

  EXPECT_EQ(normalised_identity(odd), "0-avc1.42001e,mp4a.40.2---en-2-english-30-HLG");
}

TEST(NormalisedIdentity, KeepsCodecsThatAreNotInDecimals) {
  auto const codec = [](std::string text) {
    return normalised_identity({.bitrate = 1, .codecs = std::move(text)});
  };

  EXPECT_THAT(codec("avc1.4d.30"), HasSubstr("-avc1.4d.30-"));
  EXPECT_THAT(codec("avc1.066.30"), HasSubstr("-avc1.066.30-"));
  EXPECT_THAT(codec("hvc1.2.4"), HasSubstr("-hvc1.2.4-"));
  EXPECT_THAT(codec("avc1.66."), HasSubstr("-avc1.66.-"));
  EXPECT_THAT(codec("avc1.0.9"), HasSubstr("-avc1.000009-"));
  EXPECT_THAT(codec("b,,a"), HasSubstr("-,a,b-"));
}

TEST(NormalisedIdentity, KnowsAVariantWithoutBitrateByNothing) {
  EXPECT_EQ(normalised_identity(rung(720, 0)), "0--------");
}

TEST(NormalisedIdentity, LeavesOutAnUndefinedLanguageAndARateThatIsNoNumber) {
  EXPECT_EQ(normalised_identity({.bitrate = 1, .language = "und", .frame_rate = "30000/1001"}),
            "1--------");
}

TEST(IdentityAsWritten, ChangesNothing) {
  rendition const odd{.bitrate = 7,
                      .width = 0,
                      .codecs = "AVC1.66.30",
                      .language = "und",
                      .channels = "2/0",
                      .name = " English ",
                      .frame_rate = "29.970",
                      .video_range = "hlg"};

  EXPECT_EQ(identity_as_written(odd), "7-AVC1.66.30-0--und-2/0- English -29.970-hlg");
}

}  // namespace
}  // namespace waggle::content
