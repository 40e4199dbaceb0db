// SPDX-License-Identifier: Apache-2.0
// One connection a question (Beast). Named coroutines, arguments by value.
#include "server/doctor/internal_query.hpp"

#include "server/doctor/words.hpp"

#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace waggle::doctor {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace asio = net::asio;

constexpr std::uint64_t answer_bytes_max = 65'536;  // another program may hold the port

struct page {
  unsigned status = 0;  // 0: `problem` says why
  std::string body;
  std::string problem;
};

net::awaitable<page> get(url from, std::string target, std::chrono::milliseconds within) {
  asio::ip::basic_resolver<net::tcp, net::executor> lookup{co_await asio::this_coro::executor};
  auto const [unknown, places] =
      co_await lookup.async_resolve(from.host, std::to_string(from.port), net::as_result);
  if (unknown) co_return page{.problem = unknown.message()};
  beast::basic_stream<net::tcp, net::executor> stream{co_await asio::this_coro::executor};
  stream.expires_after(within);
  auto const [unreachable, at] = co_await stream.async_connect(places, net::as_result);
  if (unreachable) co_return page{.problem = unreachable.message()};

  http::request<http::empty_body> request{http::verb::get, target, 11};
  request.set(http::field::host, from.host_field());
  request.set(http::field::connection, "close");
  auto const [unsent, sent] = co_await http::async_write(stream, request, net::as_result);
  if (unsent) co_return page{.problem = unsent.message()};
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> answer;
  answer.body_limit(answer_bytes_max);
  auto const [unread, bytes] = co_await http::async_read(stream, buffer, answer, net::as_result);
  if (unread) co_return page{.problem = unread.message()};
  co_return page{.status = answer.get().result_int(), .body = answer.get().body()};
}

std::optional<std::int64_t> connections_in(std::string const& body) {
  auto const answer = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) return std::nullopt;
  auto const found = answer.find("connections");
  if (found == answer.end() || !found->is_number()) return std::nullopt;
  return found->get<std::int64_t>();
}

}  // namespace

net::awaitable<address_counts> count_connections(url internal, std::vector<std::string> addresses,
                                                 std::chrono::milliseconds within) {
  address_counts made;
  for (auto const& address : addresses) {
    auto const answer = co_await get(internal, "/stats.json?address=" + address, within);
    auto const connections = connections_in(answer.body);
    if (answer.status == 200 && connections) {
      made.connections.push_back(*connections);
      continue;
    }
    made.connections.clear();
    made.problem = answer.status == 0     ? answer.problem
                   : answer.status == 200 ? "something else than Waggle answers there"
                                          : "it answered " + std::to_string(answer.status) + " " +
                                                excerpt(answer.body);
    co_return made;
  }
  co_return made;
}

}  // namespace waggle::doctor
