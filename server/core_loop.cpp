// SPDX-License-Identifier: Apache-2.0
#include "server/core_loop.hpp"

#include "server/log.hpp"
#include "server/runtime/clock.hpp"
#include "server/runtime/secrets.hpp"
#include "server/session/ice_page.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace waggle {
namespace {

constexpr std::size_t slots_per_turn = 500;     // of sessions, looked at for bans
constexpr std::size_t deadlines_per_turn = 16;  // of sessions, which may each write a ping

/// A page asks once, and again before its credentials end.
constexpr net::share_limits ice_limits{.all = {}, .source = {.burst = 20, .per_second = 1}};
constexpr std::size_t ice_places = 1024;

}  // namespace

core_loop::core_loop(core_options options)
    : session_host(options.sessions),
      options_(std::move(options)),
      work_(io_.get_executor()),
      poller_(net::asio::use_service<net::poller>(io_)),
      speech_(make_webtorrent(options_.webtorrent)),
      shard_(options_.shards, options_.where.seed, options_.random_seed, options_.clients.ledger),
      scope_{{.where = options_.where,
              .tenants = options_.policies.tenants,
              .tokens = options_.policies.tokens.get(),
              .seats = options_.clients.ledger},
             speech_.get(),
             *this,
             options_.tracker,
             random_source{options_.random_seed ^ 0x5bd1e995U}},
      seats_({.limits = options_.seats,
              .core = options_.core,
              .where = options_.where,
              .shards = *this,
              .said = said_,
              .secrets = runtime::fill_with_secrets,
              .seal = runtime::sealer{}}),
      native_{.rights = scope_,
              .shards = *this,
              .said = said_,
              .seats = seats_,
              .limits = options_.native,
              .ice = options_.policies.ice},
      news_(options_.store),
      sessions_(options_.core),
      deadlines_(options_.tick),
      tick_(io_.get_executor()),
      held_by_(options_.where.cores),
      ice_shares_(ice_limits, ice_places, options_.where.seed),
      slice_(io_.get_executor()) {
  shard_.use(options_.policies.tenants);
  poller_.at_turn_end([this] {
    if (end_of_turn_posted_) end_turn();
  });
  while (links_.size() < options_.where.cores) {
    links_.emplace_back(options_.mailbox, options_.where.seed,
                        options_.where.cores - std::size_t{1});
  }
}

core_loop::~core_loop() = default;

void core_loop::listen(net::tcp const& protocol, int descriptor, net::entrance how) {
  listeners_.push_back(
      std::make_unique<net::listener>(io_, *this, *options_.gate, protocol, descriptor, how));
}

// Nobody holds a word of the old dialect here: words are decoded, said and forgotten within one
// message, and this runs between two.
void core_loop::use(core_options const& changed) {
  limits = changed.sessions;
  options_.setup = changed.setup;
  options_.clients.trust = changed.clients.trust;
  options_.clients.quota = changed.clients.quota;
  shard_.use(changed.shards);
  speech_ = make_webtorrent(changed.webtorrent);
  scope_.speech = speech_.get();
  options_.webtorrent = changed.webtorrent;
  scope_.use(changed.tracker);
  seats_.use(changed.seats);
  auto const version = native_.version;
  native_.use(changed.native);
  if (native_.version != version) enforce_rules();  // each session tells its client
  options_.listening = changed.listening;
  for (auto const& accepting : listeners_) accepting->use(changed.listening);
}

core_options core_loop::in_use() const {
  auto facts = options_;
  facts.sessions = limits;
  facts.shards = shard_.limits();
  facts.tracker = scope_.limits;
  facts.native = native_.limits;
  facts.seats = seats_.limits();
  return facts;
}

void core_loop::use(std::shared_ptr<ban_list const> bans) {
  scope_.bans = std::move(bans);
  if (scope_.bans->empty()) return;  // nobody is any worse off
  enforce_rules();
}

void core_loop::use(client_policies policies) {
  options_.policies = std::move(policies);
  scope_.tenants = options_.policies.tenants;
  scope_.tokens = options_.policies.tokens.get();
  native_.use(options_.policies.ice);
  shard_.use(scope_.tenants);
  enforce_rules();
}

void core_loop::enforce_rules() {
  bool const under_way = enforced_up_to_.has_value();
  enforced_up_to_ = 0;
  if (!under_way) go_on_enforcing();
}

void core_loop::go_on_enforcing() {
  if (!enforced_up_to_) return;
  enforced_up_to_ = sessions_.for_some(*enforced_up_to_, slots_per_turn, [this](auto& session) {
    session.apply_rules(*scope_.bans);
  });
  settle();  // who was put out has left his swarms
  end_turn_later();
  if (enforced_up_to_) net::asio::post(io_, [this] { go_on_enforcing(); });
}

void core_loop::run() {
  for (auto const& accepting : listeners_) accepting->start();
  start_tick();
  io_.run();
}

// --- sessions ------------------------------------------------------------------------------------

core_time core_loop::now() const {
  return runtime::elapsed();
}

void core_loop::schedule(session_ref which, core_time due) {
  deadlines_.add(due, {which, due});
}

void core_loop::flush_later(boost::intrusive_ptr<net::ws_session> session) {
  unflushed_.push_back(std::move(session));
  end_turn_later();
}

void core_loop::read_later(boost::intrusive_ptr<net::ws_session> session) {
  net::asio::post(io_, [session = std::move(session)] {
    session->on_ready(net::readiness::readable, /*ok=*/true);
  });
}

void core_loop::forget(session_ref which) {
  if (auto const* const session = sessions_.find(which);
      session != nullptr && session->kind() == net::transport::tls) {
    --sessions_tls_;
  }
  sessions_.erase(which);
  report_if_drained();
}

void core_loop::open_session(std::unique_ptr<net::byte_stream> stream, std::span<char const> early,
                             net::admission with) {
  auto const kind = with.through.kind;
  auto const speaks = with.speaks;
  auto const self = sessions_.next();
  boost::intrusive_ptr<net::ws_session> const session{
      new net::ws_session{*this,
                          {.self = self,
                           .stream = std::move(stream),
                           .talk = make_talk(self, with),
                           .let_in = std::move(with)}}};
  sessions_.insert(self, session);
  if (kind == net::transport::tls) ++sessions_tls_;
  auto const buffer = read_buffer();
  auto const used =
      std::ranges::copy(early.first(std::min(early.size(), buffer.size())), buffer.begin());
  session->start(buffer.first(static_cast<std::size_t>(used.out - buffer.begin())));
  session->apply_rules(*scope_.bans);  // which may have changed during its handshake
  if (speaks == spoken::unknown_version) {
    session->close(websocket::close_code::unknown_version, label::closed::protocol);
  }
  // Likewise when the others were told.
  if (ending_) session->close(websocket::close_code::going_away, label::closed::shutdown);
}

std::optional<web_answer> core_loop::find_page(web_request const& asked) {
  if (is_ice_path(path_of(asked.target))) {
    if (!options_.policies.ice) return std::nullopt;
    return answer_ice(asked, admissions(), *options_.policies.ice,
                      ice_shares_.take(asked.client, now()));
  }
  return options_.pages ? options_.pages(asked) : std::nullopt;
}

std::unique_ptr<conversation> core_loop::make_talk(session_ref self, net::admission& with) {
  if (options_.converse) return options_.converse(scope_, self);
  auto who = with.who ? *std::exchange(with.who, {}) : newcomer{};
  if (with.speaks == spoken::native) {
    return std::make_unique<native_conversation>(native_, self, std::move(who));
  }
  return std::make_unique<tracker_conversation>(scope_, self, std::move(who));
}

// --- between sessions and shards -----------------------------------------------------------------

void core_loop::send(std::uint16_t core, shard_message const& what) {
  if (core == options_.core) {
    take(what);
    return end_turn_later();  // in case nobody settles before
  }
  end_turn_later();
  if (!links_[core].send(what, counters)) hold_back(what, core);
}

void core_loop::take(shard_message const& what) {
  if (auto const* const claim = std::get_if<mesh::claim>(&what)) return seats_.handle(*claim);
  shard_.handle(what, now(), said_);
}

// Who says something to a core that does not read is read from no more until it does: TCP then
// holds the client back. What the session says of itself is no reason: it ends, or shows life.
void core_loop::hold_back(shard_message const& what, std::uint16_t core) {
  if (std::holds_alternative<leave_message>(what) || std::holds_alternative<alive_message>(what) ||
      std::holds_alternative<mesh::leave>(what) || std::holds_alternative<mesh::away>(what)) {
    return;
  }
  auto const from = std::visit([](auto const& message) { return message.from; }, what);
  if (auto const* const join = std::get_if<mesh::join>(&what)) {
    said_.send(from, mesh::refused{.swarm = join->swarm,
                                   .handle = join->handle,
                                   .why = mesh::refusal::overloaded,
                                   .link = {}});
  }
  if (std::holds_alternative<mesh::claim>(what)) said_.send(from, mesh::seat{});
  if (auto const* const scrape = std::get_if<scrape_message>(&what)) {
    said_.send(from, scrape_result{.request = scrape->request, .entries = {}});
  }
  if (auto* const session = sessions_.find(from)) session->hold(held_by_[core]);
}

// A delivery can end a session, whose leaving makes the shard say more: the list may grow under
// this loop, which therefore copies what it delivers, and the outermost call delivers it all.
void core_loop::settle() {
  if (settling_ || said_.empty()) return;
  settling_ = true;
  // Also when there is no memory for mail: nobody would ever settle again.
  struct cleared_at_end {
    core_loop& self;
    ~cleared_at_end() {
      self.said_.clear();
      self.settling_ = false;
    }
  } const guard{*this};
  prefetch_receivers();
  for (std::size_t at = 0; at < said_.entries().size(); ++at) {
    auto const entry = said_.entries()[at];
    if (!sheds(entry.what)) deliver(entry.to, entry.what);
  }
}

// The offers of an announce go to sessions that nobody has looked at for a while: their memory is
// asked for all at once instead of one after the other.
void core_loop::prefetch_receivers() {
  auto const entries = said_.entries();
  if (entries.size() < 3) return;
  for (auto const& [to, what] : entries) {
    if (to.core == options_.core) sessions_.prefetch(to);
  }
  receivers_.clear();
  for (auto const& [to, what] : entries) {
    if (to.core != options_.core) continue;
    if (auto const* const session = sessions_.find(to)) receivers_.push_back(session);
  }
  for (auto const* const session : receivers_) session->prefetch();
  for (auto const* const session : receivers_) session->prefetch_talk();
  for (auto const* const session : receivers_) session->prefetch_what_talk_needs();
}

// An announce costs five times as much when its offers are relayed and answered: a core that cannot
// keep up drops offers first, so that replies come in time, and answers, of which then come fewer.
bool core_loop::sheds(session_message const& what) {
  auto const* const carried = std::get_if<mesh::carried>(&what);
  if (!std::holds_alternative<offer_delivery>(what) &&
      (carried == nullptr || carried->kind != native::relay_kind::offer)) {
    return false;
  }
  if (poller_.lag() <= limits.offer_delay_max) return false;
  counters.add(counter::deliveries_shed, label::shed::behind);
  note_shed(what, label::shed::behind);
  return true;
}

void core_loop::note_shed(session_message const& what, label::shed why) {
  if (auto const* const seat = std::get_if<mesh::seat>(&what)) return give_back(*seat);
  flight_record record{.at = now(), .what = happening::shed};
  if (auto const* const offer = std::get_if<offer_delivery>(&what)) {
    record.swarm = offer->swarm;
    record.peer = offer->from;
    record.other = offer->to;
    record.has_other = true;
  } else if (auto const* const answer = std::get_if<answer_delivery>(&what)) {
    record.swarm = answer->swarm;
    record.peer = answer->from;
  } else {
    return;
  }
  switch (why) {
    case label::shed::outbox_full:
      record.why = drop_reason::outbox_full;
      break;
    case label::shed::budget:
      record.why = drop_reason::budget;
      break;
    case label::shed::mailbox_full:
      record.why = drop_reason::mailbox_full;
      break;
    case label::shed::behind:
      record.why = drop_reason::behind;
      break;
    case label::shed::closing:
      record.why = drop_reason::closing;
      break;
  }
  shard_.recorder().note(record);
}

void core_loop::deliver(session_ref to, session_message const& what) {
  if (to.core == options_.core) return deliver_here(to, what);
  end_turn_later();
  links_[to.core].deliver(to, what, counters);
}

void core_loop::deliver_here(session_ref to, session_message const& what) {
  auto* const session = sessions_.find(to);
  if (session == nullptr) {
    if (auto const* const seat = std::get_if<mesh::seat>(&what)) give_back(*seat);
    return counters.add(counter::deliveries_stale);
  }
  if (auto const* const over = std::get_if<expiry_message>(&what)) {
    // An announce that waits here will make the membership anew: then it still must be left.
    auto const& link = links_[options_.where.core_of(over->swarm)];
    if (link.states().announces({to, over->swarm, over->peer})) return;
  }
  session->deliver(what);
}

// Whoever claimed the seat has gone before it came: nobody else will leave its swarms.
void core_loop::give_back(mesh::seat const& what) {
  for (auto const& [swarm, handle] : what.memberships) {
    send(options_.where.core_of(swarm),
         mesh::leave{what.was, swarm, what.peer, /*session_over=*/true});
  }
}

// --- mail between cores --------------------------------------------------------------------------

void core_loop::post_mail() {
  for (std::size_t core = 0; core < links_.size(); ++core) {
    if (!links_[core].has_mail()) continue;
    auto batch = links_[core].take_mail();
    counters.add(counter::mailbox_messages_crossed, batch->letters().size());
    counters.add(counter::mailbox_relays_crossed, batch->relays());
    counters.add(counter::mailbox_bytes_crossed, batch->bytes());
    links_[core].posted(cores_[core]->post(std::move(batch)));
  }
}

std::size_t core_loop::post(mail batch) {
  auto const bytes = batch->bytes();
  auto const receipt = inbox_.post(std::move(batch), bytes);
  if (receipt.wake) net::asio::post(io_, [this] { open_mail(); });
  return receipt.waiting_bytes;
}

// The other core tells when it has read its mail, and the tick looks as well, so that nothing waits
// for ever for a word that got lost.
void core_loop::look_at_inboxes() {
  for (std::size_t core = 0; core < links_.size(); ++core) {
    auto& link = links_[core];
    if (!link.closed()) continue;
    link.look(cores_[core]->inbox_.watch(options_.core));
    if (link.has_mail()) end_turn_later();
    if (link.closed()) continue;
    while (!held_by_[core].empty()) held_by_[core].front().let_go();
  }
}

void core_loop::open_mail() {
  auto const watchers = inbox_.drain(opened_);
  for (auto const& batch : opened_) {
    for (auto const& one : batch->letters()) {
      if (auto const* const mine = std::get_if<delivery>(&one)) {
        if (!sheds(mine->what)) deliver_here(mine->to, mine->what);
      } else {
        take(std::get<shard_message>(one));
      }
      settle();  // what was said shows bytes of this batch
    }
  }
  opened_.clear();
  for (auto const watcher : watchers) {
    cores_[watcher]->ask([](core_loop& waiting) { waiting.look_at_inboxes(); });
  }
}

// --- turns and ticks -----------------------------------------------------------------------------

void core_loop::end_turn_later() {
  if (end_of_turn_posted_) return;
  end_of_turn_posted_ = true;
  if (poller_.telling()) return;  // it says when it is over
  net::asio::post(io_, [this] { end_turn(); });
}

// Runs behind all handlers that were ready with the one that asked for it: one write per session
// and one batch per core then carry what all of them had to say.
void core_loop::end_turn() {
  end_of_turn_posted_ = false;
  settle();
  news_.hand_over(shard_.journal(), now(), counters);
  post_mail();
  look_at_inboxes();
  auto sessions = std::exchange(unflushed_, {});
  auto const ahead = [&](std::size_t at) {
    return sessions[std::min(at, sessions.size() - 1)].get();
  };
  for (std::size_t at = 0; at < sessions.size(); ++at) {
    ahead(at + 4)->prefetch();
    ahead(at + 2)->prefetch_stream();
    sessions[at]->flush();
  }
  sessions.clear();
  if (unflushed_.empty()) unflushed_ = std::move(sessions);  // keeps the capacity
}

void core_loop::start_tick() {
  tick_.expires_after(options_.tick);
  tick_.async_wait([this](net::error_code const& error) {
    if (!error) on_tick();
  });
}

void core_loop::on_tick() {
  if (!ageing_) age();
  shard_.walk(now());
  seats_.tick(now());
  look_at_inboxes();
  buffers.tidy();
  end_turn_later();
  start_tick();
}

// However much is due in the same moment, it takes a share of each turn: what is left follows
// behind the handlers that are ready, not with the next tick.
void core_loop::age() {
  auto const time = now();
  auto const sessions_left = deadlines_.advance(
      time,
      [this](deadline const& passed) {
        if (auto* const session = sessions_.find(passed.session)) session->tick(passed.due);
      },
      deadlines_per_turn);
  auto const memberships_left = shard_.tick(time, said_);
  settle();
  end_turn_later();
  ageing_ = sessions_left || memberships_left;
  if (ageing_) net::asio::post(io_, [this] { age(); });
}

// --- from other threads --------------------------------------------------------------------------

void core_loop::ask(std::function<void(core_loop&)> question) {
  net::asio::post(io_, [this, question = std::move(question)] { question(*this); });
}

}  // namespace waggle
