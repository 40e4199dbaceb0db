// SPDX-License-Identifier: Apache-2.0
// The event streams over HTTP, and the hub with a clock of its own pace.
#include "server/control/api/events.hpp"

#include "server/log.hpp"
#include "tests/unit/server/control/api/fixture.hpp"

#include <boost/asio/co_spawn.hpp>

namespace waggle::test {
namespace {

using namespace std::chrono_literals;

struct ApiEvents : api_over_http {
  client& subscribe() {
    auto& reader = connect();
    reader.send(text_of({.target = "/events"}));
    turn_until([&] { return reader.received.find("event: overview\n") != std::string::npos; });
    return reader;
  }

  /// The data of the first event with that name behind `from`, once it is there.
  json event(client& reader, std::string const& name, std::size_t from = 0) {
    auto const head = "event: " + name + "\ndata: ";
    auto at = std::string::npos;
    turn_until([&] {
      at = reader.received.find(head, from);
      return at != std::string::npos && reader.received.find("\n\n", at) != std::string::npos;
    });
    if (at == std::string::npos) return {};
    at += head.size();
    return json::parse(reader.received.substr(at, reader.received.find("\n\n", at) - at));
  }
};

TEST_F(ApiEvents, BeginWithTheOverviewAndRepeatItEachSecond) {
  view_.cores = {{.core = 0, .connections = 4}};
  open();

  auto const begin = std::chrono::steady_clock::now();
  auto& reader = subscribe();

  EXPECT_EQ(event(reader, "overview").at("connections"), 4);
  EXPECT_NE(reader.received.find("Content-Type: text/event-stream\r\n"), std::string::npos);
  EXPECT_NE(reader.received.find("Cache-Control: no-store\r\n"), std::string::npos);
  auto const first = reader.received.size();
  view_.cores[0].connections = 5;
  EXPECT_EQ(event(reader, "overview", first).at("connections"), 5);
  auto const took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, 900ms);
}

TEST_F(ApiEvents, TellOfLinesThatAreLogged) {
  open();
  log::app()->warn("before anybody listened");
  auto& reader = subscribe();

  log::control()->warn("now \xff");

  auto const line = event(reader, "log");
  EXPECT_EQ(line.at("message"), "now \xEF\xBF\xBD");
  EXPECT_EQ(line.at("area"), "control");
}

TEST_F(ApiEvents, TellOfBansAndReloads) {
  open();
  auto& reader = subscribe();

  ask({.method = "POST", .target = "/bans", .body = R"({"kind":"address","value":"192.0.2.7"})"});
  auto const added = event(reader, "ban");
  EXPECT_EQ(added.at("change"), "added");
  EXPECT_EQ(added.at("ban").at("value"), "192.0.2.7");
  auto const before = reader.received.size();
  fake_.banned.clear();  // it expired: nobody asked for that
  EXPECT_EQ(event(reader, "ban", before).at("change"), "ended");

  ask({.method = "POST", .target = "/reload"});
  EXPECT_EQ(event(reader, "reload").at("ok"), true);
  listener_->publish("reload", R"({"ok":false})");
  turn_until([&] { return reader.received.find(R"(data: {"ok":false})") != std::string::npos; });
}

TEST_F(ApiEvents, AreForSixteenReaders) {
  open();
  std::vector<client*> readers;
  readers.reserve(16);
  for (int i = 0; i < 16; ++i) readers.push_back(&subscribe());

  EXPECT_EQ(problem_of(get_api("/events"), 503), "there are as many event streams as may be: 16");
  readers.front()->close();

  // Its end is noticed with the next thing that it would be told.
  turn_until([&] {
    auto& next = connect();
    next.send(text_of({.target = "/events"}));
    turn_until([&] { return next.received.find("\r\n\r\n") != std::string::npos; });
    auto const open = next.received.starts_with("HTTP/1.1 200");
    next.close();
    return open;
  });
}

TEST_F(ApiEvents, EndWithTheListener) {
  open();
  auto& reader = subscribe();
  auto const collections = view_.collections;

  listener_->stop();

  turn_until([&] { return reader.closed; });
  clients_.clear();
  loop_->restart();
  loop_->run();                               // returns: nothing is left to wait for
  EXPECT_EQ(view_.collections, collections);  // not even for the next overview
}

TEST_F(ApiEvents, ReaderThatDoesNotReadLosesItsConnectionAtOnce) {
  open({.connections_max = 1});
  net::tcp_socket deaf(*loop_);
  deaf.connect(listener_->local_endpoint());
  asio::write(deaf, asio::buffer(text_of({.target = "/events"})));
  turn_until([&] { return view_.collections > 0; });

  // More than the kernel holds for a loopback connection.
  std::string const much(65'536, 'x');
  for (int i = 0; i < 1'000; ++i) {
    listener_->publish("much", "\"" + much + "\"");
    loop_->poll();
  }

  auto& next = connect();  // the only place there is
  next.get("/healthz");
  EXPECT_EQ(answer_to(next).status, 200U);
}

TEST_F(ApiEvents, NeedTheToken) {
  api_.token = "sesame";
  open();

  EXPECT_EQ(get_api("/events").status, 401U);
}

TEST(AnswerStream, CutsOffTheReaderThatDoesNotRead) {
  asio::io_context loop{1};
  answer_stream stream{loop, /*bytes_max=*/10};
  int cuts = 0;
  stream.when_cut([&cuts] { ++cuts; });

  stream.add("12345");
  stream.add("67890");
  EXPECT_FALSE(stream.ended());
  stream.add("1");
  stream.add("2");

  EXPECT_TRUE(stream.ended());
  EXPECT_EQ(cuts, 1);
}

struct EventHub : testing::Test {
  /// Turns the loop until the hub has made that many collections.
  void run_until_collections(int wanted) {
    auto const deadline = std::chrono::steady_clock::now() + 10s;
    while (view_.collections < wanted && std::chrono::steady_clock::now() < deadline) {
      loop_.run_one_until(deadline);
    }
    EXPECT_GE(view_.collections, wanted);
  }
  std::shared_ptr<api::event_hub> hub(api::event_limits const& limits) {
    return std::make_shared<api::event_hub>(
        api::context{.loop = loop_,
                     .from = {.view = view_,
                              .source = std::make_shared<snapshot_source>(loop_, view_),
                              .patience = 1s}},
        limits);
  }

  asio::io_context loop_{1};
  fake_view view_;
};

TEST_F(EventHub, DropsTheReaderThatDoesNotReadAndServesTheOthers) {
  auto const events =
      hub({.streams_max = 2, .stream_bytes_max = 20'000, .turn = 1ms, .overview_every = 1ms});
  auto const deaf = events->open();
  auto const reader = events->open();
  int cuts = 0;
  deaf->when_cut([&cuts] { ++cuts; });
  EXPECT_EQ(events->open(), nullptr);

  std::string got;
  for (int turn = 1; cuts == 0 && turn < 1'000; ++turn) {
    run_until_collections(turn);
    asio::co_spawn(loop_, answer_stream::next(reader),
                   [&got](std::exception_ptr, std::string text) { got += text; });
  }

  EXPECT_EQ(cuts, 1);
  EXPECT_TRUE(deaf->ended());
  EXPECT_FALSE(reader->ended());
  EXPECT_GT(got.size(), 10'000U);
  EXPECT_NE(events->open(), nullptr);  // the place is free
  events->stop();
}

TEST_F(EventHub, AsksTheCoresOnceForAllAndNotWhenNobodyListens) {
  auto const events = hub({.turn = 1ms, .overview_every = 1ms});
  {
    auto const first = events->open();
    auto const second = events->open();
    run_until_collections(3);
  }
  loop_.run();  // returns: without a reader there are no turns
  loop_.restart();
  auto const before = view_.collections;

  auto const again = events->open();
  run_until_collections(before + 1);
  events->stop();
}

TEST_F(EventHub, CommentsKeepAQuietStreamOpen) {
  auto const events = hub({.turn = 1ms, .overview_every = 1h, .comment_every = 5ms});
  auto const reader = events->open();

  std::string got;
  while (got.find(": still here\n\n") == std::string::npos) {
    asio::co_spawn(loop_, answer_stream::next(reader),
                   [&got](std::exception_ptr, std::string const& text) { got += text; });
    ASSERT_GT(loop_.run_one_for(10s), 0U);
  }
  events->stop();
}

TEST_F(EventHub, FloodOfLinesLeavesOutTheOldest) {
  auto const events = hub({.lines_max = 3, .turn = 1ms, .overview_every = 1h});
  auto const reader = events->open();
  run_until_collections(1);

  for (int i = 0; i < 9; ++i) log::app()->warn("line {}", i);
  std::string got;
  while (got.find("line 8") == std::string::npos) {
    asio::co_spawn(loop_, answer_stream::next(reader),
                   [&got](std::exception_ptr, std::string text) { got += text; });
    ASSERT_GT(loop_.run_one_for(10s), 0U);
  }

  EXPECT_NE(got.find("6 lines were too many for this view"), std::string::npos) << got;
  EXPECT_EQ(got.find("line 5"), std::string::npos);
  EXPECT_NE(got.find("line 6"), std::string::npos);
  events->stop();
}

}  // namespace
}  // namespace waggle::test
