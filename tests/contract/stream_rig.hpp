// SPDX-License-Identifier: Apache-2.0
// Every byte_stream with somebody at its other end, behind one interface. Tests only; one thread.
#pragma once

#include "server/net/tcp_stream.hpp"
#include "server/net/tls_stream.hpp"
#include "tests/unit/server/net/loopback.hpp"
#include "tests/unit/server/net/memory_stream.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace waggle::net::test {

class stream_rig {
 public:
  stream_rig() = default;
  stream_rig(stream_rig const&) = delete;
  stream_rig& operator=(stream_rig const&) = delete;
  virtual ~stream_rig() = default;

  /// Null once drop() was called.
  [[nodiscard]] virtual byte_stream* stream() = 0;
  virtual void drop() = 0;

  /// Some bytes, as many as fit; how many were taken.
  virtual std::size_t peer_writes(std::string_view bytes) = 0;
  /// Everything that has come; afterwards there is room for more.
  virtual std::string peer_reads() = 0;
  virtual void peer_finishes() = 0;
  [[nodiscard]] virtual bool peer_saw_end() = 0;
  /// As above, or the connection ended in any other way.
  [[nodiscard]] virtual bool peer_saw_close() { return peer_saw_end(); }

  /// Tells those who wait for what is ready.
  virtual void poll() = 0;
};

class memory_rig final : public stream_rig {
 public:
  ~memory_rig() override {
    auto const reader = std::exchange(wire_->reader, nullptr);
    auto const writer = std::exchange(wire_->writer, nullptr);
  }
  byte_stream* stream() override { return stream_.get(); }
  void drop() override { stream_.reset(); }
  std::size_t peer_writes(std::string_view bytes) override {
    wire_->from_client += bytes;
    return bytes.size();
  }
  std::string peer_reads() override {
    wire_->room = room;
    return std::exchange(wire_->to_client, {});
  }
  void peer_finishes() override { wire_->client_gone = true; }
  bool peer_saw_end() override { return wire_->write_shut || wire_->closed; }
  void poll() override {
    while (wire_->tell()) {
    }
  }

 private:
  static constexpr std::size_t room = 1'000'000;

  std::shared_ptr<memory_wire> wire_ = [] {
    auto wire = std::make_shared<memory_wire>();
    wire->room = room;
    return wire;
  }();
  std::unique_ptr<memory_stream> stream_ = std::make_unique<memory_stream>(wire_);
};

/// What the two kinds of sockets share.
class socket_rig : public stream_rig {
 public:
  std::size_t peer_writes(std::string_view bytes) override { return peer_->write(bytes); }
  std::string peer_reads() override { return peer_->read(); }
  void peer_finishes() override { peer_->finish(); }
  bool peer_saw_end() override {
    static_cast<void>(peer_->read());
    return peer_->saw_end;
  }
  bool peer_saw_close() override { return peer_saw_end() || peer_->saw_reset; }
  void poll() override {
    context_.restart();
    context_.poll();
  }

 protected:
  asio::io_context context_{1};
  loopback ends_{context_};
  std::unique_ptr<far_end> peer_;
};

class tcp_rig final : public socket_rig {
 public:
  tcp_rig() { peer_ = std::make_unique<far_end>(ends_.client); }
  byte_stream* stream() override { return stream_.get(); }
  void drop() override { stream_.reset(); }

 private:
  std::unique_ptr<tcp_stream> stream_ = std::make_unique<tcp_stream>(ends_.take_server());
};

class tls_rig final : public socket_rig {
 public:
  tls_rig() {
    auto client = std::make_unique<tls_far_end>(ends_.client);
    bool ours = false;
    bool theirs = false;
    EXPECT_TRUE(waggle::test::eventually([&] {
      theirs = theirs || client->handshake();
      ours = ours || stream_->handshake() == io_status::done;
      return ours && theirs;
    }));
    peer_ = std::move(client);
    static_cast<void>(peer_->read());  // the session ticket
  }
  byte_stream* stream() override { return stream_.get(); }
  void drop() override { stream_.reset(); }

 private:
  tls_wire wire_;
  std::unique_ptr<tls_stream> stream_ =
      std::make_unique<tls_stream>(ends_.take_server(), server_tls().get(), wire_);
};

}  // namespace waggle::net::test
