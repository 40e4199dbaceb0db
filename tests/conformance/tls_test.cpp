// SPDX-License-Identifier: Apache-2.0
// The same codec behind TLS 1.2 and 1.3: what the other tests show for plain TCP, where the
// transport could make a difference.
#include "tests/conformance/echo.hpp"

namespace waggle::test {
namespace {

class Tls : public testing::TestWithParam<int> {
 protected:
  [[nodiscard]] static ws_client open() {
    return ws_client::connect(echo_tls(),
                              {.tls = {.version_min = GetParam(), .version_max = GetParam()}});
  }
};

TEST_P(Tls, IsTheVersionAskedFor) {
  EXPECT_EQ(open().transport().tls_version(), GetParam());
}

TEST_P(Tls, MessagesOfEveryLengthFormComeBack) {
  auto client = open();
  for (auto const length :
       {0U, 125U, 126U, 127U, 128U, 16'383U, 16'384U, 16'385U, 65'535U, 65'536U}) {
    SCOPED_TRACE(length);
    expect_echo(client, opcode::text, std::string(length, '*'));
    expect_echo(client, opcode::binary, std::string(length, '\xfe'));
  }
}

TEST_P(Tls, RecordsOfAnySizeMakeOneMessage) {
  auto client = open();
  for (auto const length : {0U, 1U, 125U, 126U, 300U}) {
    SCOPED_TRACE(length);
    expect_echo(client, opcode::text, std::string(length, '1'), 1);
  }
  expect_echo(client, opcode::text, std::string(65'536, 'p'), 997);
}

TEST_P(Tls, ManyFramesInOneRecordAreAnsweredInOrder) {
  auto client = open();
  std::string bytes;
  for (int i = 0; i < 300; ++i) bytes += encode({.payload = "message " + std::to_string(i)});

  client.send_bytes(bytes);

  for (int i = 0; i < 300; ++i) expect_next(client, opcode::text, "message " + std::to_string(i));
}

TEST_P(Tls, LargeMessagesComeBack) {
  auto client = open();
  for (std::size_t const mib : {1U, 4U}) {
    expect_echo(client, opcode::binary, std::string(mib * 1'024 * 1'024, '\xfe'));
  }
}

TEST_P(Tls, PingsBetweenFragmentsAreAnswered) {
  auto client = open();

  client.send({.payload = "fragment1", .fin = false});
  client.send({.op = opcode::ping, .payload = "ping"});
  client.send({.op = opcode::continuation, .payload = "fragment2"});

  expect_next(client, opcode::pong, "ping");
  expect_next(client, opcode::text, "fragment1fragment2");
}

TEST_P(Tls, FramesBehindTheHeadAreProcessed) {
  auto connection =
      stream::connect(echo_tls(), {.version_min = GetParam(), .version_max = GetParam()});
  // One record: the frames are pending inside the TLS layer when the upgrade is done, and the
  // socket will not become readable for them.
  connection.send(upgrade_request(echo_tls()) + encode({.payload = "in the same record"}));
  std::string read_ahead;
  ASSERT_EQ(read_response(connection, &read_ahead).status, 101);

  ws_client client{std::move(connection), read_ahead};

  expect_next(client, opcode::text, "in the same record");
}

TEST_P(Tls, FramesInTheRecordBehindTheHeadAreProcessed) {
  auto connection =
      stream::connect(echo_tls(), {.version_min = GetParam(), .version_max = GetParam()});
  connection.send(upgrade_request(echo_tls()));
  connection.send(encode({.op = opcode::binary, .payload = std::string(40'000, 'n')}));
  std::string read_ahead;
  ASSERT_EQ(read_response(connection, &read_ahead).status, 101);

  ws_client client{std::move(connection), read_ahead};

  expect_next(client, opcode::binary, std::string(40'000, 'n'));
}

TEST_P(Tls, InvalidUtf8FailsInsideAFrame) {
  auto client = open();

  client.send_bytes(encode({.payload = "abc\xed\xa0" + std::string(500, 'x')}).substr(0, 13));

  EXPECT_THAT(client.await_end(), ClosedWith(invalid_payload));
}

TEST_P(Tls, ReservedBitsFail) {
  auto client = open();

  client.send({.payload = "x", .reserved = 4});

  EXPECT_THAT(client.await_end(), ClosedWith(protocol_error));
}

TEST_P(Tls, CloseHandshakeEndsTheConnection) {
  auto client = open();
  client.send_text("before");

  client.send_close(4321, "done");

  expect_next(client, opcode::text, "before");
  EXPECT_THAT(client.await_end(), ClosedWith(4321));
}

INSTANTIATE_TEST_SUITE_P(Versions, Tls, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](testing::TestParamInfo<int> const& version) {
                           return version.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

}  // namespace
}  // namespace waggle::test
