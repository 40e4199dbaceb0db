// SPDX-License-Identifier: Apache-2.0
#include "tests/support/doctor_process.hpp"

#include "tests/support/server_process.hpp"

#include <sstream>
#include <stdexcept>

namespace waggle::test {
namespace {

constexpr milliseconds longest_wait{90'000};   // the longest silence that tests ask for, and more
constexpr std::size_t name_starts_before = 8;  // behind the verdict

std::vector<std::string> command_of(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {waggle_binary(), "doctor"});
  return arguments;
}

}  // namespace

finding diagnosis::of(std::string const& name) const {
  std::istringstream lines{out};
  for (std::string line; std::getline(lines, line);) {
    auto const at = line.find(" " + name + " ");
    if (at >= name_starts_before) continue;
    auto const text = line.find_first_not_of(' ', at + 1 + name.size());
    return {.verdict = line.substr(0, line.find(' ')),
            .text = text == std::string::npos ? "" : line.substr(text)};
  }
  return {};
}

std::string diagnosis::summary() const {
  if (out.empty()) return {};
  auto const start = out.rfind('\n', out.size() - 2);
  return out.substr(start == std::string::npos ? 0 : start + 1);
}

doctor_process::doctor_process(std::vector<std::string> arguments)
    : child_(command_of(std::move(arguments))) {}

diagnosis doctor_process::wait() {
  auto const code = child_.wait(longest_wait);
  if (!code) throw std::runtime_error("doctor does not end: " + child_.out() + child_.err());
  return {.code = *code, .out = child_.out(), .err = child_.err()};
}

diagnosis run_doctor(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin() + 1, {"--idle", "0"});
  return doctor_process{std::move(arguments)}.wait();
}

}  // namespace waggle::test
