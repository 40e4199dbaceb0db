// SPDX-License-Identifier: Apache-2.0
// Starts Waggle and reads its internal pages.
#include "tests/integration/tracker.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace waggle::test {
namespace {

template <class Condition>
std::vector<tracker_message> filtered(std::vector<tracker_message> const& all, Condition wanted) {
  std::vector<tracker_message> some;
  std::copy_if(all.begin(), all.end(), std::back_inserter(some), wanted);
  return some;
}

json page(endpoint const& at, std::string const& target) {
  auto const response = http_get(at, target);
  if (response.status != 200)
    throw std::runtime_error(target + " answers " + std::to_string(response.status));
  return json::parse(response.body);
}

}  // namespace

std::vector<std::string> tracker_arguments(tracker_options const& options) {
  std::vector<std::string> line{waggle_binary(), "serve",   "--internal",
                                "127.0.0.1:0",   "--cores", std::to_string(options.cores)};
  if (options.default_listener) line.insert(line.end(), {"--listen", "127.0.0.1:0"});
  // Deadlines are met to within a tick, and a server whose test is over ends at once.
  for (auto const* const fast : {"network.tick=20ms", "network.drain_seconds=0",
                                 "session.close_deadline=1s", "stun.enabled=false"})
    line.insert(line.end(), {"--set", fast});
  for (auto const& setting : options.settings) line.insert(line.end(), {"--set", setting});
  line.insert(line.end(), options.arguments.begin(), options.arguments.end());
  return line;
}

json tracker::stats() const {
  return page(process_.internal(), "/stats.json");
}

json tracker::stats(std::string const& swarm) const {
  return page(process_.internal(), "/stats.json?info_hash=" + hex_of(swarm));
}

int tracker::peers_of(std::string const& swarm) const {
  return stats(swarm).at("peers");
}

int tracker::connections_of(std::string const& address) const {
  return page(process_.internal(), "/stats.json?address=" + address).at("connections");
}

double tracker::metric(std::string const& name) const {
  auto const text = http_get(process_.internal(), "/metrics").body;
  if (text.find("# TYPE " + name + " ") == std::string::npos)
    throw std::runtime_error("no metric family " + name);
  return metric_sum(text, name);
}

std::vector<tracker_message> offers_among(std::vector<tracker_message> const& all) {
  return filtered(all, [](tracker_message const& one) { return one.is_offer(); });
}

std::vector<tracker_message> answers_among(std::vector<tracker_message> const& all) {
  return filtered(all, [](tracker_message const& one) { return one.is_answer(); });
}

}  // namespace waggle::test
