// SPDX-License-Identifier: Apache-2.0
#include "server/census.hpp"

#include "protocol/client_name.hpp"
#include "server/core/swarm_census.hpp"
#include "server/core_census.hpp"
#include "server/runtime/clock.hpp"
#include "server/session/client_census.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>

namespace waggle {
namespace {

constexpr std::chrono::seconds look_every{1};
constexpr std::size_t rows_a_page_max = 500;

std::size_t limit_of(page_request const& wanted) {
  return std::min(wanted.limit, rows_a_page_max);
}

std::string shown_text(ip_address const& shown) {
  return to_string(shown_network(shown));
}

swarm_row row_of(swarm_facts const& facts, core_time now) {
  return {.swarm = facts.swarm,
          .name = name_of(facts.swarm),
          .counts = facts.counts,
          .history = facts.history,
          .age = now - core_time{facts.history.first_seen}};
}

connection_row row_of(session_facts const& facts, core_time now) {
  return {.at = facts.at,
          .address = shown_text(facts.shown),
          .tenant_is = facts.tenant,
          .token = facts.token,
          .tls = facts.tls,
          .dialect = std::string{facts.dialect},
          .browser = facts.browser.text(),
          .client = facts.client.name(),
          .age = now - core_time{facts.opened},
          .memberships = facts.memberships,
          .queued_bytes = facts.queued_bytes};
}

member_row row_of(member_facts const& facts, std::optional<member_session> const& session,
                  core_time now) {
  member_row row{.peer = facts.peer,
                 .client = name_of(facts.peer),
                 .address = {},
                 .seeder = facts.seeder,
                 .counted = facts.counted};
  if (!session) return row;  // it ended between the two questions
  row.address = shown_text(session->shown);
  row.age = now - session->facts.joined;
  row.silent = now - session->facts.announced;
  row.offers_received = session->facts.offers_received;
  row.offers_answered = session->facts.offers_answered;
  return row;
}

/// A copy for who asks, and the one before it, whose memory the next one takes.
template <class Made>
class kept_copies {
 public:
  explicit kept_copies(runtime::copy_rules const& rules) : shared(rules) {}

  runtime::shared_copy<Made> shared;

  [[nodiscard]] std::shared_ptr<Made> take_spare() {
    if (!spare_ || spare_.use_count() > 1) return std::make_shared<Made>();
    spare_->restart();
    return std::exchange(spare_, nullptr);
  }
  void arrive(std::shared_ptr<Made> made) {
    shared.arrive(runtime::elapsed(), made);
    spare_ = std::exchange(current_, std::move(made));
  }
  /// @return whether to gather; lets everything go where nobody asks any more.
  [[nodiscard]] bool tick() {
    auto const due = shared.tick(runtime::elapsed());
    if (!shared.active()) {
      current_.reset();
      spare_.reset();
    }
    return due;
  }

 private:
  std::shared_ptr<Made> current_;  // what `shared` gives
  std::shared_ptr<Made> spare_;
};

}  // namespace

class census::state : public std::enable_shared_from_this<census::state> {
 public:
  state(net::asio::io_context& control, std::vector<std::unique_ptr<core_loop>> const& cores,
        runtime::copy_rules const& rules)
      : control_(control),
        cores_(cores),
        swarms_(rules),
        clients_(rules),
        look_(control.get_executor()) {}

  void ask_swarms(runtime::shared_copy<swarm_census>::taker take) {
    if (swarms_.shared.ask(runtime::elapsed(), std::move(take))) gather_swarms();
    look_later();
  }
  void ask_clients(runtime::shared_copy<client_census>::taker take) {
    if (clients_.shared.ask(runtime::elapsed(), std::move(take))) gather_clients();
    look_later();
  }

  /// `question(core)` on a core, then `take(state&, answer)` here.
  template <class Question, class Take>
  void ask(std::uint16_t core, Question question, Take take) {
    cores_[core]->ask([&control = control_, weak = weak_from_this(), question = std::move(question),
                       take = std::move(take)](core_loop& asked) {
      net::asio::post(control, [weak, take, answer = question(asked)]() mutable {
        if (auto const self = weak.lock()) take(*self, std::move(answer));
      });
    });
  }

  void find(swarm_id const& swarm, page_request const& page,
            std::function<void(std::optional<swarm_detail>)> done) {
    ask(
        cores_.front()->owner_of(swarm),
        [swarm, page](core_loop& core) {
          return members_of(core, swarm, page.offset, limit_of(page));
        },
        [done = std::move(done)](state& self, std::optional<swarm_members> found) {
          if (!found) return done(std::nullopt);
          self.complete(std::move(*found), done);
        });
  }

 private:
  /// The answers about a page of members, which live on many cores.
  struct detail_in_parts {
    swarm_members members;
    std::vector<std::optional<member_session>> sessions;  // by member
    std::size_t cores_left = 0;
    std::function<void(std::optional<swarm_detail>)> done;
  };
  using known_sessions = std::vector<std::pair<std::size_t, std::optional<member_session>>>;

  void complete(swarm_members members, std::function<void(std::optional<swarm_detail>)> done) {
    auto const parts = std::make_shared<detail_in_parts>();
    std::map<std::uint16_t, std::vector<std::pair<std::size_t, member_facts>>> by_core;
    for (std::size_t at = 0; at < members.page.size(); ++at) {
      auto const core = members.page[at].at.core;
      if (core < cores_.size()) by_core[core].emplace_back(at, members.page[at]);
    }
    auto const swarm = members.facts.swarm;
    parts->sessions.resize(members.page.size());
    parts->members = std::move(members);
    parts->cores_left = by_core.size();
    parts->done = std::move(done);
    if (by_core.empty()) return finish(*parts);
    for (auto& [core, wanted] : by_core) {
      ask(
          core,
          [swarm, wanted = std::move(wanted)](core_loop& asked) {
            known_sessions known;
            for (auto const& [at, member] : wanted) {
              known.emplace_back(at, session_of(asked, swarm, member));
            }
            return known;
          },
          [parts](state& /*self*/, known_sessions known) {
            for (auto& [at, session] : known) parts->sessions[at] = session;
            if (--parts->cores_left == 0) finish(*parts);
          });
    }
  }

  static void finish(detail_in_parts const& parts) {
    auto const now = runtime::elapsed();
    swarm_detail detail{.row = row_of(parts.members.facts, now), .members = {}};
    for (std::size_t at = 0; at < parts.sessions.size(); ++at) {
      detail.members.push_back(row_of(parts.members.page[at], parts.sessions[at], now));
    }
    parts.done(std::move(detail));
  }

  /// Begins a walk over all cores; `copies` gets what comes of it.
  template <class Made, class Row>
  void gather(kept_copies<Made> state::*kept, void (*walk)(core_loop&, slice_taker<Row>)) {
    struct gathering {  // touched here only
      std::size_t cores_left;
      std::shared_ptr<Made> made;
    };
    auto const all = std::make_shared<gathering>();
    all->cores_left = cores_.size();
    all->made = (this->*kept).take_spare();
    for (auto const& core : cores_) {
      walk(*core, [&control = control_, weak = weak_from_this(), all, kept](std::vector<Row> rows,
                                                                            next_slice next) {
        net::asio::post(
            control, [weak, all, kept, rows = std::move(rows), next = std::move(next)]() mutable {
              auto const self = weak.lock();
              if (!self) return;
              all->made->add(std::move(rows));
              // One slice of each core waits here at most: who asks for a list does not wait for
              // all.
              if (next) return next();
              if (--all->cores_left != 0) return;
              all->made->finish();
              // Moved: a core may be the last to let go of `all`, and is not to free a million
              // rows.
              ((*self).*kept).arrive(std::move(all->made));
            });
      });
    }
  }
  void gather_swarms() { gather<swarm_census, swarm_facts>(&state::swarms_, walk_swarms); }
  void gather_clients() { gather<client_census, session_facts>(&state::clients_, walk_sessions); }

  void look_later() {
    if (looking_) return;
    looking_ = true;
    look_.expires_after(look_every);
    look_.async_wait([weak = weak_from_this()](net::error_code const& cancelled) {
      auto const self = weak.lock();
      if (cancelled || !self) return;
      self->looking_ = false;
      self->look();
    });
  }

  void look() {
    if (swarms_.tick()) gather_swarms();
    if (clients_.tick()) gather_clients();
    if (swarms_.shared.active() || clients_.shared.active()) look_later();
  }

  net::asio::io_context& control_;
  std::vector<std::unique_ptr<core_loop>> const& cores_;
  kept_copies<swarm_census> swarms_;
  kept_copies<client_census> clients_;
  net::timer look_;
  bool looking_ = false;
};

census::census(net::asio::io_context& control, std::vector<std::unique_ptr<core_loop>> const& cores,
               runtime::copy_rules const& rules)
    : state_(std::make_shared<state>(control, cores, rules)) {}

census::~census() = default;

void census::list_swarms(swarm_list_request const& wanted,
                         std::function<void(list_page<swarm_row>)> done) {
  state_->ask_swarms([wanted, done = std::move(done)](auto const& all, auto age) {
    auto const found =
        all->list(wanted.order, wanted.search, wanted.page.offset, limit_of(wanted.page));
    list_page<swarm_row> page{.rows = {}, .total = found.total, .age = age};
    auto const now = runtime::elapsed();
    for (auto const& facts : found.rows) page.rows.push_back(row_of(facts, now));
    done(std::move(page));
  });
}

void census::list_connections(page_request const& wanted,
                              std::function<void(list_page<connection_row>)> done) {
  state_->ask_clients([wanted, done = std::move(done)](auto const& all, auto age) {
    list_page<connection_row> page{.rows = {}, .total = all->connections(), .age = age};
    auto const now = runtime::elapsed();
    for (auto const& facts : all->list(wanted.offset, limit_of(wanted))) {
      page.rows.push_back(row_of(facts, now));
    }
    done(std::move(page));
  });
}

void census::list_clients(page_request const& wanted,
                          std::function<void(list_page<client_group>)> done) {
  state_->ask_clients([wanted, done = std::move(done)](auto const& all, auto age) {
    auto const groups = all->groups();
    auto const others = all->others() == 0 ? 0U : 1U;
    list_page<client_group> page{.rows = {}, .total = groups.size() + others, .age = age};
    auto const end = std::min(page.total, wanted.offset + limit_of(wanted));
    for (auto at = wanted.offset; at < end; ++at) {
      if (at == groups.size()) {
        page.rows.push_back({.library = "(others)", .connections = all->others()});
        break;
      }
      auto const& [kind, connections] = groups[at];
      auto name = kind.client.name();
      page.rows.push_back({.library = std::move(name.library),
                           .version = std::move(name.version),
                           .browser = kind.browser.text(),
                           .dialect = std::string{kind.dialect},
                           .connections = connections});
    }
    done(std::move(page));
  });
}

void census::find_swarm(swarm_id const& swarm, page_request const& members,
                        std::function<void(std::optional<swarm_detail>)> done) {
  state_->find(swarm, members, std::move(done));
}

}  // namespace waggle
