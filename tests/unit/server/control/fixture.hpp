// SPDX-License-Identifier: Apache-2.0
// An internal listener on a loopback port, a server that answers when the test says so, and HTTP
// clients, all on one loop that the test turns by hand: no threads, no sleeps.
#pragma once

#include "server/control/internal_listener.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace waggle::test {

namespace asio = net::asio;

class fake_view final : public server_view {
 public:
  std::vector<core_snapshot> cores;
  swarm_counts counts;
  ip_address address;  // has three sessions
  readiness state{true, "serving"};
  bool hold = false;  // keep the callbacks for the test instead of answering at once

  std::vector<std::function<void(std::vector<core_snapshot>)>> held_collections;
  std::vector<std::function<void(swarm_counts)>> held_counts;
  int collections = 0;
  std::vector<swarm_id> asked;

  void collect(std::function<void(std::vector<core_snapshot>)> done) override {
    ++collections;
    if (hold) {
      held_collections.push_back(std::move(done));
    } else {
      done(cores);
    }
  }
  void count_swarm(swarm_id const& swarm, std::function<void(swarm_counts)> done) override {
    asked.push_back(swarm);
    if (hold) {
      held_counts.push_back(std::move(done));
    } else {
      done(counts);
    }
  }
  [[nodiscard]] std::size_t count_address(ip_address const& client) const override {
    return client == address ? 3 : 0;
  }
  [[nodiscard]] readiness ready() const override { return state; }
  [[nodiscard]] service_facts service() const override {
    return {.ready = state.ready ? 1.0 : 0.0};
  }
};

struct reply {
  unsigned status = 0;
  std::string head, body;
};

/// A client connection that reads whatever comes into `received`.
class client {
 public:
  client(asio::io_context& loop, net::tcp::endpoint const& to) : socket_(loop) {
    socket_.connect(to);
    read();
  }

  void send(std::string const& bytes) {
    net::error_code ignored;
    asio::write(socket_, asio::buffer(bytes), ignored);
  }
  void get(std::string const& target) { send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n"); }
  void close() { socket_.close(); }

  /// Takes the first whole answer out of what was received, if there is one.
  [[nodiscard]] bool take(reply& out, bool head_only = false) {
    auto const head_end = received.find("\r\n\r\n");
    if (head_end == std::string::npos) return false;
    out.head = received.substr(0, head_end + 2);
    auto const at = out.head.find("Content-Length: ");
    auto const bodiless = head_only || at == std::string::npos;  // 204, 304
    std::size_t const length = bodiless ? 0 : std::stoul(out.head.substr(at + 16));
    if (received.size() < head_end + 4 + length) return false;
    out.status = static_cast<unsigned>(std::stoul(out.head.substr(9, 3)));
    out.body = received.substr(head_end + 4, length);
    received.erase(0, head_end + 4 + length);
    return true;
  }

  std::string received;
  bool closed = false;  // by the server

 private:
  void read() {
    socket_.async_read_some(asio::buffer(block_), [this](net::error_code failed, std::size_t n) {
      if (failed == asio::error::operation_aborted) return;
      received.append(block_.data(), n);
      closed = static_cast<bool>(failed);
      if (!failed) read();
    });
  }

  net::tcp_socket socket_;
  std::array<char, 4096> block_{};
};

class listening : public testing::Test {
 protected:
  static constexpr std::chrono::seconds patience{10};

  void open(internal_limits const& limits = {},
            std::chrono::milliseconds answer_patience = std::chrono::seconds(5)) {
    auto opened = internal_listener::open(*loop_, {asio::ip::make_address(address_), 0},
                                          {.view = view_,
                                           .version = "1.2.3",
                                           .answer_patience = answer_patience,
                                           .admin = admin_,
                                           .api = api_},
                                          limits);
    ASSERT_TRUE(opened.has_value());
    listener_ = std::move(*opened);
  }

  void TearDown() override {
    clients_.clear();
    listener_.reset();
    loop_.reset();
  }

  client& connect() {
    clients_.push_back(std::make_unique<client>(*loop_, listener_->local_endpoint()));
    return *clients_.back();
  }

  /// Turns the loop until `reached`.
  template <class Condition>
  void turn_until(Condition reached) {
    auto const deadline = std::chrono::steady_clock::now() + patience;
    while (!reached()) {
      if (loop_->stopped()) loop_->restart();
      loop_->run_one_until(deadline);
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "waited too long";
    }
  }

  reply answer_to(client& from, bool head_only = false) {
    reply got;
    turn_until([&] { return from.take(got, head_only); });
    return got;
  }
  reply get(std::string const& target) {
    auto& from = connect();
    from.get(target);
    return answer_to(from);
  }

  std::unique_ptr<asio::io_context> loop_ = std::make_unique<asio::io_context>(1);
  fake_view view_;
  std::string address_ = "127.0.0.1";  // to listen on
  admin_view* admin_ = nullptr;
  api_options api_{};
  std::unique_ptr<internal_listener> listener_;
  std::vector<std::unique_ptr<client>> clients_;
};

}  // namespace waggle::test
