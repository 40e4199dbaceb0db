// SPDX-License-Identifier: Apache-2.0
// The program `waggle-echo`, for tests only: the server's listeners and sessions with a
// conversation that sends every message back, so that any conformance suite can be pointed at it.
#include "config/cli.hpp"
#include "config/commands.hpp"
#include "protocol/websocket/frame_writer.hpp"
#include "server/app.hpp"
#include "server/session/conversation.hpp"

#include <unistd.h>

#include <exception>
#include <iostream>
#include <memory>

namespace {

class echo_conversation final : public waggle::conversation {
 public:
  heard on_message(waggle::websocket::opcode type, std::string_view text, waggle::core_time /*now*/,
                   std::string& out) override {
    append_frame(out, type, text);
    return {};
  }
  request on_event(waggle::session_message const& /*what*/, waggle::core_time /*now*/,
                   std::string& /*out*/) override {
    return request::nothing;
  }
  void on_life(waggle::core_time /*now*/) override {}
  [[nodiscard]] waggle::core_time next_deadline() const override {
    return waggle::core_time::max();
  }
  [[nodiscard]] std::optional<waggle::websocket::close_code> on_tick(
      waggle::core_time /*now*/) override {
    return std::nullopt;
  }
  void on_close(ending /*how*/) override {}
};

int run(waggle::cli const& line) {
  auto loaded = waggle::load(waggle::sources_of(line, environ));
  if (!loaded.ok()) {
    waggle::print_problems(loaded.problems, std::cerr);
    return waggle::exit_refused;
  }
  // Conformance suites send messages far beyond what signaling needs, several in a row.
  loaded.values.session.message_bytes_max = 16 * waggle::mebibyte;
  loaded.values.session.outbox_bytes_max = 64 * waggle::mebibyte;
  // As fast as they can, or never: what matters is what comes back.
  loaded.values.session.messages_per_second = 0;
  loaded.values.session.bytes_per_second = 0;
  loaded.values.session.first_message_deadline = {};
  return waggle::serve(
      loaded.values,
      {.converse = [](waggle::tracker_scope&,
                      waggle::session_ref) { return std::make_unique<echo_conversation>(); },
       .internal_listener = false},
      std::cout, std::cerr);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    auto const line =
        waggle::parse_cli(waggle::waggle_echo_program(), argc, argv, std::cout, std::cerr);
    if (auto const* const code = std::get_if<int>(&line)) return *code;
    return run(std::get<waggle::cli>(line));
  } catch (std::exception const& error) {
    std::cerr << "waggle-echo: " << error.what() << '\n';
    return waggle::exit_refused;
  }
}
