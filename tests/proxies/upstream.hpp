// SPDX-License-Identifier: Apache-2.0
// An HTTP server that stands for an application behind the same proxy: it answers every request
// with its own name and the target that was asked for. A thread of its own.
#pragma once

#include "tests/support/endpoint.hpp"

#include <string>
#include <thread>

namespace waggle::test {

class upstream {
 public:
  explicit upstream(std::string name);
  ~upstream();
  upstream(upstream const&) = delete;
  upstream& operator=(upstream const&) = delete;

  [[nodiscard]] endpoint const& at() const { return at_; }

 private:
  void serve(std::stop_token const& stop) const;
  void answer(int client) const;

  std::string name_;
  int listening_ = -1;
  endpoint at_{"http", "127.0.0.1", 0};
  std::jthread thread_;
};

}  // namespace waggle::test
