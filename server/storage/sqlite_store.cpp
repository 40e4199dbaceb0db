// SPDX-License-Identifier: Apache-2.0
// See sqlite_store.hpp. One thread owns the file; the others only touch the queue.
#include "server/storage/sqlite_store.hpp"

#include "server/log.hpp"
#include "server/storage/fact_queue.hpp"
#include "server/storage/sqlite_file.hpp"
#include "server/storage/sqlite_schema.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace waggle::storage {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t batch_facts_max = 4'096;
constexpr std::size_t facts_per_lock = 256;  // a core waits meanwhile: some 50 us
constexpr std::size_t queries_max = 64;      // that wait; further ones are answered with nothing
constexpr int prunes_per_batch = 10;         // as many rows as a batch can add, and more
constexpr std::chrono::milliseconds end_patience{2'000};

/// Past any id that counting from 1 could have reached.
std::uint64_t id_past_all() {
  auto const now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

/// Where the numbers of this process' batches begin.
std::int64_t random_number() {
  std::random_device source;
  return (std::int64_t{source()} << 30) ^ source();
}

std::string in_words(std::string const& path, int code, std::string const& text) {
  switch (code) {
    case SQLITE_FULL:
      return "the disk of " + path + " is full";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return path + " is locked by another program";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return path + " is damaged; facts wait in memory until it is replaced or removed (" + text +
             ")";
    default:
      return path + ": " + text;
  }
}

class sqlite_store final : public store {
 public:
  sqlite_store(store_options const& options, std::string path)
      : options_(options),
        file_(std::move(path), {options.swarms_max, options.audit_max}),
        queue_(options.queue_max),
        batch_number_(random_number()),
        thread_([this] { run(); }) {}

  ~sqlite_store() override {
    {
      std::scoped_lock const lock{mutex_};
      end_by_ = steady::now() + end_patience;
    }
    wake_.notify_all();
    thread_.join();
  }

  /// Once: why the file can never serve; empty: it does, or may later.
  [[nodiscard]] std::string refusal() { return refusal_.get_future().get(); }

  void apply(std::span<fact const> facts) override {
    bool wake = false;
    {
      std::scoped_lock const lock{mutex_};
      auto const before = queue_.facts();
      facts_.facts_dropped += queue_.add(facts);
      auto const after = queue_.facts();
      if (before == 0 && after != 0) batch_due_ = steady::now() + options_.batch_delay;
      if (before < batch_facts_max && after >= batch_facts_max) batch_due_ = steady::now();
      wake = (before == 0 && after != 0) || (before < batch_facts_max && after >= batch_facts_max);
    }
    if (wake) wake_.notify_all();
  }

  loaded load() override {
    std::promise<loaded> answer;
    auto result = answer.get_future();
    ask([&answer](sqlite_tables* tables) {
      answer.set_value(tables != nullptr ? tables->load()
                                         : loaded{.bans = {},
                                                  .next_ban_id = id_past_all(),
                                                  .tenants = {},
                                                  .completed = {},
                                                  .readable = false});
    });
    return result.get();
  }

  void load_later(std::function<void(loaded)> done) override {
    {
      std::scoped_lock const lock{mutex_};
      load_later_ = std::move(done);
    }
    wake_.notify_all();
  }

  void find_swarms(std::vector<swarm_id> swarms,
                   std::function<void(std::vector<swarm_record>)> done) override {
    swarms.resize(std::min(swarms.size(), swarms_per_query_max));
    ask([swarms = std::move(swarms), done = std::move(done)](sqlite_tables* tables) {
      done(tables != nullptr ? tables->find_swarms(swarms) : std::vector<swarm_record>{});
    });
  }

  void find_series(series_query query,
                   std::function<void(std::vector<series_point>)> done) override {
    ask([query = std::move(query), done = std::move(done)](sqlite_tables* tables) {
      done(tables != nullptr ? tables->find_series(query) : std::vector<series_point>{});
    });
  }

  void find_audit(audit_query query, std::function<void(std::vector<audit_record>)> done) override {
    ask([query, done = std::move(done)](sqlite_tables* tables) {
      done(tables != nullptr ? tables->find_audit(query) : std::vector<audit_record>{});
    });
  }

  [[nodiscard]] store_facts facts() const override {
    std::scoped_lock const lock{mutex_};
    auto now = facts_;
    now.facts_waiting = queue_.facts() + batch_size_;
    return now;
  }

 private:
  /// Called with nothing where the file cannot be read.
  using question = std::function<void(sqlite_tables*)>;

  void ask(question what) {
    {
      std::scoped_lock const lock{mutex_};
      if (queries_.size() < queries_max) queries_.push_back(std::exchange(what, {}));
    }
    if (what) return what(nullptr);
    wake_.notify_all();
  }

  // --- on the thread of the store ----------------------------------------------------------------

  void run() {
    if (!look()) return;
    for (;;) {
      auto [queries, ending] = wait();
      if (ending) break;
      if (steady::now() >= retry_at_) write_all();
      for (auto& one : queries) answer(one);
    }
    finish();
  }

  /// The first look at the file, which decides whether there is a store at all.
  bool look() {
    try {
      static_cast<void>(file_.tables());
      refusal_.set_value({});
    } catch (sqlite_unsuitable const& why) {
      refusal_.set_value(file_.path() + " " + why.text);
      return false;
    } catch (sqlite_error const& error) {
      failed(error.code(), error.what());
      refusal_.set_value({});
    }
    return true;
  }

  std::pair<std::vector<question>, bool> wait() {
    std::unique_lock lock{mutex_};
    for (;;) {
      if (end_by_ || !queries_.empty()) break;
      auto const now = steady::now();
      auto due = steady::time_point::max();
      if (!queue_.empty()) due = std::min(due, batch_due_);
      if (load_later_ || batch_size_ != 0 || prune_more_) due = std::min(due, now);
      if (!facts_.problem.empty()) due = retry_at_;
      if (due <= now) break;
      if (due == steady::time_point::max()) {
        wake_.wait(lock);
      } else {
        wake_.wait_until(lock, due);
      }
    }
    return {std::exchange(queries_, {}), end_by_.has_value()};
  }

  /// Runs `work(tables)`; what goes wrong becomes the store's problem.
  /// @return whether all went well.
  template <class Work>
  bool attempt(Work work) {
    try {
      work(file_.tables());
      return true;
    } catch (sqlite_unsuitable const& why) {
      failed(SQLITE_ERROR, why.text);
    } catch (sqlite_error const& error) {
      failed(error.code(), error.what());
    } catch (std::exception const& error) {  // no memory
      failed(SQLITE_NOMEM, error.what());
    }
    return false;
  }

  bool write_all() {
    if (!load_what_was_there()) return false;
    while (take_batch()) {
      std::size_t left_out = 0;
      if (!attempt([&](sqlite_tables& to) { left_out = to.write(batch_, batch_number_); })) {
        return false;
      }
      std::scoped_lock const lock{mutex_};
      facts_.facts_written += batch_.size() - left_out;
      facts_.facts_dropped += left_out;
      queue_.written();
      batch_.clear();
      batch_size_ = 0;
    }
    prune_more_ = false;
    auto const pruned = attempt([&](sqlite_tables& in) {
      for (int step = 0; step < prunes_per_batch; ++step) {
        prune_more_ = in.prune();
        if (!prune_more_) return;
      }
    });
    if (pruned) all_is_well();
    return pruned;
  }

  bool take_batch() {
    if (!batch_.empty()) return true;  // failed before
    ++batch_number_;
    for (bool more = true; more && batch_.size() < batch_facts_max;) {
      std::scoped_lock const lock{mutex_};
      queue_.take(facts_per_lock, batch_);
      batch_size_ = batch_.size();
      more = !queue_.empty();
    }
    return !batch_.empty();
  }

  bool load_what_was_there() {
    std::function<void(loaded)> done;
    {
      std::scoped_lock const lock{mutex_};
      done = load_later_;
    }
    if (!done) return true;
    loaded all;
    if (!attempt([&](sqlite_tables& from) { all = from.load(); })) return false;
    {
      std::scoped_lock const lock{mutex_};
      load_later_ = nullptr;
    }
    done(std::move(all));
    return true;
  }

  void answer(question const& one) {
    if (!attempt([&](sqlite_tables& tables) { one(&tables); })) one(nullptr);
  }

  /// Once more what waits, and no longer than was promised.
  void finish() {
    while (facts().facts_waiting != 0 && !write_all() && steady::now() < *end_by_) {
      std::this_thread::sleep_for(options_.retry_min);
    }
    auto const lost = facts().facts_waiting;
    if (lost != 0) log::app()->warn("storage facts lost at the end count={}", lost);
  }

  void failed(int code, std::string const& text) {
    file_.failed(code);
    auto const problem = in_words(file_.path(), code, text);
    bool news = false;
    {
      std::scoped_lock const lock{mutex_};
      ++facts_.faults;
      news = facts_.problem != problem;
      facts_.problem = problem;
      auto const now = steady::now();
      if (now < retry_at_) return;  // a query in between
      retry_delay_ = std::clamp(2 * retry_delay_, options_.retry_min, options_.retry_max);
      retry_at_ = now + retry_delay_;
    }
    if (news) {
      log::warn_limited(brake_, *log::app(), log::coarse_now(), "storage problem: {}", problem);
    }
  }

  void all_is_well() {
    {
      std::scoped_lock const lock{mutex_};
      retry_delay_ = {};
      if (facts_.problem.empty()) return;
      facts_.problem.clear();
    }
    log::app()->info("storage works again path={}", file_.path());
  }

  store_options options_;
  sqlite_file file_;  // thread of the store only
  std::promise<std::string> refusal_;
  log::rate_limit brake_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  fact_queue queue_;
  steady::time_point batch_due_;
  std::vector<question> queries_;
  std::function<void(loaded)> load_later_;
  store_facts facts_;
  std::size_t batch_size_ = 0;
  std::optional<steady::time_point> end_by_;

  // Thread of the store only.
  std::vector<fact> batch_;  // taken from the queue, not yet written
  std::int64_t batch_number_;
  bool prune_more_ = false;
  std::chrono::milliseconds retry_delay_{};
  steady::time_point retry_at_;

  std::jthread thread_;  // the last: it uses all of the above
};

}  // namespace

store_result<std::unique_ptr<store>> open_sqlite_store(store_options const& options,
                                                       std::string path) {
  auto opened = std::make_unique<sqlite_store>(options, std::move(path));
  if (auto refused = opened->refusal(); !refused.empty()) return store_refused{std::move(refused)};
  return std::unique_ptr<store>{std::move(opened)};
}

}  // namespace waggle::storage
