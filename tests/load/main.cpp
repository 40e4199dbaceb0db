// SPDX-License-Identifier: Apache-2.0
// The program `waggle-load`: one sub-command a mode. Prints one JSON object a line to stdout and
// words for people to stderr; what it found wrong is in the last of both, and in the exit code.
#include "tests/load/mode.hpp"
#include "tests/load/verdict.hpp"

#include <CLI/CLI.hpp>

#include <array>
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
  way.path = options.path;
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
  mode.add_option("--path", to.path, "of the request, with its query");
  mode.add_option("--connections", to.connections, "how many");
  mode.add_option("--seconds-max", to.seconds_max, "after which it ends, whatever is missing");
}

struct measured_mode {
  char const* name;
  char const* what;
  void (*prepare)(measured_options& with);  // defaults other than the common ones
};

constexpr std::array measured_modes{
    measured_mode{"fair", "what browsers do: offers of real size, every one answered at once",
                  [](measured_options&) {}},
    measured_mode{"hot", "the same with everybody in one swarm",
                  [](measured_options& with) { with.swarms = 1; }},
    measured_mode{"long-tail", "100,000 swarms of one to three, many for each client",
                  [](measured_options& with) {
                    with.swarms = 100'000;
                    with.swarms_each = 200;
                    with.even = true;
                    with.offers = 2;
                  }},
    measured_mode{"media", "two streams each, which change now and then without being left",
                  [](measured_options& with) {
                    with.swarms = 60;
                    with.swarms_each = 2;
                    with.switch_every = 10;
                    with.in_flight = 0;
                    with.rate = 100;
                  }},
    measured_mode{"idle", "join with offers, have them answered, then nothing",
                  [](measured_options& with) {
                    with.first_offers = 5;
                    with.in_flight = 0;
                  }},
    measured_mode{"lock-step", "send one message, read one", [](measured_options&) {}},
    measured_mode{"churn", "everybody comes at once", [](measured_options&) {}},
    measured_mode{"handshakes", "TLS handshakes, as many at a time as there are connections",
                  [](measured_options& with) {
                    with.tls = true;
                    with.common.connections = 8;
                  }},
};

void add_measured(CLI::App& app, measured_mode const& one, measured_options& to) {
  auto& mode = *app.add_subcommand(one.name, one.what);
  // What is given replaces what the mode prefers, which therefore comes first.
  mode.preparse_callback([&to, &one](std::size_t) { one.prepare(to); });
  add_common(mode, to.common);
  mode.add_flag("--tls", to.tls, "over wss");
  mode.add_flag("--resume", to.resume, "resume TLS sessions");
  mode.add_option("--processes", to.processes, "that share the connections");
  mode.add_option("--swarms", to.swarms, "in which the clients are");
  mode.add_flag("--even", to.even, "swarms of the same size");
  mode.add_option("--swarms-each", to.swarms_each, "swarms of one client");
  mode.add_option("--offers", to.offers, "per announce");
  mode.add_option("--first-offers", to.first_offers, "of the first announce");
  auto* const in_flight =
      mode.add_option("--in-flight", to.in_flight, "announces without a reply, at most");
  auto* const rate = mode.add_option_function<double>(
      "--rate",
      [&to](double value) {
        to.rate = value;
        to.in_flight = 0;
      },
      "announces per second, whether or not the server keeps up");
  auto* const interval = mode.add_option_function<double>(
      "--interval", [&to](double value) { to.interval = value; },
      "seconds between two announces of a client, spread over time");
  rate->excludes(in_flight)->excludes(interval);
  interval->excludes(in_flight);
  mode.add_option("--switch-every", to.switch_every, "seconds until a client changes its swarm");
  mode.add_option("--warm-seconds", to.warm_seconds, "before it is measured");
  mode.add_option("--seconds", to.seconds, "for which it is measured");
  mode.add_option("--drain-seconds", to.drain_seconds, "after that, for what is under way");
  mode.add_option("--server-pid", to.server_pid, "whose time and memory are measured");
  mode.add_option("--seed", to.seed, "of everything random");
}

nlohmann::json run_measured(CLI::App const& app, measured_options with) {
  auto const mode = app.get_subcommands().front()->get_name();
  if (with.interval > 0) {
    with.rate = static_cast<double>(with.common.connections) / with.interval;
    with.in_flight = 0;
  }
  if (mode == "lock-step") return run_lock_step(with);
  if (mode == "churn") return run_churn(with);
  if (mode == "handshakes") return run_handshakes(with);
  return run_traffic(mode, with);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app{"Clients in numbers for a Waggle server; see docs/performance.md."};
  app.require_subcommand(1);
  crowd_options crowd;
  deaf_options deaf;
  dribble_options dribble;
  measured_options measured;

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

  for (auto const& one : measured_modes) add_measured(app, one, measured);

  CLI11_PARSE(app, argc, argv);
  try {
    auto const report = crowd_mode     ? run_crowd(crowd)
                        : deaf_mode    ? run_deaf(deaf)
                        : dribble_mode ? run_dribble(dribble)
                                       : run_measured(app, measured);
    std::cerr << summary_of(report);
    tell(report);
    return exit_code_of(report);
  } catch (std::exception const& error) {
    std::cerr << "waggle-load: " << error.what() << '\n';
    return 2;
  }
}
