// SPDX-License-Identifier: Apache-2.0
#include "tests/load/verdict.hpp"

#include <array>
#include <cinttypes>
#include <cstdarg>
#include <cstdint>
#include <cstdio>

namespace waggle::load {
namespace {

[[gnu::format(printf, 1, 2)]] std::string printed(char const* format, ...) {
  std::array<char, 200> line{};
  std::va_list values;
  va_start(values, format);
  std::vsnprintf(line.data(), line.size(), format, values);
  va_end(values);
  return line.data();
}

std::uint64_t whole(nlohmann::json const& from, char const* name) {
  return from.at(name).get<std::uint64_t>();
}

std::string times_line(char const* what, nlohmann::json const& times) {
  if (whole(times, "count") == 0) return {};
  auto const ms = [&](char const* name) { return times.at(name).get<double>() / 1000; };
  return printed("  %-9s p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, longest %.2f ms\n", what,
                 ms("p50"), ms("p99"), ms("p999"), ms("max"));
}

std::string server_line(nlohmann::json const& server) {
  if (whole(server, "rss_after_bytes") == 0) return "  server    unknown without --server-pid\n";
  return printed("  server    %.1f us of CPU a message, %" PRId64 " bytes resident a connection\n",
                 server.at("cpu_us_per_message").get<double>(),
                 server.at("rss_bytes_per_connection").get<std::int64_t>());
}

std::string errors_line(nlohmann::json const& errors) {
  std::string found;
  for (auto const& [kind, count] : errors.items()) {
    if (count == 0) continue;
    found += (found.empty() ? "" : ", ") + kind + " " + count.dump();
  }
  return "  errors    " + (found.empty() ? "none" : found) + "\n";
}

}  // namespace

int exit_code_of(nlohmann::json const& report) {
  auto const errors = report.find("errors");
  if (errors == report.end()) return 0;
  if (!errors->is_object()) return *errors == 0 ? 0 : 1;
  for (auto const* const kind : {"misrouted", "duplicate", "to_self"}) {
    if (errors->at(kind) != 0) return 1;
  }
  return 0;
}

std::string summary_of(nlohmann::json const& report) {
  if (!report.contains("rtt_us")) return {};
  auto const count = [&](char const* name) { return whole(report, name); };
  auto text =
      printed("%s with %" PRIu64 " connections for %.1f s: %.0f messages/s\n",
              report.at("mode").get<std::string>().c_str(), count("connections"),
              report.at("seconds").get<double>(), report.at("useful_per_second").get<double>());
  text += printed("  exchanged %" PRIu64 " announces and %" PRIu64 " replies, %" PRIu64
                  " offers (%" PRIu64 " arrived), %" PRIu64 " answers (%" PRIu64 ")\n",
                  count("announces"), count("replies"), count("offers_sent"),
                  count("offers_received"), count("answers_sent"), count("answers_received"));
  auto const& times = report.at("rtt_us");
  for (auto const* const what : {"connect", "reply", "offer", "answer"}) {
    text += times_line(what, times.at(what));
  }
  return text + server_line(report.at("server")) + errors_line(report.at("errors"));
}

}  // namespace waggle::load
