// SPDX-License-Identifier: Apache-2.0
// A session whose client does not read: what is shed, what is held back, and what is given back.
#include "tests/unit/server/net/driven_session.hpp"

namespace waggle::net::test {
namespace {

using websocket::close_code;

constexpr std::size_t frame_bytes = 104;  // of a body of 100 bytes
constexpr std::size_t outbox_max = 1040;

session_limits small() {
  session_limits limits;
  limits.outbox_bytes_max = outbox_max;
  return limits;
}

std::string const body(100, 'b');

TEST(WsSessionFlow, ShedsRelaysOnlyWhenTheOutboxIsOverItsBound) {
  driven_session at{small()};
  at.open();
  at.client_stalls();

  for (int i = 0; i < 20; ++i) at.relay(body);

  // The last one taken goes over the bound; headers are 2 bytes for a body of 100.
  auto const taken = outbox_max / (body.size() + 2) + 1;
  EXPECT_EQ(at.log.events, taken);
  EXPECT_EQ(at.shed(label::shed::outbox_full), 20 - taken);
  EXPECT_EQ(at.shed(label::shed::budget), 0U);
  at.client_reads();
  EXPECT_EQ(at.heard().size(), taken);
  EXPECT_EQ(at.host.outbox_bytes, 0U);
  at.relay(body);
  EXPECT_EQ(at.heard().size(), 1U);
}

TEST(WsSessionFlow, ServesWhoReadsAlsoWhenOthersAreOverTheBudget) {
  auto limits = small();
  limits.outbox_bytes_total_max = 10'000;
  driven_session at{limits};
  at.open();
  at.host.outbox_memory_bytes = 11'000;  // of others

  at.relay(body);
  at.relay(body);

  EXPECT_EQ(at.heard().size(), 2U);
  EXPECT_EQ(at.shed(label::shed::budget), 0U);
  EXPECT_EQ(at.host.outbox_memory_bytes, 11'000U);
  at.host.outbox_memory_bytes = 0;
}

// Else those who do not read would hold the budget for ever, and everybody's relays with it.
TEST(WsSessionFlow, EndsWhoDoesNotReadOnceAllAreOverTheBudget) {
  auto limits = small();
  limits.outbox_bytes_total_max = 10'000;
  driven_session at{limits};
  at.open();
  at.client_stalls();
  at.relay(body);
  at.relay(body);
  at.host.outbox_memory_bytes += 9'000;  // of others: nearly
  at.relay(body);
  EXPECT_EQ(at.shed(label::shed::budget), 1U);
  EXPECT_EQ(at.log.closes, 0U) << "shed is enough";

  at.host.outbox_memory_bytes += 2'000;
  at.relay(body);

  EXPECT_EQ(at.shed(label::shed::budget), 2U);
  EXPECT_EQ(at.closed(label::closed::slow_reader), 1U);
  at.host.outbox_memory_bytes -= 11'000;
  at.expect_gone();
}

TEST(WsSessionFlow, AQueueTakesNoMoreThanItsBytesWhileTheBudgetIsTight) {
  session_limits limits;
  limits.outbox_bytes_total_max = 100'000;
  driven_session at{limits};
  at.open();
  at.client_stalls();
  std::string const long_body(9'000, 'b');
  for (int i = 0; i < 3; ++i) at.relay(long_body);
  ASSERT_GT(at.host.outbox_memory_bytes, 30'000U) << "a string that grows doubles";
  at.host.outbox_memory_bytes += 72'000;  // of others

  at.relay(body);

  EXPECT_EQ(at.shed(label::shed::budget), 1U);
  EXPECT_LE(at.host.outbox_memory_bytes, 72'000U + 27'100U);
  at.host.outbox_memory_bytes -= 72'000;
  at.client_reads();
  EXPECT_EQ(at.heard().size(), 3U);
}

TEST(WsSessionFlow, KeepsTheLastFifthOfTheBudgetForThoseWhoRead) {
  session_limits limits;
  limits.outbox_bytes_total_max = 10'000;
  driven_session at{limits};
  at.open();
  at.host.outbox_memory_bytes = 9'000;  // of others

  at.host.table->deliver(offer_delivery{.offer_id = {"\"id\""}, .body = {body}});
  EXPECT_EQ(at.log.events, 1U) << "reads, and is served";
  EXPECT_EQ(at.host.outbox_bytes, 0U) << "at once";
  at.client_stalls();
  at.relay(body);
  at.relay(body);
  at.relay(body);

  EXPECT_EQ(at.log.events, 2U) << "its queue is empty once; then the kernel takes no more";
  EXPECT_EQ(at.shed(label::shed::budget), 2U);
  at.host.outbox_memory_bytes -= 9'000;
}

TEST(WsSessionFlow, MeasuresTheBudgetInMemoryAndGivesItBack) {
  driven_session at;
  at.open();
  at.client_stalls();

  for (int i = 0; i < 50; ++i) at.relay(body);

  EXPECT_GE(at.host.outbox_memory_bytes, at.host.outbox_bytes);
  EXPECT_LE(at.host.outbox_memory_bytes, 3 * at.host.outbox_bytes);
  at.client_reads();
  EXPECT_EQ(at.host.outbox_memory_bytes, 0U);
}

TEST(WsSessionFlow, CountsAnIncompleteMessageUntilItIsWhole) {
  driven_session at;
  at.open();
  auto const message = client_text(std::string(10'000, 'p'));

  at.client_sends(message.substr(0, 9'000));

  EXPECT_GE(at.host.partial_bytes, 8'900U);
  EXPECT_LE(at.host.partial_bytes, 21'000U);
  at.client_sends(message.substr(9'000));
  EXPECT_EQ(at.host.partial_bytes, 0U);
  EXPECT_EQ(at.log.messages.size(), 1U);
}

TEST(WsSessionFlow, ClosesWhoLetsTheIncompleteMessagesGrowOverTheirBudget) {
  session_limits limits;
  limits.partial_bytes_total_max = 5'000;
  driven_session at{limits};
  at.open();
  auto const message = client_text(std::string(10'000, 'p'));

  at.client_sends(message.substr(0, 2'000));
  EXPECT_TRUE(at.heard().empty()) << "within the budget";
  at.client_sends(message.substr(2'000, 5'000));

  EXPECT_EQ(at.heard(), std::vector{close_frame(close_code::try_again_later)});
  EXPECT_EQ(at.host.partial_bytes, 0U) << "the memory is free at once";
  at.client_sends(message.substr(7'000));
  EXPECT_EQ(at.host.partial_bytes, 0U);
  EXPECT_TRUE(at.log.messages.empty());
  at.client_leaves();
  at.expect_gone();
  EXPECT_EQ(at.closed(label::closed::partial_budget), 1U);
}

TEST(WsSessionFlow, KeepsTheLastFifthOfThatBudgetForMessagesThatHaveJustBegun) {
  session_limits limits;
  limits.partial_bytes_total_max = 10'000;
  driven_session at{limits};
  at.open();
  at.host.partial_bytes += 7'500;  // of others
  auto const message = client_text(std::string(1'500, 'p'));

  at.client_sends(message.substr(0, 1'000));
  at.pass(4s);
  at.client_sends(message.substr(1'000, 1));
  EXPECT_EQ(at.log.closes, 0U);
  at.pass(2s);
  at.client_sends(message.substr(1'001, 1));

  EXPECT_EQ(at.heard().back(), close_frame(close_code::try_again_later));
  at.host.partial_bytes -= 7'500;
  EXPECT_EQ(at.host.partial_bytes, 0U);
}

TEST(WsSessionFlow, DoesNotBlameWhoSendsNothingMoreForABudgetThatOthersUse) {
  session_limits limits;
  limits.partial_bytes_total_max = 5'000;
  driven_session at{limits};
  at.open();
  at.client_sends(client_frame(text, std::string(2'000, 'p'), /*fin=*/false));
  at.host.partial_bytes += 10'000;  // of others

  at.client_sends(client_frame(ping, ""));
  at.pass(1s);

  EXPECT_EQ(at.closed(label::closed::partial_budget), 0U);
  EXPECT_EQ(at.log.closes, 0U);
  at.host.partial_bytes -= 10'000;
}

TEST(WsSessionFlow, DoesNotShedReplies) {
  driven_session at{small()};
  at.open();
  at.client_stalls();
  for (int i = 0; i < 20; ++i) at.relay(body);
  auto const before = at.log.events;

  at.deliver(reply_message{});

  EXPECT_EQ(at.log.events, before + 1);
}

TEST(WsSessionFlow, GivesUpAClientThatIsOwedTwiceTheBoundInReplies) {
  driven_session at{small()};
  at.open();
  at.client_stalls();
  std::size_t replies = 0;

  for (; at.log.closes == 0 && replies < 10'000; ++replies) at.deliver(reply_message{});

  EXPECT_GE(at.host.outbox_bytes, 2 * outbox_max);
  EXPECT_LE(at.host.outbox_bytes, 2 * outbox_max + 100);
  at.client_reads();
  EXPECT_EQ(at.heard().back(), close_frame(close_code::slow_reader));
  at.client_leaves();
  at.expect_gone();
  EXPECT_EQ(at.closed(label::closed::slow_reader), 1U);
}

TEST(WsSessionFlow, StopsReadingFromAClientThatDoesNotReadAndGoesOnWhenItDoes) {
  driven_session at{small()};
  at.open();
  at.client_stalls();

  for (int i = 0; i < 50; ++i) at.client_sends(client_text(body));

  EXPECT_LT(at.log.messages.size(), 20U);
  EXPECT_FALSE(at.wire->from_client.empty());
  EXPECT_EQ(at.wire->reader, nullptr);
  at.client_reads();
  EXPECT_EQ(at.log.messages.size(), 50U);
  EXPECT_EQ(at.heard().size(), 50U);
  EXPECT_EQ(at.host.outbox_bytes, 0U);
}

TEST(WsSessionFlow, RelaysOfOthersNeverStopTheReading) {
  driven_session at{small()};
  at.open();
  at.log.silent = true;
  at.client_stalls();
  for (int i = 0; i < 100; ++i) at.relay(body);

  at.client_sends(client_text("an announce"));

  EXPECT_EQ(at.log.messages, std::vector<std::string>{"an announce"});
}

TEST(WsSessionFlow, StopsPongingToAClientThatDoesNotRead) {
  driven_session at{small()};
  at.open();
  at.client_stalls();
  std::string pings;
  for (int i = 0; i < 200; ++i) pings += client_frame(ping, body);

  at.client_sends(pings);

  EXPECT_LE(at.host.outbox_bytes, outbox_max + frame_bytes);
  at.client_reads();
  EXPECT_LT(at.heard().size(), 20U);
  at.client_sends(client_text("still here"));
  EXPECT_EQ(at.heard(), std::vector<said_frame>({{text, "still here"}}));
}

TEST(WsSessionFlow, AccountsForWhatAPartOfTheClientsReadingLeaves) {
  driven_session at;
  at.open();
  at.client_stalls();
  at.relay(body);

  at.client_reads(1);

  EXPECT_EQ(at.host.outbox_bytes, 101U);
  EXPECT_EQ(at.host.table->queued_bytes(), 101U);
  at.client_reads(60);
  EXPECT_EQ(at.host.outbox_bytes, 41U);
  at.relay("second");
  at.client_reads();
  EXPECT_EQ(at.heard(), std::vector<said_frame>({{text, body}, {text, "second"}}));
  EXPECT_EQ(at.host.outbox_bytes, 0U);
}

TEST(WsSessionFlow, GivesBackWhatWasQueuedWhenTheConnectionBreaks) {
  driven_session at;
  at.open();
  at.client_stalls();
  at.relay(body);
  ASSERT_NE(at.host.outbox_bytes, 0U);

  at.client_leaves();

  at.expect_gone();
}

TEST(WsSessionFlow, RunningOutOfMemoryCostsOneConnectionAndNoAccounting) {
  driven_session at;
  at.open();
  at.client_stalls();
  at.relay(body);

  at.client_sends(client_text("too much"));

  at.expect_gone();
  EXPECT_EQ(at.closed(label::closed::error), 1U);
}

/// The capacity of the spare buffer that the pool would lend next.
std::size_t lent_capacity(fake_host& host) {
  std::string buffer;
  host.buffers.lend(buffer);
  return buffer.capacity();
}

TEST(WsSessionFlow, GivesItsBufferBackWhenAllIsWritten) {
  driven_session at;
  at.open();

  at.relay(body);

  EXPECT_GE(lent_capacity(at.host), body.size());
}

TEST(WsSessionFlow, HoldsNoBorrowedBufferAfterAMessageWithoutAnswer) {
  driven_session at;
  at.open();
  at.log.silent = true;
  std::string spare;
  spare.reserve(1000);
  at.host.buffers.give_back(std::move(spare));

  at.client_sends(client_text("an answer to an offer"));

  EXPECT_GE(lent_capacity(at.host), 1000U);
}

TEST(WsSessionFlow, ReadsOnInALaterTurnWhenTheTransportHoldsMoreThanTheReadBuffer) {
  session_limits limits;
  limits.reader.message_bytes_max = 1 << 20;
  driven_session at{limits};
  at.wire->holds_input = true;
  at.open();

  at.client_sends(client_text(std::string(300'000, 'x')) + client_text("end"));

  auto const heard = at.heard();
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0].payload.size(), 300'000U);
  EXPECT_EQ(heard[1].payload, "end");
}

// The socket of a TLS connection does not become readable for bytes that OpenSSL has already.
TEST(WsSessionFlow, GoesOnWithWhatTheTransportHoldsAfterAPause) {
  session_limits limits = small();
  driven_session at{limits};
  at.wire->holds_input = true;
  at.open();
  at.client_stalls();
  std::string many;
  for (int i = 0; i < 1000; ++i) many += client_text(body);

  at.client_sends(many);
  at.client_reads();

  EXPECT_EQ(at.log.messages.size(), 1000U);
  EXPECT_EQ(at.heard().size(), 1000U);
}

TEST(WsSessionFlow, GoesOnWithWhatTheTransportHoldsWhenItWroteBeforeReadingAgain) {
  driven_session at;
  at.wire->holds_input = true;
  at.open();
  at.log.silent = true;
  std::string many;
  for (int i = 0; i < 1000; ++i) many += client_text(body);
  at.wire->from_client = many;
  at.wire->tell();
  ASSERT_EQ(at.host.rereads.size(), 1U);

  // A relay is queued between the read and the turn in which it goes on.
  at.host.table->deliver(reply_message{});
  auto const session = std::exchange(at.host.rereads.front(), nullptr);
  at.host.rereads.clear();
  session->on_ready(readiness::readable, /*ok=*/true);
  at.run();

  EXPECT_EQ(at.log.messages.size(), 1000U);
}

}  // namespace
}  // namespace waggle::net::test
