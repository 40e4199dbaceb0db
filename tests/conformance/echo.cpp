// SPDX-License-Identifier: Apache-2.0
// Starts and stops the echo server around all tests of the program.
#include "tests/conformance/echo.hpp"

#include "tests/support/certificate.hpp"
#include "tests/support/server_process.hpp"

#include <memory>
#include <ostream>
#include <stdexcept>

namespace waggle::test {
namespace {

class echo_server : public testing::Environment {
 public:
  void SetUp() override {
    certificate_ = std::make_unique<certificate>();
    server_ = std::make_unique<server_process>(std::vector<std::string>{
        echo_binary(), "--listen", "127.0.0.1:0", "--listen-tls", "127.0.0.1:0", "--tls-cert",
        certificate_->certificate_file(), "--tls-key", certificate_->key_file(), "--cores", "1"});
  }

  void TearDown() override {
    server_.reset();  // expects exit code 0
    certificate_.reset();
  }

  server_process const& running() const {
    if (!server_) throw std::runtime_error("the echo server did not start");
    return *server_;
  }

 private:
  std::unique_ptr<certificate> certificate_;
  std::unique_ptr<server_process> server_;
};

// GoogleTest owns it.
auto* const server = static_cast<echo_server*>(
    testing::AddGlobalTestEnvironment(std::make_unique<echo_server>().release()));

}  // namespace

endpoint echo_plain() {
  return server->running().plain();
}
endpoint echo_tls() {
  return server->running().tls();
}

ws_client open_echo() {
  return ws_client::connect(echo_plain());
}

void expect_echo(ws_client& client, opcode kind, std::string const& payload,
                 std::size_t piece_bytes) {
  auto const bytes = encode({.op = kind, .payload = payload});
  client.transport().send_in_pieces(bytes,
                                    piece_bytes == in_one_piece ? bytes.size() : piece_bytes);
  expect_next(client, kind, payload);
}

void expect_next(ws_client& client, opcode kind, std::string const& payload) {
  auto const got = client.receive();
  ASSERT_TRUE(got.has_value()) << (client.tcp_closed() ? "closed" : "nothing came");
  EXPECT_EQ(got->kind, kind);
  // Megabytes in a failure message help nobody.
  EXPECT_TRUE(got->payload == payload)
      << "size " << got->payload.size() << ", expected " << payload.size() << "; begins with "
      << testing::PrintToString(got->payload.substr(0, 40));
}

ending end_after(std::string const& bytes, std::size_t piece_bytes) {
  auto client = open_echo();
  client.transport().send_in_pieces(bytes,
                                    piece_bytes == in_one_piece ? bytes.size() : piece_bytes);
  return client.await_end();
}

void PrintTo(ending const& what, std::ostream* out) {
  *out << "close frame " << (what.close_frame ? "yes" : "no") << ", code "
       << (what.code ? std::to_string(*what.code) : "none") << ", reason '" << what.reason
       << "', tcp closed " << (what.tcp_closed ? "yes" : "no");
}

}  // namespace waggle::test
