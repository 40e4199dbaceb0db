// SPDX-License-Identifier: Apache-2.0
// The info hashes of registries against those that p2p-media-loader itself made of the same
// manifests (protocol/vectors/README.md).
#include "config/content_file.hpp"
#include "config/hash_list.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

namespace waggle {
namespace {

using nlohmann::json;

json read_vectors() {
  std::ifstream file{WAGGLE_SOURCE_DIR "/protocol/vectors/content_hashes.json"};
  return json::parse(file).at("vectors");
}

json hashes_of(content_file const& read) {
  auto hashes = json::array();
  for (auto const& title : read.titles) {
    for (auto const& swarm : title.swarms) hashes.push_back(hex_of(swarm.swarm));
  }
  return hashes;
}

TEST(ContentVectors, AreWhatTheReleasesAnnounce) {
  auto const vectors = read_vectors();
  ASSERT_GT(vectors.size(), 30U);

  std::set<std::string> releases;
  for (auto const& vector : vectors) {
    json const document{{"contents", json::array({vector.at("content")})}};
    auto const read = read_contents("vector", document.dump());

    ASSERT_TRUE(read.ok()) << to_string(read.problems.front());
    EXPECT_EQ(hashes_of(read), vector.at("info_hashes")) << vector.dump(1);
    releases.insert(vector.at("made_by").get<std::string>());
  }
  EXPECT_EQ(releases.size(), 9U);
}

}  // namespace
}  // namespace waggle
