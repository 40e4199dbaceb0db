// SPDX-License-Identifier: Apache-2.0
// Fuzz target: loading a configuration. Lines at the start of the input that begin with '!' are
// flags ("!section.name=value"), with '$' variables ("$NAME=value"); the rest is the file. Whatever
// loads must print to a file that loads to the same settings.
#include "config/documents.hpp"
#include "config/load.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

// Splits "name=value"; a line without '=' is a name with an empty value.
std::pair<std::string, std::string> assignment(std::string_view line) {
  auto const equals = line.find('=');
  if (equals == std::string_view::npos) return {std::string{line}, {}};
  return {std::string{line.substr(0, equals)}, std::string{line.substr(equals + 1)}};
}

waggle::load_sources sources_in(std::string_view input) {
  waggle::load_sources sources{.file_path = "fuzz.json"};
  while (!input.empty() && (input.front() == '!' || input.front() == '$')) {
    auto const end = std::min(input.find('\n'), input.size());
    auto [name, value] = assignment(input.substr(1, end - 1));
    if (input.front() == '!') {
      sources.flags.push_back({.key = std::move(name), .values = {std::move(value)}});
    } else {
      sources.environment.emplace_back("WAGGLE_" + name, std::move(value));
    }
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  if (!input.empty()) sources.text = std::string{input};
  return sources;
}

/// What is written of a secret is not read again.
bool has_secret(waggle::settings const& all) {
  auto const of_tokens = [](waggle::tokens_settings const& tokens) {
    return !tokens.secrets.empty();
  };
  if (!all.admin.token.empty() || of_tokens(all.tokens)) return true;
  return std::ranges::any_of(all.tenants,
                             [&](auto const& named) { return of_tokens(named.second.tokens); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const loaded = waggle::load(sources_in({reinterpret_cast<char const*>(data), size}));
  if (loaded.ok() && !has_secret(loaded.values)) {
    auto const again = waggle::load({.text = waggle::configuration_text(loaded.values)});
    if (!again.ok() || again.values != loaded.values) std::abort();
  }
  for (auto const& wrong : loaded.problems) {
    auto const line = to_string(wrong);
    if (line.empty() || line.find('\n') != std::string::npos) std::abort();
  }
  return 0;
}
