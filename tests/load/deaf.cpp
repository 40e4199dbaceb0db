// SPDX-License-Identifier: Apache-2.0
// The mode `deaf`: in each swarm one client that never reads, one that does, and one that sends
// both of them offers, the next when the reader has the last. The reader must miss nothing.
#include "tests/load/mode.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace waggle::load {
namespace {

/// Announces once it is open and says what it hears.
class speaker final : public client {
 public:
  using hearing = std::function<void(std::string_view)>;

  speaker(asio::io_context& loop, route const& way, std::string swarm, std::string peer)
      : client(loop, way), swarm_(std::move(swarm)), peer_(std::move(peer)) {}

  void announce(std::string_view offers) {
    send_text(R"({"action":"announce","info_hash":")" + swarm_ + R"(","peer_id":")" + peer_ +
              R"(","numwant":2,"left":1,"offers":[)" + std::string{offers} + "]}");
  }

  std::function<void()> opened;
  hearing heard;
  std::function<void(std::optional<std::uint16_t>)> gone;

 protected:
  void on_open() override { opened(); }
  void on_text(std::string_view text) override { heard(text); }
  void on_end(std::optional<std::uint16_t> code) override { gone(code); }

 private:
  std::string swarm_;
  std::string peer_;
};

class deaf {
 public:
  explicit deaf(deaf_options const& options)
      : with_(options),
        way_(route_from(options.common)),
        small_way_(way_),
        sdp_(options.offer_bytes, 'y'),
        goal_(options.bytes / options.offer_bytes) {
    small_way_.receive_buffer_bytes = 4096;
  }

  nlohmann::json run() {
    for (std::size_t i = 0; i < with_.common.connections; ++i) {
      auto& one = groups_.emplace_back(std::make_unique<group>());
      auto const swarm = id_of('d', i);
      one->deaf = std::make_unique<speaker>(loop_, small_way_, swarm, id_of('q', i));
      one->reader = std::make_unique<speaker>(loop_, way_, swarm, id_of('r', i));
      one->talker = std::make_unique<speaker>(loop_, way_, swarm, id_of('t', i));
      connect(*one);
    }
    net::timer deadline{loop_.get_executor(), std::chrono::seconds{with_.common.seconds_max}};
    deadline.async_wait([this](net::error_code const& error) {
      if (!error) loop_.stop();
    });
    loop_.run();
    return report();
  }

 private:
  struct group {
    std::unique_ptr<speaker> deaf, reader, talker;
    std::size_t joined = 0;
    std::size_t sent = 0;
    std::size_t read = 0;
    bool replied = true;
  };

  /// One after the other, so that all are members when the talker begins.
  void connect(group& one) {
    one.deaf->opened = [&one] { one.deaf->announce({}); };
    one.deaf->heard = [&one](std::string_view) {
      one.deaf->stop_reading();  // the reply; nothing that follows
      one.reader->open();
    };
    one.deaf->gone = [this](std::optional<std::uint16_t>) { ++deaf_gone_; };
    one.reader->opened = [&one] { one.reader->announce({}); };
    one.reader->heard = [this, &one](std::string_view text) {
      if (text.find("\"offer\":{") == std::string_view::npos) return one.talker->open();
      ++one.read;
      next(one);
    };
    one.talker->opened = [this, &one] { next(one); };
    one.talker->heard = [this, &one](std::string_view) {
      one.replied = true;
      next(one);
    };
    one.reader->gone = one.talker->gone = [this](std::optional<std::uint16_t>) { ++others_gone_; };
    one.deaf->open();
  }

  void next(group& one) {
    if (one.read < one.sent || !one.replied) return;
    if (one.sent == goal_) {
      if (++finished_ == groups_.size()) wait_for_the_end();
      return;
    }
    auto const offer = [&](int which) {
      auto const id = id_of('o', one.sent * 2 + static_cast<std::size_t>(which));
      return R"({"offer":{"type":"offer","sdp":")" + sdp_ + R"("},"offer_id":")" + id + "\"}";
    };
    ++one.sent;
    one.replied = false;
    one.talker->announce(offer(0) + "," + offer(1));
  }

  void wait_for_the_end() {
    auto ready = report();
    ready["phase"] = "ready";
    tell(ready);
    asio::async_read(stdin_, asio::buffer(ignored_),
                     [this](net::error_code const&, std::size_t) { loop_.stop(); });
  }

  [[nodiscard]] nlohmann::json report() const {
    std::size_t sent = 0;
    std::size_t read = 0;
    for (auto const& one : groups_) {
      sent += one->sent;
      read += one->read;
    }
    auto const missing = groups_.size() * goal_ - read;
    return {{"mode", "deaf"},
            {"deaf", groups_.size()},
            {"offers_sent_each", goal_},
            {"bytes_each", goal_ * with_.offer_bytes},
            {"reader_offers", read},
            {"reader_missed", sent - read},
            {"deaf_gone", deaf_gone_},
            {"others_gone", others_gone_},
            {"errors", missing + others_gone_}};
  }

  deaf_options const with_;
  route way_;
  route small_way_;
  std::string const sdp_;
  std::size_t const goal_;
  asio::io_context loop_{1};
  asio::posix::stream_descriptor stdin_{loop_, ::dup(STDIN_FILENO)};
  std::array<char, 1> ignored_{};
  std::vector<std::unique_ptr<group>> groups_;
  std::size_t finished_ = 0;
  std::size_t deaf_gone_ = 0;
  std::size_t others_gone_ = 0;
};

}  // namespace

nlohmann::json run_deaf(deaf_options const& options) {
  return deaf{options}.run();
}

}  // namespace waggle::load
