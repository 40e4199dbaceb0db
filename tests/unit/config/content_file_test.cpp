// SPDX-License-Identifier: Apache-2.0
// Registries of content: what they mean, and every problem with its place.
#include "config/content_file.hpp"

#include "config/hash_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waggle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view digits = "0123456789abcdef0123456789abcdef01234567";

content_file read(std::string const& contents, content_file_limits const& limits = {}) {
  return read_contents("r.json", R"({"contents": [)" + contents + "]}", limits);
}

std::vector<std::string> problems_of(content_file const& read) {
  std::vector<std::string> lines;
  for (auto const& wrong : read.problems) lines.push_back(to_string(wrong));
  return lines;
}

// The problems of a registry with one content of these fields beside its name.
std::vector<std::string> problems_with(std::string const& fields) {
  return problems_of(read(R"({"name": "a", )" + fields + "}"));
}

std::vector<std::string> problems_with_stream(std::string const& fields) {
  return problems_with(R"("swarm_id": "s", "version": "2.3", "streams": [{}, {)" + fields + "}]");
}

// "contents[0]" and `rest`, as the only problem.
auto only(std::string const& rest) {
  return ElementsAre("r.json: contents[0]" + rest);
}

std::vector<std::string> labels_of(content_file const& read) {
  std::vector<std::string> labels;
  for (auto const& swarm : read.titles.at(0).swarms) labels.push_back(swarm.label);
  return labels;
}

TEST(ContentFile, MayBeEmptyAndHaveComments) {
  auto const none =
      read_contents("r.json", "// nothing yet\n{\"$schema\": \"x\", \"contents\": []}");

  EXPECT_TRUE(none.ok());
  EXPECT_THAT(none.titles, IsEmpty());
}

TEST(ContentFile, TakesInfoHashesAsTheyStand) {
  auto const file = read(R"({"name": "movies/bunny", "client": "webtorrent",
                             "info_hashes": ["0123456789abcdef0123456789ABCDEF01234567",
                                             "Li3tLt0cjqSuusstHfsj"]})");

  ASSERT_TRUE(file.ok());
  ASSERT_EQ(file.titles.size(), 1U);
  EXPECT_EQ(file.titles[0].name, "movies/bunny");
  ASSERT_EQ(file.titles[0].swarms.size(), 2U);
  EXPECT_EQ(file.titles[0].swarms[0],
            (content::named_swarm{*parse_info_hash(digits), "", "webtorrent"}));
  EXPECT_EQ(file.titles[0].swarms[1].swarm, parse_info_hash("Li3tLt0cjqSuusstHfsj"));
}

TEST(ContentFile, DerivesEveryStreamForEveryGroupOfVersions) {
  auto const file = read(R"({"name": "live/1", "manifest": "https://a.example/1.m3u8?x",
      "versions": ["2.3", "2.0", "2.2"],
      "streams": [{"height": 720}, {"type": "secondary", "language": "de"}]})");

  ASSERT_TRUE(file.ok());
  std::vector<std::string> clients;
  for (auto const& swarm : file.titles.at(0).swarms) clients.push_back(swarm.client);
  EXPECT_THAT(clients, ElementsAre("p2p-media-loader 2.3", "p2p-media-loader 2.3",
                                   "p2p-media-loader 2.0, 2.2", "p2p-media-loader 2.0, 2.2"));
  EXPECT_THAT(labels_of(file), ElementsAre("720p", "de", "720p", "de"));
}

TEST(ContentFile, CountsTheStreamsOfEachTypeWhereNoIndexIsGiven) {
  auto const with = [](std::string const& streams) {
    return read(R"({"name": "a", "swarm_id": "s", "version": "2.2", "streams": [)" + streams +
                "]}");
  };
  auto const counted = with(R"({}, {"type": "secondary"}, {}, {"index": 7}, {})");
  auto const given = with(R"({"index": 0}, {"type": "secondary", "index": 0}, {"index": 1},
                            {"index": 7}, {"index": 8})");

  ASSERT_TRUE(counted.ok());
  EXPECT_EQ(counted.titles, given.titles);
  EXPECT_THAT(labels_of(counted),
              ElementsAre("main 0", "secondary 0", "main 1", "main 7", "main 8"));
}

TEST(ContentFile, PrefersTheLabelOfTheAuthor) {
  auto const file = read(R"({"name": "a", "swarm_id": "s", "version": "2.2",
      "streams": [{"height": 720, "label": "HD"}, {"type": "secondary", "name": "Ton"}]})");

  ASSERT_TRUE(file.ok());
  EXPECT_THAT(labels_of(file), ElementsAre("HD", "Ton"));
}

TEST(ContentFile, ListsASwarmOnceWhereTwoStreamsShareIt) {
  auto const file = read(R"({"name": "a", "swarm_id": "s", "version": "2.3",
      "streams": [{"bitrate": 5, "label": "x"}, {"bitrate": 5}]})");

  ASSERT_TRUE(file.ok());
  EXPECT_THAT(labels_of(file), ElementsAre("x"));
}

TEST(ContentFile, LeavesOutAudioForTheFirstGeneration) {
  auto const file = read(R"({"name": "a", "swarm_id": "s", "version": "0.6",
      "streams": [{}, {"type": "secondary"}]})");

  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file.titles.at(0).swarms.size(), 1U);
}

TEST(ContentFile, TakesStreamsThatThePageNames) {
  auto const file = read(R"({"name": "a", "version": "4.0", "info_hashes": ["Li3tLt0cjqSuusstHfsj"],
      "streams": [{"swarm_id": "pt-v2-0b1c-main-default-720"}]})");

  ASSERT_TRUE(file.ok()) << problems_of(file).at(0);
  EXPECT_EQ(file.titles.at(0).swarms.size(), 2U);
}

TEST(ContentFile, DropsTheAudioOfAVariantsCodecs) {
  auto const with = [](std::string const& codecs) {
    return read(R"({"name": "a", "swarm_id": "s", "version": "5.0", "streams": [{"codecs": ")" +
                codecs + "\"}]}");
  };

  EXPECT_EQ(with("avc1.64001f,mp4a.40.2").titles, with("avc1.64001f").titles);
  EXPECT_NE(with("avc1.64001e,mp4a.40.2").titles, with("avc1.64001f").titles);
}

TEST(ContentFile, TakesNumbersAndTextsForRatesAndChannels) {
  auto const with = [](std::string const& fields) {
    return read(R"({"name": "a", "swarm_id": "s", "version": "5.0", "streams": [{)" + fields +
                "}]}")
        .titles;
  };

  EXPECT_EQ(with(R"("frame_rate": 29.970)"), with(R"("frame_rate": "29.97")"));
  EXPECT_NE(with(R"("frame_rate": 29.970)"), with(R"("frame_rate": "29.970")"));
  EXPECT_EQ(with(R"("channels": 2)"), with(R"("channels": "2")"));
}

TEST(ContentFile, SaysWhereTheSyntaxIsWrong) {
  EXPECT_THAT(problems_of(read_contents("r.json", "{\n\"contents\": [}")),
              ElementsAre(HasSubstr("r.json:2: ")));
  EXPECT_THAT(problems_of(read_contents("r.json", "[]")),
              ElementsAre("r.json: expected an object, found []"));
  EXPECT_THAT(problems_of(read_contents("r.json", "{}")),
              ElementsAre("r.json: contents: is missing"));
  EXPECT_THAT(problems_of(read_contents("r.json", R"({"contents": {}})")),
              ElementsAre("r.json: contents: expected a list, found {}"));
  EXPECT_THAT(problems_of(read_contents("r.json", R"({"content": []})")),
              ElementsAre("r.json: unknown key \"content\"; the nearest is contents",
                          "r.json: contents: is missing"));
  EXPECT_THAT(problems_of(read_contents("r.json", R"({"contents": [], "contents": []})")),
              ElementsAre("r.json: \"contents\" is given twice"));
}

TEST(ContentFile, RefusesWhatIsNoContent) {
  EXPECT_THAT(problems_of(read("7")), only(": expected an object, found 7"));
  EXPECT_THAT(problems_with(R"("manifset": "x", "info_hashes": ["Li3tLt0cjqSuusstHfsj"])"),
              only(": unknown key \"manifset\"; the nearest is manifest"));
  EXPECT_THAT(problems_with(R"("client": "webtorrent")"),
              only(": names no swarm: manifest, swarm_id or info_hashes is needed"));
}

TEST(ContentFile, RefusesABadName) {
  auto const named = [](std::string const& name) {
    return problems_of(read(R"({"info_hashes": ["Li3tLt0cjqSuusstHfsj"])" + name + "}"));
  };

  EXPECT_THAT(named(""), only(".name: is missing"));
  EXPECT_THAT(named(R"(, "name": 7)"), only(".name: expected a text, found 7"));
  EXPECT_THAT(named(R"(, "name": "")"), only(".name: a text of 0 bytes is out of bounds (1..200)"));
  EXPECT_THAT(named(R"(, "name": ")" + std::string(201, 'x') + '"'),
              only(".name: a text of 201 bytes is out of bounds (1..200)"));
  EXPECT_THAT(named(R"(, "name": "a\tb")"),
              only(".name: control characters are not allowed in \"a\\tb\""));
  EXPECT_THAT(named(R"(, "name": "live/*")"), ElementsAre(HasSubstr("must not hold an asterisk")));
}

TEST(ContentFile, RefusesAManifestThatNoBrowserAsksForLikeThat) {
  auto const of = [](std::string const& url) {
    return problems_with(R"("version": "2.3", "manifest": ")" + url + '"');
  };

  EXPECT_THAT(of("https://a.example:8443/b.m3u8?c d"), ElementsAre(HasSubstr("percent-encoded")));
  EXPECT_THAT(of("https://a.example:8443/b.m3u8?c%20d"), IsEmpty());
  EXPECT_THAT(of("http://a.example:443/"), IsEmpty());
  EXPECT_THAT(of("ftp://a.example/b"), only(".manifest: expected a URL with http:// or https://"));
  EXPECT_THAT(of("b.m3u8"), only(".manifest: expected a URL with http:// or https://"));
  EXPECT_THAT(of("https://a.example"), only(".manifest: expected a host and a path"));
  EXPECT_THAT(of("https:///b"), only(".manifest: expected a host and a path"));
  EXPECT_THAT(of("https://A.example/b"),
              only(".manifest: write the host in small letters, as browsers do"));
  EXPECT_THAT(of("https://a.example:443/b"), ElementsAre(HasSubstr("leave out the port")));
  EXPECT_THAT(of("http://a.example:80/b"), ElementsAre(HasSubstr("leave out the port")));
  EXPECT_THAT(of("https://a.example/ü"), ElementsAre(HasSubstr("percent-encoded")));
  EXPECT_THAT(of("https://a.example/b#t=3"), ElementsAre(HasSubstr("leave out the fragment")));
}

TEST(ContentFile, RefusesVersionsThatItCannotPlace) {
  auto const of = [](std::string const& fields) {
    return problems_with(R"("swarm_id": "s", )" + fields);
  };

  EXPECT_THAT(of(R"("version": 2.3)"), only(".version: expected a text like \"2.3\", found 2.3"));
  EXPECT_THAT(of(R"("version": "2")"),
              only(".version: \"2\" is of several kinds; those that meet are "
                   "0.5 to 0.6, 1.0.0 to 1.0.3, 1.0.4 to 2.2, 2.3 to 4, 5"));
  EXPECT_THAT(of(R"("version": "6.0")"), ElementsAre(HasSubstr("\"6.0\" is not known;")));
  EXPECT_THAT(of(R"("version": "latest")"), ElementsAre(HasSubstr("\"latest\" is no version;")));
  EXPECT_THAT(of(R"("versions": ["2.3", "x", 5])"),
              ElementsAre(HasSubstr("contents[0].versions[1]: \"x\" is no version"),
                          HasSubstr("contents[0].versions[2]: expected a text")));
  EXPECT_THAT(of(R"("versions": "2.3")"), ElementsAre(HasSubstr("expected a list")));
  EXPECT_THAT(of(R"("versions": [])"), only(".versions: a list of 0 is out of bounds (1..8)"));
  EXPECT_THAT(of(R"("version": "2.3", "versions": ["2.3"])"),
              only(".version: stands beside versions"));
}

TEST(ContentFile, RefusesFieldsThatDoNotGoTogether) {
  EXPECT_THAT(problems_with(R"("swarm_id": "s", "manifest": "https://a.example/", "version": "5")"),
              only(".manifest: stands beside swarm_id; the player uses one of them"));
  EXPECT_THAT(problems_with(R"("swarm_id": "s")"),
              only(".version: is missing: the info hashes depend on it"));
  EXPECT_THAT(problems_with(R"("swarm_id": "s", "version": "5", "client": "webtorrent")"),
              ElementsAre(HasSubstr(".client: webtorrent's info hashes are not derived")));
  EXPECT_THAT(problems_with(R"("version": "5", "info_hashes": ["Li3tLt0cjqSuusstHfsj"])"),
              only(".version: is of no use without manifest or swarm_id"));
  EXPECT_THAT(problems_with(R"("streams": [{}], "info_hashes": ["Li3tLt0cjqSuusstHfsj"])"),
              only(".streams: are of no use without manifest or swarm_id"));
  EXPECT_THAT(problems_with(R"("versions": ["2.2", "4.0"], "streams": [{"swarm_id": "x"}])"),
              ElementsAre(HasSubstr("which no release before 4.0 takes")));
  EXPECT_THAT(problems_with(R"("client": "peertube", "info_hashes": ["Li3tLt0cjqSuusstHfsj"])"),
              ElementsAre(HasSubstr(".client: unknown client \"peertube\"; the nearest is ")));
}

TEST(ContentFile, RefusesBadInfoHashes) {
  EXPECT_THAT(problems_with(R"("info_hashes": ["abc", 7, "Li3tLt0cjqSuusstHfsj"])"),
              ElementsAre("r.json: contents[0].info_hashes[0]: expected 40 hex digits or 20 "
                          "characters, found \"abc\"",
                          HasSubstr("contents[0].info_hashes[1]: expected 40 hex")));
  EXPECT_THAT(problems_with(R"("info_hashes": [])"), ElementsAre(HasSubstr("(1..1024)")));
}

TEST(ContentFile, NamesTheStreamOfAProblem) {
  EXPECT_THAT(problems_with_stream(R"("type": "audio")"),
              only(".streams[1].type: expected main or secondary, found \"audio\""));
  EXPECT_THAT(problems_with_stream(R"("bandwidth": 1)"),
              ElementsAre(HasSubstr("contents[0].streams[1]: unknown key \"bandwidth\"")));
  EXPECT_THAT(problems_with_stream(R"("index": -1)"),
              only(".streams[1].index: -1 is out of bounds (0..9999)"));
  EXPECT_THAT(problems_with_stream(R"("bitrate": 1.5)"),
              only(".streams[1].bitrate: expected a whole number, found 1.5"));
  EXPECT_THAT(problems_with_stream(R"("bitrate": 1000000000001)"),
              ElementsAre(HasSubstr("bounds")));
  EXPECT_THAT(problems_with_stream(R"("width": 65536, "height": 65536)"),
              ElementsAre(HasSubstr("streams[1].width: 65536"), HasSubstr("streams[1].height: 6")));
  EXPECT_THAT(problems_with_stream(R"("frame_rate": 0.5)"),
              only(".streams[1].frame_rate: 0.5 is out of bounds (1..1000)"));
  EXPECT_THAT(problems_with_stream(R"("frame_rate": "fast")"),
              only(".streams[1].frame_rate: expected a number, found \"fast\""));
  EXPECT_THAT(problems_with_stream(R"("channels": 0)"),
              only(".streams[1].channels: 0 is out of bounds (1..999)"));
  EXPECT_THAT(problems_with_stream(R"("channels": true)"),
              ElementsAre(HasSubstr("expected a text")));
  EXPECT_THAT(problems_with_stream(R"("language": "ü")"),
              only(".streams[1].language: expected ASCII, found \"\\u00fc\""));
  EXPECT_THAT(problems_with_stream(R"("codecs": "ü", "video_range": "ü")"),
              ElementsAre(HasSubstr("codecs: expected ASCII"), HasSubstr("video_range: expected")));
  EXPECT_THAT(
      problems_with_stream(R"("name": 1, "label": 2, "swarm_id": 3)"),
      ElementsAre(HasSubstr("[1].name"), HasSubstr("[1].swarm_id"), HasSubstr("[1].label")));
  EXPECT_THAT(problems_with(R"("swarm_id": "s", "version": "5", "streams": [7])"),
              only(".streams[0]: expected an object, found 7"));
  EXPECT_THAT(problems_with(R"("swarm_id": "s", "version": "5", "streams": [])"),
              only(".streams: a list of 0 is out of bounds (1..64)"));
}

TEST(ContentFile, RefusesANameAndASwarmThatAnotherContentHas) {
  auto const hash = R"("info_hashes": ["0123456789abcdef0123456789abcdef01234567"]})";
  auto const other = R"("info_hashes": ["Li3tLt0cjqSuusstHfsj"]})";

  auto const same_name =
      read(std::string{R"({"name": "a", )"} + hash + R"(, {"name": "a", )" + other);
  auto const same_swarm =
      read(std::string{R"({"name": "a", )"} + hash + R"(, {"name": "b", )" + hash);

  EXPECT_THAT(problems_of(same_name),
              ElementsAre("r.json: contents[1]: has the name of contents[0]"));
  EXPECT_THAT(
      problems_of(same_swarm),
      ElementsAre("r.json: contents[1]: has a swarm of contents[0]: " + std::string{digits}));
}

TEST(ContentFile, TellsAllProblemsAndReturnsNoTitleThen) {
  auto const file = read(R"({"name": "a", "info_hashes": ["x"]}, {"name": 7, "swarm_id": "s"},
                            {"name": "c", "info_hashes": ["Li3tLt0cjqSuusstHfsj"]})");

  EXPECT_THAT(problems_of(file),
              ElementsAre(HasSubstr("contents[0].info_hashes[0]: "),
                          HasSubstr("contents[1].name: "), HasSubstr("contents[1].version: ")));
  EXPECT_THAT(file.titles, IsEmpty());
}

TEST(ContentFile, HoldsItsBounds) {
  auto const two = R"({"name": "a", "info_hashes": ["Li3tLt0cjqSuusstHfsj"]}, {"name": "b",
                       "swarm_id": "s", "version": "2.3", "streams": [{}, {"bitrate": 1}]})";

  EXPECT_TRUE(read(two, {.contents_max = 2, .swarms_max = 3, .streams_max = 2}).ok());
  EXPECT_THAT(problems_of(read(two, {.contents_max = 1})),
              ElementsAre("r.json: contents: a list of 2 is out of bounds (0..1)"));
  EXPECT_THAT(problems_of(read(two, {.swarms_max = 2})),
              ElementsAre("r.json: contents[1]: more than 2 swarms so far"));
  EXPECT_THAT(problems_of(read(two, {.streams_max = 1})), ElementsAre(HasSubstr("(1..1)")));
}

}  // namespace
}  // namespace waggle
