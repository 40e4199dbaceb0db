// SPDX-License-Identifier: Apache-2.0
// Starts servers and reads their ready line.
#include "tests/support/server_process.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace waggle::test {
namespace {

std::string binary(char const* variable, std::string built) {
  char const* const named = std::getenv(variable);
  return named != nullptr ? std::string{named} : std::move(built);
}

}  // namespace

std::string waggle_binary() {
  return binary("WAGGLE_BIN", WAGGLE_BINARY_DIR "/waggle");
}
std::string echo_binary() {
  return binary("WAGGLE_ECHO_BIN", WAGGLE_BINARY_DIR "/waggle-echo");
}
std::string floor_binary() {
  return binary("WAGGLE_FLOOR_BIN", WAGGLE_BINARY_DIR "/waggle-floor");
}

server_process::server_process(std::vector<std::string> const& arguments,
                               child_process::environment const& extra)
    : child_(arguments, extra) {
  await_ready();
}

server_process::~server_process() {
  if (stopped_) return;
  auto const code = stop();
  EXPECT_EQ(code.value_or(-1), 0) << "the server did not end cleanly; its log:\n" << log();
}

std::optional<int> server_process::stop(milliseconds within) {
  stopped_ = true;
  child_.signal(SIGTERM);
  return child_.wait(within);
}

void server_process::kill() {
  stopped_ = true;
  child_.signal(SIGKILL);
  EXPECT_EQ(child_.wait(patience), 128 + SIGKILL);
}

endpoint server_process::internal() const {
  if (!internal_) throw std::runtime_error("no internal listener: " + ready_line_);
  return *internal_;
}

endpoint server_process::nth(std::vector<endpoint> const& among, std::string const& scheme,
                             std::size_t n) const {
  for (auto const& at : among)
    if (at.scheme == scheme && n-- == 0) return at;
  throw std::runtime_error("no such " + scheme + " listener: " + ready_line_);
}

void server_process::await_ready() {
  bool const ready = eventually(
      [this] { return child_.out().find('\n') != std::string::npos || !child_.running(); }, 30s);
  auto const out = child_.out();
  ready_line_ = out.substr(0, out.find('\n'));
  std::istringstream words{ready_line_};
  std::string word;
  words >> word;
  if (!ready || word != "ready")
    throw std::runtime_error("the server is not ready; stdout: " + out + "\nlog: " + child_.err());
  while (words >> word) {
    auto const split = word.find('=');
    if (split == std::string::npos) throw std::runtime_error("odd ready line: " + ready_line_);
    auto const name = word.substr(0, split);
    if (name == "stun") continue;
    auto const at = parse_endpoint(word.substr(split + 1));
    if (name == "client") clients_.push_back(at);
    if (name == "proxy") proxies_.push_back(at);
    if (name == "internal") internal_ = at;
  }
}

}  // namespace waggle::test
