// SPDX-License-Identifier: Apache-2.0
// A running Waggle with ports of its own and short deadlines, for one test.
#pragma once

#include "tests/support/certificate.hpp"
#include "tests/support/http.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/tracker_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace waggle::test {

struct tracker_options {
  unsigned cores = 1;
  std::vector<std::string> settings = {};   // "section.field=value"
  std::vector<std::string> arguments = {};  // further flags
  bool default_listener = true;             // --listen 127.0.0.1:0
};

/// The command line for these options.
[[nodiscard]] std::vector<std::string> tracker_arguments(tracker_options const& options);

class tracker {
 public:
  explicit tracker(tracker_options const& options = {}) : process_(tracker_arguments(options)) {}

  [[nodiscard]] endpoint plain() const { return process_.plain(); }
  [[nodiscard]] server_process& process() { return process_; }

  /// /stats.json, of the server or of one swarm.
  [[nodiscard]] json stats() const;
  [[nodiscard]] json stats(std::string const& swarm) const;
  [[nodiscard]] int peers_of(std::string const& swarm) const;
  /// Open sessions of a client address, as /stats.json counts them.
  [[nodiscard]] int connections_of(std::string const& address) const;

  /// The sum of a metric's values over its labels; also proves that the family is there.
  [[nodiscard]] double metric(std::string const& name) const;

 private:
  server_process process_;
};

/// The tests of the WebTorrent exchange run on one core and on two, where swarms and sessions live
/// on different threads.
class CoresTest : public testing::TestWithParam<unsigned> {
 protected:
  [[nodiscard]] static tracker_options cores(std::vector<std::string> settings = {}) {
    return {.cores = GetParam(), .settings = std::move(settings)};
  }
};

#define WAGGLE_ON_ONE_AND_TWO_CORES(suite)                                     \
  INSTANTIATE_TEST_SUITE_P(Cores, suite, testing::Values(1U, 2U),              \
                           [](testing::TestParamInfo<unsigned> const& cores) { \
                             return cores.param == 1 ? "One" : "Two";          \
                           })

/// Those of the messages that carry an offer, or an answer.
[[nodiscard]] std::vector<tracker_message> offers_among(std::vector<tracker_message> const& all);
[[nodiscard]] std::vector<tracker_message> answers_among(std::vector<tracker_message> const& all);

}  // namespace waggle::test
