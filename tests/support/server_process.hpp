// SPDX-License-Identifier: Apache-2.0
// A running server under test: started, waited for until its ready line, stopped with SIGTERM.
// Its exit code must be 0, which also makes the findings of sanitizers fail the test. One thread.
#pragma once

#include "tests/support/child_process.hpp"
#include "tests/support/endpoint.hpp"

#include <optional>
#include <string>
#include <vector>

namespace waggle::test {

/// The programs under test: the build's own, or what WAGGLE_BIN, WAGGLE_ECHO_BIN and
/// WAGGLE_FLOOR_BIN name.
[[nodiscard]] std::string waggle_binary();
[[nodiscard]] std::string echo_binary();
[[nodiscard]] std::string floor_binary();

class server_process {
 public:
  /// Starts `arguments[0]` and waits for its ready line. Throws std::runtime_error with the log.
  explicit server_process(std::vector<std::string> const& arguments,
                          child_process::environment const& extra = {});
  ~server_process();  // stops it; a non-zero exit code is a test failure
  server_process(server_process const&) = delete;
  server_process& operator=(server_process const&) = delete;

  /// SIGTERM, then the exit code; nothing if it does not end in time.
  std::optional<int> stop(milliseconds within = patience);
  /// SIGKILL, and waits until it is gone: the one end that needs no exit code of 0.
  void kill();
  void signal(int number) const { child_.signal(number); }
  [[nodiscard]] pid_t pid() const { return child_.pid(); }
  std::optional<int> wait(milliseconds within) { return child_.wait(within); }

  /// The n-th plain (ws) or TLS (wss) listener.
  [[nodiscard]] endpoint plain(std::size_t n = 0) const { return nth(clients_, "ws", n); }
  [[nodiscard]] endpoint tls(std::size_t n = 0) const { return nth(clients_, "wss", n); }
  /// The n-th listener, plain or TLS, whose connections begin with a PROXY header.
  [[nodiscard]] endpoint proxy(std::size_t n = 0) const { return nth(proxies_, "ws", n); }
  [[nodiscard]] endpoint proxy_tls(std::size_t n = 0) const { return nth(proxies_, "wss", n); }
  [[nodiscard]] endpoint internal() const;
  [[nodiscard]] std::string const& ready_line() const { return ready_line_; }
  [[nodiscard]] std::string out() const { return child_.out(); }
  [[nodiscard]] std::string log() const { return child_.err(); }

 private:
  [[nodiscard]] endpoint nth(std::vector<endpoint> const& among, std::string const& scheme,
                             std::size_t n) const;
  void await_ready();

  child_process child_;
  std::string ready_line_;
  std::vector<endpoint> clients_;
  std::vector<endpoint> proxies_;
  std::optional<endpoint> internal_;
  bool stopped_ = false;
};

}  // namespace waggle::test
