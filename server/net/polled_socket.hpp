// SPDX-License-Identifier: Apache-2.0
// The socket of a connection: owns the descriptor, and tells one user that it has become readable
// and one that it has become writable. One core only.
#pragma once

#include "server/core/load_ahead.hpp"
#include "server/net/byte_stream.hpp"
#include "server/net/poller.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <cstddef>
#include <cstdint>

namespace waggle::net {

class polled_socket final : private poll_watcher {
 public:
  /// @param descriptor  connected and non-blocking; owned from now on.
  polled_socket(poller& through, int descriptor) : poller_(through), descriptor_(descriptor) {}
  /// Of a socket that nobody waits for.
  polled_socket(polled_socket&& other) noexcept
      : poller_(other.poller_), descriptor_(other.release()) {}
  polled_socket& operator=(polled_socket&&) = delete;
  ~polled_socket() override { close(); }

  /// -1 after close().
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

  /// As byte_stream::wait().
  void wait(readiness what, boost::intrusive_ptr<stream_user> user);
  /// As byte_stream::shut_down_write() and close().
  void shut_down_write();
  void close();

 private:
  using user_ptr = boost::intrusive_ptr<stream_user>;

  static constexpr std::size_t user_bytes = 384;  // of a session; more is loaded in vain

  [[nodiscard]] int release();
  void on_poll(std::uint32_t events) override;
  void prefetch() const override { load_ahead(reader_.get(), user_bytes); }
  void on_poller_end() override;
  void tell_later_that_it_failed(readiness what, user_ptr user);

  poller& poller_;
  user_ptr reader_;
  user_ptr writer_;
  int descriptor_;
};

}  // namespace waggle::net
