// SPDX-License-Identifier: Apache-2.0
// A whole scripted exchange, again and again, with the n-th operation of the transport going wrong
// for every n: whatever happens, the session stays healthy or goes without a trace.
#include "tests/unit/server/net/driven_session.hpp"

namespace waggle::net::test {
namespace {

using websocket::close_code;
using websocket::opcode;

enum class ending : std::uint8_t { client_closes, server_closes, client_vanishes };

/// Everything a session does in its life, in an order that only faults change.
void exchange(driven_session& at, ending how) {
  at.open(client_frame(ping, "early"));
  at.client_sends(client_text("hello"));
  at.client_sends(client_frame(text, "in ", /*fin=*/false));
  at.relay("{\"between\":\"fragments\"}");
  at.client_sends(client_frame(opcode::continuation, "pieces"));
  at.pass(25s);
  at.client_sends(client_frame(pong, ""));

  at.client_stalls();
  for (int i = 0; i < 20; ++i) at.relay(std::string(100, 'r'));
  for (int i = 0; i < 10; ++i) at.client_sends(client_text(std::string(100, 'm')));
  at.client_reads(300);
  at.client_reads(1);
  at.client_reads();
  if (at.alive()) {
    // The worst that a fault may do to a session that lives is to cost it nothing.
    at.client_sends(client_text("healthy?"));
    at.client_sends(client_frame(pong, ""));  // what a write that waits for input waits for
    if (at.alive() && at.log.closes == 0) {
      auto const heard = at.heard();
      ASSERT_FALSE(heard.empty());
      EXPECT_EQ(heard.back(), (said_frame{text, "healthy?"}));
      EXPECT_EQ(at.host.outbox_bytes, 0U);
    }
  }

  if (how == ending::client_closes) at.client_sends(client_close(1000));
  if (how == ending::server_closes && at.alive()) {
    at.host.table->close(close_code::going_away, label::closed::shutdown);
    at.run();
  }
  at.client_leaves();
  at.pass(120s);  // a fault may have swallowed the end of the stream
  at.run();
}

class WsSessionFaults : public testing::TestWithParam<std::tuple<fault, ending, bool>> {};

TEST_P(WsSessionFaults, LeaveNoTrace) {
  auto const [planned, how, holds_input] = GetParam();
  session_limits limits;
  limits.outbox_bytes_max = 1000;
  std::size_t operations = 0;
  for (std::size_t nth = 1; nth <= operations + 1; ++nth) {
    SCOPED_TRACE("operation " + std::to_string(nth));
    driven_session at{limits};
    at.wire->planned = planned;
    at.wire->faulty_operation = nth;
    at.wire->holds_input = holds_input;

    exchange(at, how);

    at.expect_gone();
    if (HasFailure()) return;
    operations = std::max(operations, at.wire->operations);
    if (at.wire->operations < nth) break;  // the script was over before its n-th operation
  }
  EXPECT_GT(operations, 30U);
}

INSTANTIATE_TEST_SUITE_P(
    Every, WsSessionFaults,
    testing::Combine(testing::Values(fault::none, fault::fails, fault::would_block,
                                     fault::would_cross, fault::end_of_file, fault::one_byte),
                     testing::Values(ending::client_closes, ending::server_closes,
                                     ending::client_vanishes),
                     testing::Bool()));

TEST(WsSession, SurvivesATransportThatTakesSingleBytes) {
  driven_session at;
  at.wire->read_bytes_max = 1;
  at.open();
  at.client_stalls();

  at.client_sends(client_text("one by one"));
  for (int i = 0; i < 12; ++i) at.client_reads(1);

  EXPECT_EQ(at.heard(), std::vector<said_frame>({{text, "one by one"}}));
  EXPECT_EQ(at.host.outbox_bytes, 0U);
}

}  // namespace
}  // namespace waggle::net::test
