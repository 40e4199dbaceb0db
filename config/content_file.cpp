// SPDX-License-Identifier: Apache-2.0
// Reads every content by itself, then derives, and looks at what two of them have in common.
#include "config/content_file.hpp"

#include "config/content_entry.hpp"
#include "config/hash_list.hpp"
#include "config/json_text.hpp"
#include "config/value.hpp"
#include "protocol/content/p2p_media_loader.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <nlohmann/json.hpp>

namespace waggle {
namespace {

using content::derivation;
using content::stream_type;

std::vector<std::string> const root_keys{"contents", "$schema"};

std::string place_of(std::size_t index) {
  return "contents[" + std::to_string(index) + "]";
}

struct derived_swarms {
  std::vector<content::named_swarm> swarms;
  bool complete = true;  // false where a digest is not to be had
};

// The swarms of one content, listed and derived. The same one twice is fine: two renditions that
// their client cannot tell apart share a swarm.
derived_swarms swarms_of(content_entry const& entry) {
  derived_swarms made;
  for (auto const& swarm : entry.listed) {
    made.swarms.push_back({.swarm = swarm, .label = {}, .client = entry.listed_client});
  }
  for (auto const& client : entry.clients) {
    auto const hashes = content::info_hashes(client.how, entry.swarm, entry.streams);
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      auto const shared = client.how != derivation::level_sha1 || entry.streams.empty() ||
                          entry.streams[i].type == stream_type::main;
      if (!hashes[i]) {
        made.complete = made.complete && !shared;
        continue;
      }
      auto label = entry.labels.empty() ? std::string{} : entry.labels[i];
      made.swarms.push_back({*hashes[i], std::move(label), client.text});
    }
  }
  return made;
}

class registry {
 public:
  registry(std::string const& source, problem_list& problems, content_file_limits const& limits)
      : source_(source), problems_(problems), limits_(limits) {}

  void add(std::size_t index, content_entry entry);

  [[nodiscard]] std::vector<content::title> take() && { return std::move(titles_); }

 private:
  void refuse(std::size_t index, std::string what) {
    problems_.add({.source = source_, .key = place_of(index), .what = std::move(what)});
  }

  std::string const& source_;
  problem_list& problems_;
  content_file_limits const& limits_;
  std::vector<content::title> titles_;
  boost::unordered_flat_map<std::string, std::size_t> names_;  // -> index of the content
  boost::unordered_flat_map<std::array<std::uint8_t, swarm_id::bytes>, std::size_t> owners_;
};

void registry::add(std::size_t index, content_entry entry) {
  auto const [named, is_new] = names_.emplace(entry.name, index);
  if (!is_new) refuse(index, "has the name of " + place_of(named->second));
  auto derived = swarms_of(entry);
  if (!derived.complete) refuse(index, "this machine's OpenSSL refuses the digest of its version");
  content::title title{.name = std::move(entry.name), .swarms = {}};
  for (auto& swarm : derived.swarms) {
    if (owners_.size() == limits_.swarms_max) {
      return refuse(index, "more than " + std::to_string(limits_.swarms_max) + " swarms so far");
    }
    auto const [owner, is_free] = owners_.emplace(swarm.swarm.value, index);
    if (is_free) {
      title.swarms.push_back(std::move(swarm));
    } else if (owner->second != index) {
      refuse(index, "has a swarm of " + place_of(owner->second) + ": " + hex_of(swarm.swarm));
    }
  }
  titles_.push_back(std::move(title));
}

}  // namespace

content_file read_contents(std::string const& source, std::string_view text,
                           content_file_limits const& limits) {
  content_file read;
  problem_list problems;
  auto const finish = [&] {
    if (problems.count() > 0) read.titles.clear();
    read.problems = std::move(problems).take();
    return std::move(read);
  };
  auto const root = parse_config_text(source, text, problems);
  if (!root) return finish();
  json_item item{*root, {}, source, problems};
  if (!item.check_keys(root_keys)) return finish();
  if (item.find("contents") == nullptr) item.refuse("contents", "is missing");
  auto const* const list = item.list("contents", {0, limits.contents_max});
  if (list == nullptr) return finish();

  registry all{source, problems, limits};
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto const before = problems.count();
    auto entry =
        read_content_entry({(*list)[i], place_of(i), source, problems}, source, problems, limits);
    if (problems.count() == before) all.add(i, std::move(entry));
  }
  read.titles = std::move(all).take();
  return finish();
}

}  // namespace waggle
