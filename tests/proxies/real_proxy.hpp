// SPDX-License-Identifier: Apache-2.0
// nginx, HAProxy or Caddy on a loopback port, configured by a snippet of docs/operations.md. In the
// foreground, with files of its own only, as any user. One thread.
#pragma once

#include "tests/support/certificate.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/endpoint.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace waggle::test {

/// The fenced block of docs/operations.md whose first line is "# " and `title`. Throws
/// std::runtime_error if there is none.
[[nodiscard]] std::string snippet(std::string_view title);

/// `text` with every `from` made `to`. Throws std::runtime_error if there is none: the page and the
/// test must agree on what an operator has to change.
[[nodiscard]] std::string with(std::string text, std::string_view from, std::string_view to);

/// A port of 127.0.0.1 that nobody had a moment ago.
[[nodiscard]] std::uint16_t free_port();

/// `host:port` of a listener, as proxies write it.
[[nodiscard]] std::string address_of(endpoint const& at);

class real_proxy {
 public:
  /// @param configuration  of the http context, for nginx; all but global options, for the others.
  ///                       Listens on `at`.
  static real_proxy nginx(endpoint const& at, std::string const& configuration);
  static real_proxy haproxy(endpoint const& at, std::string const& configuration);
  static real_proxy caddy(endpoint const& at, std::string const& configuration);

  real_proxy(real_proxy&&) = default;
  real_proxy& operator=(real_proxy&&) = delete;
  ~real_proxy();  // ends it

  /// Where its clients connect.
  [[nodiscard]] endpoint const& at() const { return at_; }

 private:
  real_proxy(endpoint at, std::string const& name, std::string const& configuration);
  void start(std::vector<std::string> const& command, child_process::environment const& extra = {});

  endpoint at_;
  std::unique_ptr<temporary_folder> folder_ = std::make_unique<temporary_folder>();
  std::string file_;
  std::unique_ptr<child_process> child_;
};

}  // namespace waggle::test
