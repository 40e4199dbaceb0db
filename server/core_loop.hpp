// SPDX-License-Identifier: Apache-2.0
// Everything that belongs to one CPU core, wired together: its io_context, its sessions, its shard,
// and the mailboxes to the others. Nothing of a core is touched by another thread, except through
// post() and ask().
#pragma once

#include "protocol/dialects.hpp"
#include "server/core/outbox.hpp"
#include "server/core/placement.hpp"
#include "server/core/shard.hpp"
#include "server/core_link.hpp"
#include "server/core_mail.hpp"
#include "server/core_news.hpp"
#include "server/net/connection.hpp"
#include "server/net/listener.hpp"
#include "server/net/poller.hpp"
#include "server/net/session_host.hpp"
#include "server/net/session_table.hpp"
#include "server/net/source_shares.hpp"
#include "server/net/tls_context.hpp"
#include "server/net/types.hpp"
#include "server/runtime/drain.hpp"
#include "server/runtime/mailbox.hpp"
#include "server/runtime/timing_wheel.hpp"
#include "server/session/native/native_conversation.hpp"
#include "server/session/tracker_conversation.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace waggle {

/// Makes what a new session talks with; the scope is the core's.
using conversation_factory =
    std::function<std::unique_ptr<conversation>(tracker_scope&, session_ref)>;

/// Finds a page that is the same for everybody; any thread.
using web_source = std::function<std::optional<web_answer>(web_request const&)>;

/// By what clients are let in and served: a snapshot, made of settings and files.
struct client_policies {
  std::shared_ptr<tenant_directory const> tenants = std::make_shared<tenant_directory const>();
  std::shared_ptr<token_gate const> tokens{};  // null: nobody can look at tokens
  std::shared_ptr<ice_servers const> ice{};    // null: clients are told of none
};

/// What a core is made from: values, and snapshots that it may keep.
struct core_options {
  std::uint16_t core = 0;
  placement where{};
  std::uint64_t random_seed = 0;
  net::session_limits sessions{};
  net::setup_limits setup{};
  net::listen_options listening{};  // what sockets get that listen already
  shard_limits shards{};
  tracker_limits tracker{};
  native_limits native{};
  seat_limits seats{};
  webtorrent::limits webtorrent{};
  mailbox_limits mailbox{};
  std::chrono::milliseconds tick{250};
  client_policies policies{};
  net::client_rules clients{};
  net::tls_context tls{};
  std::shared_ptr<runtime::gate> gate = std::make_shared<runtime::gate>(SIZE_MAX);  // of all cores
  conversation_factory converse{};
  web_source pages{};                       // of the public listeners; empty: there are none
  std::shared_ptr<storage::store> store{};  // null: nothing is kept
};

class core_loop final : public net::session_host, public net::connection_host, public shard_port {
 public:
  explicit core_loop(core_options options);
  ~core_loop() override;

  /// Before run(): the other cores by their number, this one among them.
  void connect(std::vector<core_loop*> cores) { cores_ = std::move(cores); }
  /// Before run(): accept on a socket of this core, which is owned from now on.
  void listen(net::tcp const& protocol, int descriptor, net::entrance how);

  /// The body of the core's thread; returns after stop().
  void run();

  /// Any thread: mail from another core.
  /// @return bytes that wait here now, this batch included.
  std::size_t post(mail batch);
  /// Any thread: runs `question` on this core between two messages.
  void ask(std::function<void(core_loop&)> question);
  /// Any thread: stops accepting and closes the sessions with 1001, spread over `window`. The core
  /// goes on with what others ask of its swarms. `drained` is called on this core once no session
  /// is left, or `patience` after the window.
  void drain(std::chrono::milliseconds window, std::chrono::milliseconds patience,
             std::function<void()> drained);
  /// Any thread: closes every session that is left with 1001 and makes run() return.
  void stop();

  /// On this core only: takes what a reload may change from `changed`; the rest is ignored. Open
  /// connections go by it from their next message, announce or deadline on.
  void use(core_options const& changed);
  /// On this core only: the options as its parts have them now.
  [[nodiscard]] core_options in_use() const;
  /// On this core only: keeps out whom the list bans. Who is inside and banned is found in slices.
  void use(std::shared_ptr<ban_list const> bans);
  /// On this core only: serves by these from the next message on, and looks in slices for what is
  /// not served any more.
  void use(client_policies policies);
  /// On this core only: connections accepted from now on get this context.
  void use_tls(net::tls_context context) { options_.tls = std::move(context); }

  /// On this core only.
  [[nodiscard]] core_snapshot snapshot() const;
  [[nodiscard]] swarm_counts count(swarm_id const& swarm) const;
  [[nodiscard]] swarm_table const& swarms() const { return shard_.table(); }
  [[nodiscard]] net::session_table& sessions() { return sessions_; }
  [[nodiscard]] flight_recorder& recorder() { return shard_.recorder(); }
  /// Any thread: the number of the core that has the swarm, if anybody is there.
  [[nodiscard]] std::uint16_t owner_of(swarm_id const& swarm) const {
    return options_.where.core_of(swarm);
  }
  [[nodiscard]] std::vector<busy_swarm> busiest() const;
  void add_completions(std::span<storage::swarm_record const> stored);

 private:
  struct deadline {
    session_ref session;
    core_time due{};
  };
  struct ending {
    runtime::drain schedule;
    std::chrono::milliseconds window{};
    std::vector<session_ref> sessions;  // in the order in which they are told
    std::size_t told = 0;
    core_time give_up{};
    std::function<void()> drained{};
  };

  // net::session_host
  [[nodiscard]] core_time now() const override;
  void schedule(session_ref which, core_time due) override;
  void flush_later(boost::intrusive_ptr<net::ws_session> session) override;
  void read_later(boost::intrusive_ptr<net::ws_session> session) override;
  void settle() override;
  void forget(session_ref which) override;
  [[nodiscard]] bool busy() const override { return poller_.lag() >= limits.quota.busy_after; }
  void note_shed(session_message const& what, label::shed why) override;
  void add_native(core_snapshot& facts) const;

  // net::connection_host
  [[nodiscard]] net::setup_limits const& setup() const override { return options_.setup; }
  [[nodiscard]] net::client_rules const& clients() const override { return options_.clients; }
  [[nodiscard]] admission_rules admissions() const override {
    return {*scope_.tenants, *scope_.bans, scope_.tokens};
  }
  [[nodiscard]] core_counters& facts() override { return counters; }
  [[nodiscard]] net::tls_context current_tls() const override { return options_.tls; }
  [[nodiscard]] bool healthy() const override { return !ending_; }
  [[nodiscard]] std::optional<web_answer> find_page(web_request const& asked) override;
  void open_session(std::unique_ptr<net::byte_stream> stream, std::span<char const> early,
                    net::admission with) override;

  // shard_port
  void send(std::uint16_t core, shard_message const& what) override;

  [[nodiscard]] std::unique_ptr<conversation> make_talk(session_ref self, net::admission& with);
  void deliver(session_ref to, session_message const& what);
  void deliver_here(session_ref to, session_message const& what);
  [[nodiscard]] bool sheds(session_message const& what);
  void hold_back(shard_message const& what, std::uint16_t core);
  void take(shard_message const& what);
  void give_back(mesh::seat const& what);
  void prefetch_receivers();
  void open_mail();
  void end_turn_later();
  void end_turn();
  void post_mail();
  void look_at_inboxes();
  void on_tick();
  void age();
  void start_tick();
  void enforce_rules();
  void go_on_enforcing();
  void start_draining(ending how);
  void tell_next();
  void report_if_drained();
  void stop_now();

  core_options options_;
  net::asio::io_context io_{1};
  net::asio::executor_work_guard<net::executor> work_;
  net::poller& poller_;  // of io_
  std::unique_ptr<dialect> speech_;
  shard shard_;
  outbox said_;  // by the shard, not yet delivered
  tracker_scope scope_;
  seat_keeper seats_;
  native_scope native_;
  core_news news_;
  bool settling_ = false;

  net::session_table sessions_;
  std::size_t sessions_tls_ = 0;
  std::vector<net::ws_session const*> receivers_;                 // scratch of prefetch_receivers()
  std::vector<boost::intrusive_ptr<net::ws_session>> unflushed_;  // one entry a session
  bool end_of_turn_posted_ = false;
  runtime::timing_wheel<deadline> deadlines_;
  std::optional<std::size_t> enforced_up_to_;  // slots of sessions; while rules are enforced
  bool ageing_ = false;                        // age() is posted
  net::timer tick_;
  std::vector<std::unique_ptr<net::listener>> listeners_;

  std::vector<core_loop*> cores_;
  std::vector<core_link> links_;             // by core; the one to this core is not used
  std::vector<net::held_sessions> held_by_;  // by core: who is not read from until its link opens
  runtime::mailbox<mail> inbox_;
  std::vector<mail> opened_;  // scratch of open_mail()

  net::source_shares ice_shares_;  // who asks for /ice how often

  std::optional<ending> ending_;  // since drain() or stop()
  net::timer slice_;
};

}  // namespace waggle
