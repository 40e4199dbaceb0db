// SPDX-License-Identifier: Apache-2.0
// See content_book.hpp.
#include "server/core/content_book.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>

namespace waggle {
namespace {

// Gives each text a number, the same one to the same text.
class word_numbers {
 public:
  std::uint32_t operator()(std::string const& word) {
    auto const next = static_cast<std::uint32_t>(numbers_.size());
    auto const [at, added] = numbers_.emplace(word, next);
    if (added) words_.push_back(word);
    return at->second;
  }

  std::vector<std::string> take() && { return std::move(words_); }

 private:
  boost::unordered_flat_map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> words_;
};

}  // namespace

bool matches_name(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

content_book::content_book(std::span<content::title const> titles, content_book_limits limits) {
  titles = titles.first(std::min(titles.size(), limits.titles_max));
  for (auto const& title : titles) names_.push_back(title.name);
  std::sort(names_.begin(), names_.end());
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());

  word_numbers number_of;
  for (auto const& title : titles) {
    auto const name = std::lower_bound(names_.begin(), names_.end(), title.name) - names_.begin();
    for (auto const& swarm : title.swarms) {
      if (found_.size() == limits.swarms_max) break;
      found_.push_back({.swarm = swarm.swarm,
                        .name = static_cast<std::uint32_t>(name),
                        .label = number_of(swarm.label),
                        .client = number_of(swarm.client)});
    }
  }
  words_ = std::move(number_of).take();
  auto const by_swarm = [](place const& a, place const& b) { return a.swarm < b.swarm; };
  auto const same_swarm = [](place const& a, place const& b) { return a.swarm == b.swarm; };
  std::stable_sort(found_.begin(), found_.end(), by_swarm);
  found_.erase(std::unique(found_.begin(), found_.end(), same_swarm), found_.end());
  found_.shrink_to_fit();

  auto grouped = found_;
  auto const by_name = [](place const& a, place const& b) { return a.name < b.name; };
  std::stable_sort(grouped.begin(), grouped.end(), by_name);
  first_.assign(names_.size() + 1, 0);
  for (auto const& at : grouped) {
    ++first_[at.name + 1];
    by_name_.push_back(at.swarm);
  }
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
}

std::optional<content_book::entry> content_book::find(swarm_id const& swarm) const {
  auto const at =
      std::lower_bound(found_.begin(), found_.end(), swarm,
                       [](place const& known, swarm_id const& id) { return known.swarm < id; });
  if (at == found_.end() || at->swarm != swarm) return std::nullopt;
  return entry{.name = names_[at->name], .label = words_[at->label], .client = words_[at->client]};
}

bool content_book::allows(swarm_id const& swarm, std::string_view pattern) const {
  auto const known = find(swarm);
  return known && matches_name(pattern, known->name);
}

std::span<swarm_id const> content_book::swarms_beginning(std::string_view name) const {
  auto const begin = std::lower_bound(names_.begin(), names_.end(), name);
  auto const end = std::find_if_not(
      begin, names_.end(), [&](std::string const& known) { return known.starts_with(name); });
  if (begin == end) return {};
  auto const first = first_[static_cast<std::size_t>(begin - names_.begin())];
  auto const behind = first_[static_cast<std::size_t>(end - names_.begin())];
  return std::span{by_name_}.subspan(first, behind - first);
}

std::span<swarm_id const> content_book::swarms_of(std::string_view name) const {
  auto const at = std::lower_bound(names_.begin(), names_.end(), name);
  if (at == names_.end() || *at != name) return {};
  auto const index = static_cast<std::size_t>(at - names_.begin());
  return std::span{by_name_}.subspan(first_[index], first_[index + 1] - first_[index]);
}

}  // namespace waggle
