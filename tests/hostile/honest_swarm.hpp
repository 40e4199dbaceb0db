// SPDX-License-Identifier: Apache-2.0
// Two well-behaved peers that relay offers and answers for as long as a server is attacked, and
// notice whatever gets lost. They run on a thread of their own.
#pragma once

#include "tests/support/tracker_client.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

namespace waggle::test {

/// In each round the one announces with an offer, which the other answers. A relay that does not
/// come, or a connection that ends, is a test failure when the object goes.
class honest_swarm {
 public:
  explicit honest_swarm(endpoint const& at, ws_options const& options = {});
  honest_swarm(honest_swarm const&) = delete;
  honest_swarm& operator=(honest_swarm const&) = delete;
  ~honest_swarm();

  /// Waits until a round is complete that began after the call: false once a relay was lost.
  [[nodiscard]] bool relays_on();

  [[nodiscard]] std::string const& swarm() const { return swarm_; }

 private:
  void run();
  void round(std::size_t number);
  [[nodiscard]] bool stopped(milliseconds within);

  std::string swarm_ = fresh_swarm();
  std::string offerer_peer_ = fresh_peer();
  std::string answerer_peer_ = fresh_peer();
  tracker_client offerer_;
  tracker_client answerer_;
  std::atomic<std::size_t> rounds_ = 0;
  std::atomic<bool> over_ = false;
  std::string failure_;  // written before over_
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace waggle::test
