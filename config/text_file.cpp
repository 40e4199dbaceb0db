// SPDX-License-Identifier: Apache-2.0
#include "config/text_file.hpp"

#include "config/settings.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace waggle {

std::optional<std::string> read_text_file(std::string const& path, std::size_t bytes_max,
                                          problem_list& problems) {
  auto const refuse = [&](std::string const& why) {
    problems.add({.source = path, .key = {}, .what = "cannot read: " + why});
    return std::nullopt;
  };
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  if (!file) return refuse(std::generic_category().message(errno));
  std::string text;
  std::string part(64 * kibibyte, '\0');
  while (file.read(part.data(), static_cast<std::streamsize>(part.size())) || file.gcount() > 0) {
    text.append(part, 0, static_cast<std::size_t>(file.gcount()));
    if (text.size() > bytes_max) {
      return refuse("longer than " + std::to_string(bytes_max / mebibyte) + "MiB");
    }
  }
  if (file.bad())
    return refuse(std::generic_category().message(errno));  // a directory opens, but cannot be read
  return text;
}

}  // namespace waggle
