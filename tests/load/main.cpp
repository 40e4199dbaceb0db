// SPDX-License-Identifier: Apache-2.0
// The program `waggle-load`: one sub-command a mode. Prints one JSON object a line to stdout; what
// it found wrong is in the last one, and in the exit code.
#include "tests/load/mode.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <stdexcept>

namespace waggle::load {

route route_from(common_options const& options) {
  auto const colon = options.connect.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error("--connect wants ADDRESS:PORT");
  route way;
  way.to = {asio::ip::make_address(options.connect.substr(0, colon)),
            static_cast<std::uint16_t>(std::stoul(options.connect.substr(colon + 1)))};
  if (!options.source.empty()) way.from = asio::ip::make_address(options.source);
  return way;
}

void tell(nlohmann::json const& what) {
  std::cout << what.dump() << std::endl;
}

std::string id_of(char kind, std::size_t number) {
  std::array<char, 21> text{};
  std::snprintf(text.data(), text.size(), "-WW0208-%c%011zu", kind, number);
  return {text.data(), 20};
}

std::string_view member_of(std::string_view json, std::string_view name) {
  auto const key = "\"" + std::string{name} + "\":\"";
  auto const at = json.find(key);
  if (at == std::string_view::npos) return {};
  auto const begin = at + key.size();
  return json.substr(begin, json.find('"', begin) - begin);
}

}  // namespace waggle::load

namespace {

using namespace waggle::load;

void add_common(CLI::App& mode, common_options& to) {
  mode.add_option("--connect", to.connect, "ADDRESS:PORT of a ws:// listener");
  mode.add_option("--source", to.source, "address to connect from");
  mode.add_option("--connections", to.connections, "how many");
  mode.add_option("--seconds-max", to.seconds_max, "after which it ends, whatever is missing");
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app{"Clients in numbers for a Waggle server; see docs/performance.md."};
  app.require_subcommand(1);
  crowd_options crowd;
  deaf_options deaf;
  dribble_options dribble;

  auto& crowd_mode = *app.add_subcommand("crowd", "announce, exchange offers and answers, vanish");
  add_common(crowd_mode, crowd.common);
  crowd_mode.add_option("--swarms", crowd.swarms, "in which the clients are");
  crowd_mode.add_option("--first-peer", crowd.first_peer, "number of the first peer id");
  crowd_mode.add_option("--offers", crowd.offers, "per announce");
  crowd_mode.add_option("--sdp-bytes", crowd.sdp_bytes, "length of an offer and of an answer");
  crowd_mode.add_option("--rounds", crowd.rounds, "announces of each client");
  crowd_mode.add_flag("--stay", crowd.stay, "do not vanish before stdin ends");

  auto& deaf_mode = *app.add_subcommand("deaf", "clients that never read what others send them");
  add_common(deaf_mode, deaf.common);
  deaf_mode.add_option("--bytes", deaf.bytes, "sent to each deaf client");
  deaf_mode.add_option("--offer-bytes", deaf.offer_bytes, "length of one offer");

  auto& dribble_mode = *app.add_subcommand("dribble", "messages that arrive byte by byte");
  add_common(dribble_mode, dribble.common);
  dribble_mode.add_option("--message-bytes", dribble.message_bytes, "length of the message");
  dribble_mode.add_option("--first-bytes", dribble.first_bytes, "of it that are sent at once");

  CLI11_PARSE(app, argc, argv);
  try {
    auto const report = crowd_mode  ? run_crowd(crowd)
                        : deaf_mode ? run_deaf(deaf)
                                    : run_dribble(dribble);
    tell(report);
    return report.value("errors", 0) == 0 ? 0 : 1;
  } catch (std::exception const& error) {
    std::cerr << "waggle-load: " << error.what() << '\n';
    return 2;
  }
}
