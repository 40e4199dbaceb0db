// SPDX-License-Identifier: Apache-2.0
// One ws_session on a transport in memory, with a manual clock, a conversation that echoes, and a
// loop whose turns the test runs. Tests only; one thread.
#pragma once

#include "protocol/websocket/frame_writer.hpp"
#include "server/net/session_host.hpp"
#include "server/net/ws_session.hpp"
#include "tests/unit/server/net/memory_stream.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle::net::test {

using namespace std::chrono_literals;

/// What the session asked of its conversation; outlives both.
struct talk_log {
  std::vector<std::string> messages;
  std::size_t events = 0;
  std::size_t lives = 0;
  std::size_t closes = 0;
  bool destroyed = false;
  core_time deadline = core_time::max();                       // to be returned by next_deadline()
  conversation::request ask = conversation::request::nothing;  // to be returned by on_event()
  bool silent = false;                                         // on_message() answers nothing
  std::uint32_t cost = 1;                                      // to be returned by on_message()
};

/// Says every message back, and runs out of memory over "too much"; says the body of relays, and
/// "reply" for replies.
class echo_talk final : public conversation {
 public:
  explicit echo_talk(talk_log& log) : log_(log) {}
  ~echo_talk() override { log_.destroyed = true; }

  heard on_message(websocket::opcode type, std::string_view text, core_time /*now*/,
                   std::string& out) override {
    log_.messages.emplace_back(text);
    if (text == "too much") {
      out += "half a frame";
      throw std::bad_alloc{};
    }
    if (!log_.silent) websocket::append_frame(out, type, text);
    return {.cost = log_.cost};
  }
  request on_event(session_message const& what, core_time /*now*/, std::string& out) override {
    ++log_.events;
    if (auto const* const offer = std::get_if<offer_delivery>(&what)) {
      websocket::append_frame(out, websocket::opcode::text, offer->body.json);
    } else if (auto const* const answer = std::get_if<answer_delivery>(&what)) {
      websocket::append_frame(out, websocket::opcode::text, answer->body.json);
    } else if (std::holds_alternative<reply_message>(what)) {
      websocket::append_frame(out, websocket::opcode::text, "reply");
    }
    return log_.ask;
  }
  void on_life(core_time /*now*/) override { ++log_.lives; }
  [[nodiscard]] core_time next_deadline() const override { return log_.deadline; }
  [[nodiscard]] std::optional<websocket::close_code> on_tick(core_time now) override {
    if (now < log_.deadline) return std::nullopt;
    return websocket::close_code::replaced;
  }
  void on_close(ending /*how*/) override { ++log_.closes; }

 private:
  talk_log& log_;
};

struct said_frame {
  websocket::opcode type;
  std::string payload;
  bool operator==(said_frame const&) const = default;
};

inline void PrintTo(said_frame const& what, std::ostream* out) {
  *out << "{" << static_cast<int>(what.type) << " " << what.payload.substr(0, 40) << " ("
       << what.payload.size() << ")}";
}

/// The frames in what a server wrote; an incomplete one at the end is left out.
inline std::vector<said_frame> frames_in(std::string_view bytes) {
  std::vector<said_frame> all;
  for (;;) {
    auto const [state, head, why] = websocket::decode_head(bytes, websocket::frame_sender::server);
    if (state != websocket::head_state::complete ||
        bytes.size() < head.head_bytes + head.payload_bytes) {
      EXPECT_NE(state, websocket::head_state::violation) << why;
      return all;
    }
    all.push_back({head.type, std::string{bytes.substr(head.head_bytes, head.payload_bytes)}});
    bytes.remove_prefix(head.head_bytes + head.payload_bytes);
  }
}

inline std::string client_frame(websocket::opcode type, std::string_view payload, bool fin = true) {
  std::string out;
  websocket::append_masked_frame(out, {.type = type, .payload = payload, .fin = fin});
  return out;
}
inline std::string client_text(std::string_view payload) {
  return client_frame(websocket::opcode::text, payload);
}
inline std::string client_close(std::uint16_t status, std::string_view reason = {}) {
  std::string body{static_cast<char>(status >> 8U), static_cast<char>(status & 0xFFU)};
  return client_frame(websocket::opcode::close, body.append(reason));
}

/// What a close frame with the text of the table looks like.
inline said_frame close_frame(websocket::close_code code) {
  std::string bytes;
  websocket::append_close(bytes, code);
  return frames_in(bytes).at(0);
}

class fake_host final : public session_host {
 public:
  using session_host::session_host;

  [[nodiscard]] core_time now() const override { return time; }
  [[nodiscard]] bool busy() const override { return behind; }
  void schedule(session_ref which, core_time due) override { scheduled.emplace_back(which, due); }
  void flush_later(boost::intrusive_ptr<ws_session> session) override {
    unflushed.push_back(std::move(session));
  }
  void read_later(boost::intrusive_ptr<ws_session> session) override {
    rereads.push_back(std::move(session));
  }
  void settle() override { ++settles; }
  void forget(session_ref which) override {
    forgotten.push_back(which);
    table = nullptr;
  }

  core_time time{1'000'000};
  bool behind = false;
  std::vector<std::pair<session_ref, core_time>> scheduled;
  std::deque<boost::intrusive_ptr<ws_session>> unflushed;
  std::deque<boost::intrusive_ptr<ws_session>> rereads;
  std::vector<session_ref> forgotten;
  std::size_t settles = 0;
  boost::intrusive_ptr<ws_session> table;  // what keeps an idle session alive
};

/// The session of the tests, its client and its loop.
class driven_session {
 public:
  explicit driven_session(session_limits const& limits = {}) : host(limits) {}
  driven_session(driven_session const&) = delete;
  driven_session& operator=(driven_session const&) = delete;
  ~driven_session() {
    // Waits hold the session, the session holds the wire, the wire holds the waits.
    auto const reader = std::exchange(wire->reader, nullptr);
    auto const writer = std::exchange(wire->writer, nullptr);
  }

  /// Opens the session; `early` came behind the request head.
  void open(std::string_view early = {}) {
    host.table = new ws_session{host,
                                {.self = self,
                                 .stream = std::make_unique<memory_stream>(wire),
                                 .talk = std::make_unique<echo_talk>(log)}};
    std::vector<char> padded(early.size() + websocket::payload_padding_bytes);
    std::ranges::copy(early, padded.begin());
    auto const keep = host.table;
    keep->start(std::span{padded}.first(early.size()));
    run();
  }

  /// Turns of the loop until nothing is ready any more.
  void run() {
    for (std::size_t turns = 0; turns < 100'000; ++turns) {
      if (!host.unflushed.empty()) {
        auto const session = std::exchange(host.unflushed.front(), nullptr);
        host.unflushed.pop_front();
        session->flush();
      } else if (!host.rereads.empty()) {
        auto const session = std::exchange(host.rereads.front(), nullptr);
        host.rereads.pop_front();
        session->on_ready(readiness::readable, /*ok=*/true);
      } else if (!wire->tell()) {
        return;
      }
    }
    FAIL() << "the session spins";
  }

  void client_sends(std::string_view bytes) {
    wire->from_client += bytes;
    run();
  }
  void client_leaves() {
    wire->client_gone = true;
    run();
  }
  void client_reads(std::size_t room = std::numeric_limits<std::size_t>::max()) {
    wire->room = room;
    run();
  }
  void client_stalls() { wire->room = 0; }

  void deliver(session_message const& what) {
    if (auto const session = host.table) session->deliver(what);
    run();
  }
  void relay(std::string_view body) {
    deliver(offer_delivery{.offer_id = {"\"id\""}, .body = {body}});
  }

  /// Lets time pass, with every deadline that was asked for on the way.
  void pass(std::chrono::milliseconds by) {
    auto const until = host.time + by;
    for (;;) {
      auto const next =
          std::ranges::min_element(host.scheduled, {}, [](auto const& it) { return it.second; });
      if (next == host.scheduled.end() || next->second > until) break;
      auto const due = next->second;
      host.scheduled.erase(next);
      host.time = std::max(host.time, due);
      if (auto const session = host.table) session->tick(due);
      run();
    }
    host.time = until;
  }

  /// What the server said since the last call.
  std::vector<said_frame> heard() {
    auto const all = frames_in(std::string_view{wire->to_client}.substr(heard_bytes_));
    heard_bytes_ = wire->to_client.size();
    return all;
  }

  [[nodiscard]] bool alive() const { return host.table != nullptr; }
  template <class Counter>
  [[nodiscard]] std::uint64_t count(Counter which) const {
    return host.counters.value(which);
  }
  [[nodiscard]] std::uint64_t closed(label::closed why) const {
    return host.counters.value(counter::connections_closed, why);
  }
  [[nodiscard]] std::uint64_t shed(label::shed why) const {
    return host.counters.value(counter::deliveries_shed, why);
  }

  /// Every trace of a session that has ended is gone.
  void expect_gone() {
    EXPECT_FALSE(alive());
    EXPECT_EQ(log.closes, 1U);
    EXPECT_TRUE(log.destroyed);
    EXPECT_TRUE(wire->destroyed);
    EXPECT_EQ(host.outbox_bytes, 0U);
    EXPECT_EQ(host.outbox_memory_bytes, 0U);
    EXPECT_EQ(host.partial_bytes, 0U);
    EXPECT_EQ(host.sessions_closing, 0U);
    EXPECT_EQ(host.sessions_over_quota, 0U);
    EXPECT_EQ(host.forgotten, std::vector{self});
    std::uint64_t closes = 0;
    for (std::size_t why = 0; why < label::values<label::closed>.size(); ++why) {
      closes += closed(static_cast<label::closed>(why));
    }
    EXPECT_EQ(closes, 1U);
  }

  session_ref self{.slot = 3, .generation = 7};
  talk_log log;
  std::shared_ptr<memory_wire> wire = std::make_shared<memory_wire>();
  fake_host host;

 private:
  std::size_t heard_bytes_ = 0;
};

inline constexpr auto text = websocket::opcode::text;
inline constexpr auto ping = websocket::opcode::ping;
inline constexpr auto pong = websocket::opcode::pong;

}  // namespace waggle::net::test
