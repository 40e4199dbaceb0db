// SPDX-License-Identifier: Apache-2.0
// A public address of the server. Every core has its own socket on it (SO_REUSEPORT), so the kernel
// spreads the connections and no accepted socket changes its thread.
#pragma once

#include "server/net/connection.hpp"
#include "server/net/types.hpp"
#include "server/runtime/gate.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace waggle::net {

struct listen_options {
  int backlog = 1024;
  int send_buffer_bytes = 128 * 1024;  // per connection; the kernel would go up to 4 MB

  bool operator==(listen_options const&) const = default;
};

/// The sockets of one address, one per core, bound and listening. Descriptors are owned.
class listening_sockets {
 public:
  listening_sockets() = default;
  listening_sockets(listening_sockets&& other) noexcept
      : at(std::move(other.at)), kind(other.kind) {
    descriptors.swap(other.descriptors);
  }
  listening_sockets& operator=(listening_sockets&&) = delete;
  ~listening_sockets();

  /// The socket for one core; the caller owns it now.
  [[nodiscard]] int take(std::size_t core);

  tcp::endpoint at;  // with the real port
  transport kind = transport::plain;
  std::vector<int> descriptors;
};

/// Binds `wanted` once per core. Port 0: the first socket picks, the others follow.
///
/// SO_REUSEPORT alone would let a second server of the same user join in silently, so the address
/// is first bound exclusively.
/// @param error  set if the address cannot be used; it is in the caller's words to name it.
[[nodiscard]] listening_sockets listen_on(tcp::endpoint wanted, transport kind, std::size_t cores,
                                          listen_options const& options, error_code& error);

/// Accepts on one core.
class listener {
 public:
  /// @param gate        through which every connection goes; outlives them.
  /// @param descriptor  of this core, from listening_sockets::take(); owned from now on.
  listener(asio::io_context& context, connection_host& host, runtime::gate& gate,
           tcp const& protocol, int descriptor, entrance how);

  void start();
  /// From now on these hold; connections that the kernel has completed keep their buffers.
  void use(listen_options const& options);
  /// Takes what the kernel has queued and closes the socket. Idempotent.
  void stop();

 private:
  enum class accepted : std::uint8_t { one, none_waiting, no_room };

  void wait();
  void accept_some();
  [[nodiscard]] accepted accept_one();
  [[nodiscard]] bool somebody_waits();
  void pause();

  asio::io_context& context_;
  connection_host& host_;
  runtime::gate& gate_;
  tcp_acceptor acceptor_;
  timer pause_;  // runs after the process has run out of room
  entrance how_;
};

}  // namespace waggle::net
