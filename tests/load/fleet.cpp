// SPDX-License-Identifier: Apache-2.0
#include "tests/load/fleet.hpp"

#include "tests/load/observe.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <new>
#include <span>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace waggle::load {
namespace {

using namespace std::chrono_literals;

// The children tell by memory that they share, which wakes nobody: their leader looks.
constexpr auto glance = 10ms;

/// Memory that the children share with this process.
class blackboard {
 public:
  explicit blackboard(std::size_t processes)
      : bytes_((processes + 1) * sizeof(board)),
        memory_(
            ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (memory_ == MAP_FAILED) throw std::bad_alloc{};
    now = new (memory_) std::atomic<phase>{phase::prepare};
    auto* const first = static_cast<char*>(memory_) + sizeof(board);
    for (std::size_t i = 0; i < processes; ++i) new (first + i * sizeof(board)) board;
    boards = {std::launder(reinterpret_cast<board*>(first)), processes};
  }
  blackboard(blackboard const&) = delete;
  blackboard& operator=(blackboard const&) = delete;
  ~blackboard() { ::munmap(memory_, bytes_); }

  std::atomic<phase>* now = nullptr;
  std::span<board> boards;

 private:
  std::size_t bytes_;
  void* memory_;
};

template <class Part>
std::uint64_t sum(std::span<board const> boards, Part part) {
  std::uint64_t total = 0;
  for (auto const& one : boards) total += part(one);
  return total;
}

nlohmann::json percentiles(std::span<board const> boards, histogram board::*which) {
  std::uint64_t count = 0;
  std::uint64_t most = 0;
  std::vector<std::uint64_t> at(histogram::buckets);
  for (auto const& one : boards) {
    most = std::max(most, (one.*which).max());
    for (std::size_t i = 0; i < at.size(); ++i) at[i] += (one.*which).count(i);
  }
  for (auto const one : at) count += one;
  auto const percentile = [&](double share) -> std::uint64_t {
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      seen += at[i];
      if (static_cast<double>(seen) >= share * static_cast<double>(count) && seen > 0) {
        return std::min(histogram::bound_of(i), most);
      }
    }
    return 0;
  };
  return {{"count", count},
          {"p50", percentile(0.50)},
          {"p99", percentile(0.99)},
          {"p999", percentile(0.999)},
          {"max", most}};
}

/// The processes of the load; whatever happens, none outlives this object.
class children {
 public:
  void start(std::function<void()> const& work) {
    std::fflush(nullptr);
    auto const pid = ::fork();
    if (pid < 0) throw std::runtime_error("cannot start another process");
    if (pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      try {
        work();
      } catch (std::exception const& error) {
        std::fprintf(stderr, "waggle-load: %s\n", error.what());
        ::_exit(1);
      }
      ::_exit(0);
    }
    pids_.push_back(pid);
  }
  /// False if one has ended with an error. Its CPU time is counted once it has ended.
  bool look() {
    for (auto& pid : pids_) {
      int status = 0;
      if (pid <= 0 || ::waitpid(pid, &status, WNOHANG) != pid) continue;
      pid = 0;
      failed_ = failed_ || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    return !failed_;
  }
  [[nodiscard]] bool all_ended() const {
    return std::all_of(pids_.begin(), pids_.end(), [](auto pid) { return pid == 0; });
  }
  [[nodiscard]] double cpu_seconds() const {
    double total = 0;
    for (auto const pid : pids_) total += observe(pid).user_seconds + observe(pid).system_seconds;
    return total;
  }
  ~children() {
    for (auto const pid : pids_) {
      if (pid <= 0) continue;
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
  }

 private:
  std::vector<pid_t> pids_;
  bool failed_ = false;
};

struct measurement {
  observation before;  // the first connection
  observation at_start, at_end;
  double seconds = 0;
  double generator_seconds = 0;
};

nlohmann::json server_report(measured_options const& with, measurement const& seen,
                             std::uint64_t useful) {
  auto const user = seen.at_end.user_seconds - seen.at_start.user_seconds;
  auto const system = seen.at_end.system_seconds - seen.at_start.system_seconds;
  auto const clients = static_cast<std::int64_t>(with.common.connections);
  auto const per_client = [&](std::uint64_t before, std::uint64_t after) {
    return (static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before)) / clients;
  };
  return {
      {"user_s", user},
      {"system_s", system},
      {"cpu_us_per_message", useful > 0 ? (user + system) * 1e6 / static_cast<double>(useful) : 0},
      {"rss_before_bytes", seen.before.resident_bytes},
      {"rss_after_bytes", seen.at_end.resident_bytes},
      {"rss_bytes_per_connection",
       per_client(seen.before.resident_bytes, seen.at_end.resident_bytes)},
      {"anonymous_bytes_per_connection",
       per_client(seen.before.anonymous_bytes, seen.at_end.anonymous_bytes)}};
}

nlohmann::json report(std::string const& mode, measured_options const& with,
                      std::span<board const> boards, measurement const& seen) {
  auto const counted = [&](auto part) { return sum(boards, part); };
  auto const useful = counted([](board const& one) { return one.measured.useful(); });
  auto const measured = [&](shared_count traffic_counts::*which) {
    return counted([&](board const& one) { return (one.measured.*which).get(); });
  };
  auto const total = [&](shared_count traffic_counts::*which) {
    return counted([&](board const& one) { return (one.all.*which).get(); });
  };
  auto const of = [&](shared_count board::*which) {
    return counted([&](board const& one) { return (one.*which).get(); });
  };
  auto const expected = total(&traffic_counts::offers_expected);
  auto const arrived = total(&traffic_counts::offers_received);
  std::uint64_t ready = 0;
  for (auto const& one : boards) ready = std::max(ready, one.ready_microsecs.get());
  return {{"mode", mode},
          {"connections", with.common.connections},
          {"processes", with.processes},
          {"offers", with.offers},
          {"seconds", seen.seconds},
          {"opened", of(&board::opened)},
          {"joined", of(&board::joined)},
          {"ready_ms", ready / 1000},
          {"announces", measured(&traffic_counts::announces)},
          {"replies", measured(&traffic_counts::replies)},
          {"offers_sent", measured(&traffic_counts::offers_sent)},
          {"offers_received", measured(&traffic_counts::offers_received)},
          {"answers_sent", measured(&traffic_counts::answers_sent)},
          {"answers_received", measured(&traffic_counts::answers_received)},
          {"useful_messages", useful},
          {"useful_per_second", static_cast<double>(useful) / std::max(seen.seconds, 1e-9)},
          {"rtt_us",
           {{"connect", percentiles(boards, &board::connect)},
            {"reply", percentiles(boards, &board::reply)},
            {"offer", percentiles(boards, &board::offer)},
            {"answer", percentiles(boards, &board::answer)}}},
          {"errors",
           {{"misrouted", of(&board::misrouted)},
            {"lost", expected > arrived ? expected - arrived : 0},
            {"duplicate", of(&board::duplicate)},
            {"to_self", of(&board::to_self)},
            {"closed", of(&board::closed)},
            {"failures", of(&board::failures)}}},
          {"resumed", of(&board::resumed)},
          {"server", server_report(with, seen, useful)},
          {"generator", {{"cpu_s", seen.generator_seconds}}}};
}

/// Leads the processes from phase to phase, with a line a second for whoever watches.
class leader {
 public:
  leader(std::string mode, measured_options const& with) : mode_(std::move(mode)), with_(with) {}

  nlohmann::json run(std::function<void(fleet_task const&)> const& work) {
    seen_.before = observe(with_.server_pid);
    for (std::size_t i = 0; i < with_.processes; ++i) {
      children_.start([&] { work({with_, i, board_.boards[i], *board_.now}); });
    }
    wait_until([&] { return is_ready(); }, std::chrono::seconds{with_.common.seconds_max});
    enter(phase::warm, with_.warm_seconds);
    seen_.at_start = observe(with_.server_pid);
    auto const generator_before = children_.cpu_seconds();
    auto const begin = microseconds_now();
    enter(phase::measure, with_.seconds);
    seen_.at_end = observe(with_.server_pid);
    seen_.generator_seconds = children_.cpu_seconds() - generator_before;
    seen_.seconds = static_cast<double>(microseconds_now() - begin) / 1e6;
    enter(phase::drain, with_.drain_seconds);
    auto result = report(mode_, with_, board_.boards, seen_);
    *board_.now = phase::over;
    wait_until([&] { return children_.all_ended(); }, 30s);
    return result;
  }

 private:
  bool is_ready() {
    return std::all_of(board_.boards.begin(), board_.boards.end(),
                       [](board const& one) { return one.ready.load(); });
  }

  void enter(phase next, double seconds) {
    *board_.now = next;
    next_line_ = microseconds_now();  // whoever watches learns of it at once
    auto const end = microseconds_now() + static_cast<std::uint64_t>(seconds * 1e6);
    wait_until([&] { return microseconds_now() >= end; }, 24h);
  }

  template <class Condition>
  void wait_until(Condition holds, std::chrono::seconds at_most) {
    auto const give_up = std::chrono::steady_clock::now() + at_most;
    while (!holds()) {
      if (!children_.look()) throw std::runtime_error("a process of the load has failed");
      if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error(progress());
      std::this_thread::sleep_for(glance);
      if (microseconds_now() < next_line_) continue;
      next_line_ = microseconds_now() + 1'000'000;
      std::fprintf(stderr, "%s\n", progress().c_str());
    }
  }

  std::string progress() {
    static constexpr std::array<char const*, 5> names{"prepare", "warm", "measure", "drain",
                                                      "over"};
    std::span<board const> const boards = board_.boards;
    auto const useful = sum(boards, [](board const& one) { return one.all.useful(); });
    return mode_ + ": " + names[static_cast<std::size_t>(board_.now->load())] + ", " +
           std::to_string(sum(boards, [](board const& one) { return one.opened.get(); })) + " of " +
           std::to_string(with_.common.connections) + " open, " +
           std::to_string(sum(boards, [](board const& one) { return one.joined.get(); })) +
           " joined, " + std::to_string(useful) + " messages";
  }

  std::string mode_;
  measured_options const& with_;
  blackboard board_{with_.processes};
  children children_;
  measurement seen_;
  std::uint64_t next_line_ = microseconds_now() + 1'000'000;
};

}  // namespace

std::size_t fleet_task::first_client() const {
  return index * with.common.connections / with.processes;
}

std::size_t fleet_task::client_count() const {
  return (index + 1) * with.common.connections / with.processes - first_client();
}

nlohmann::json lead(std::string const& mode, measured_options const& options,
                    std::function<void(fleet_task const&)> const& work) {
  if (options.processes == 0 || options.common.connections < options.processes) {
    throw std::runtime_error("there are more processes than connections");
  }
  return leader{mode, options}.run(work);
}

std::uint64_t microseconds_now() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

}  // namespace waggle::load
