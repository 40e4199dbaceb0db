// SPDX-License-Identifier: Apache-2.0
// The mode `dribble`: a long message from each client, its beginning at once and then one byte a
// second, until the server has had enough.
#include "protocol/websocket/frame_writer.hpp"
#include "tests/load/mode.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <vector>

namespace waggle::load {
namespace {

using namespace std::chrono_literals;

class dribble;

class dribbler final : public client {
 public:
  explicit dribbler(dribble& all);
  void one_more();

 protected:
  void on_open() override;
  void on_text(std::string_view /*text*/) override {}
  void on_end(std::optional<std::uint16_t> code) override;

 private:
  dribble& all_;
  std::size_t sent_ = 0;
};

class dribble {
 public:
  explicit dribble(dribble_options const& options)
      : with(options), way(route_from(options.common)) {
    websocket::append_masked_frame(message, {.payload = std::string(options.message_bytes, 'z')});
  }

  nlohmann::json run() {
    for (std::size_t i = 0; i < with.common.connections; ++i) {
      clients_.push_back(std::make_unique<dribbler>(*this));
      clients_.back()->open();
    }
    net::timer deadline{loop.get_executor(), std::chrono::seconds{with.common.seconds_max}};
    deadline.async_wait([this](net::error_code const& error) {
      if (!error) loop.stop();
    });
    beat();
    loop.run();
    nlohmann::json codes = nlohmann::json::object();
    for (auto const& [code, how_many] : codes_) codes[std::to_string(code)] = how_many;
    auto const open = clients_.size() - ended_;
    return {{"mode", "dribble"},
            {"opened", opened_},
            {"closed_by_code", codes},
            {"still_open", open},
            {"first_end_ms", first_},
            {"last_end_ms", last_},
            {"errors", open + clients_.size() - opened_}};
  }

  void opened() {
    if (++opened_ == clients_.size()) tell({{"mode", "dribble"}, {"phase", "ready"}});
  }
  void ended(std::optional<std::uint16_t> code) {
    ++codes_[code.value_or(0)];
    last_ = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                  begin_)
                .count();
    if (ended_ == 0) first_ = last_;
    if (++ended_ == clients_.size()) loop.stop();
  }

  dribble_options const with;
  route const way;
  std::string message;
  asio::io_context loop{1};

 private:
  void beat() {
    beat_.expires_after(1s);
    beat_.async_wait([this](net::error_code const& error) {
      if (error) return;
      for (auto const& one : clients_) one->one_more();
      beat();
    });
  }

  std::chrono::steady_clock::time_point const begin_ = std::chrono::steady_clock::now();
  net::timer beat_{loop.get_executor()};
  std::vector<std::unique_ptr<dribbler>> clients_;
  std::map<unsigned, std::size_t> codes_;  // 0: without a close frame
  std::size_t opened_ = 0;
  std::size_t ended_ = 0;
  std::int64_t first_ = 0;
  std::int64_t last_ = 0;
};

dribbler::dribbler(dribble& all) : client(all.loop, all.way), all_(all) {}

void dribbler::on_open() {
  all_.opened();
  stop_ponging();
  sent_ = all_.with.first_bytes;
  send_bytes(std::string_view{all_.message}.substr(0, sent_));
}

void dribbler::one_more() {
  if (ended() || sent_ == 0 || sent_ >= all_.message.size()) return;
  send_bytes(std::string_view{all_.message}.substr(sent_++, 1));
}

void dribbler::on_end(std::optional<std::uint16_t> code) {
  all_.ended(code);
}

}  // namespace

nlohmann::json run_dribble(dribble_options const& options) {
  return dribble{options}.run();
}

}  // namespace waggle::load
