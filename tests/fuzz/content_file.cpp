// SPDX-License-Identifier: Apache-2.0
// Fuzz target: registries of content and lists of info hashes. An input that begins with '#' or '0'
// is a list, another one a registry. What is accepted must be found again: in the book of the
// registry, or in the list written anew.
#include "config/content_file.hpp"

#include "config/hash_list.hpp"
#include "server/core/content_book.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_problems(std::vector<waggle::problem> const& problems) {
  for (auto const& wrong : problems) {
    auto const line = to_string(wrong);
    check(!line.empty() && line.find('\n') == std::string::npos);
  }
}

void try_list(std::string_view text) {
  auto const read = waggle::read_hash_list("list", text);
  check_problems(read.problems);
  check(read.ok() || read.swarms.empty());
  std::string again;
  for (auto const& swarm : read.swarms) again += hex_of(swarm) + "\n";
  check(waggle::read_hash_list("again", again).swarms == read.swarms);
}

void try_registry(std::string_view text) {
  auto const read = waggle::read_contents("registry", text);
  check_problems(read.problems);
  check(read.ok() || read.titles.empty());
  waggle::content_book const book{read.titles};
  check(book.titles() == read.titles.size());
  std::size_t swarms = 0;
  for (auto const& title : read.titles) {
    swarms += title.swarms.size();
    check(book.swarms_of(title.name).size() == title.swarms.size());
    for (auto const& swarm : title.swarms) {
      check(book.allows(swarm.swarm, title.name));
      check(book.find(swarm.swarm)->label == swarm.label);
    }
  }
  check(book.swarms() == swarms);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text{reinterpret_cast<char const*>(data), size};
  if (text.starts_with('#') || text.starts_with('0')) {
    try_list(text);
  } else {
    try_registry(text);
  }
  return 0;
}
