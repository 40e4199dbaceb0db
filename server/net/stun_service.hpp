// SPDX-License-Identifier: Apache-2.0
// The STUN server: browsers learn from it which address the world sees them at. A thread of its
// own, so that a flood of datagrams takes nothing from the cores; bounded by a budget for all and a
// share for each source, beyond which datagrams are dropped unread.
#pragma once

#include "protocol/stun/binding.hpp"
#include "server/net/source_shares.hpp"
#include "server/net/types.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/udp.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace waggle::net {

using udp = asio::ip::udp;

/// Since the start; only grows. Read by any thread.
struct stun_counts {
  std::atomic<std::uint64_t> answered{0};
  std::atomic<std::uint64_t> refused{0};  // with an error
  std::atomic<std::uint64_t> ignored{0};  // no Binding requests
  std::atomic<std::uint64_t> limited{0};  // over a limit
};

class stun_service {
 public:
  /// @param seed  secret: sources choose their addresses.
  stun_service(share_limits const& limits, hash_seed const& seed);
  stun_service(stun_service const&) = delete;
  stun_service& operator=(stun_service const&) = delete;
  /// Waits for the thread.
  ~stun_service();

  /// Before start(). @return the address that it listens on, with the port that the kernel gave.
  [[nodiscard]] udp::endpoint open(udp::endpoint const& at, error_code& error);
  void start();

  [[nodiscard]] stun_counts const& counts() const { return counts_; }

 private:
  using udp_socket = asio::basic_datagram_socket<udp, executor>;

  void wait(udp_socket& on);
  void serve(udp_socket& on);

  asio::io_context loop_{1};
  asio::executor_work_guard<executor> work_{loop_.get_executor()};
  std::vector<std::unique_ptr<udp_socket>> sockets_;
  source_shares shares_;
  stun_counts counts_;
  std::thread thread_;
};

}  // namespace waggle::net
