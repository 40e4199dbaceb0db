// SPDX-License-Identifier: Apache-2.0
// Opens connections to the tracker step by step, so that each step can be told of: address, TCP,
// TLS, upgrade. Lives as long as the loop runs; one thread.
#pragma once

#include "server/doctor/link_over.hpp"
#include "server/doctor/tls_facts.hpp"
#include "server/doctor/url.hpp"
#include "server/doctor/words.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace waggle::doctor {

struct dial_options {
  url where;
  std::chrono::milliseconds timeout{};         // of each step
  bool insecure = false;                       // go on with a bad certificate
  std::optional<net::asio::ip::address> from;  // of this machine; none: as the system chooses
  std::string user_agent;
};

struct resolved {
  std::vector<net::tcp::endpoint> all;  // that can be reached from `from`
  net::error_code error;
};

struct connected {
  std::optional<tcp_layer> stream;  // none: `error` says why
  net::error_code error;
  clock::duration took{};
};

/// How far a call got. What lies behind the step that failed is empty.
struct dialed {
  enum class step { tcp, tls, certificate, upgrade, done };

  step reached = step::tcp;  // the one that failed, or done
  net::error_code error;     // of that step
  clock::duration tcp_took{};
  clock::duration tls_took{};
  clock::duration upgrade_took{};
  std::optional<tls_facts> tls;
  upgrade_answer answer;
};

using header_list = std::vector<std::pair<std::string, std::string>>;

class dialer {
 public:
  /// @param tls  trusts whom doctor trusts; outlives the dialer.
  dialer(dial_options options, net::asio::ssl::context& tls)
      : options_(std::move(options)), tls_(tls) {}
  dialer(dialer const&) = delete;
  dialer& operator=(dialer const&) = delete;

  [[nodiscard]] dial_options const& options() const { return options_; }

  [[nodiscard]] net::awaitable<resolved> resolve();
  [[nodiscard]] net::awaitable<connected> connect(net::tcp::endpoint at);
  /// The whole way; `headers` go with the request to upgrade.
  [[nodiscard]] net::awaitable<dialed> dial(net::tcp::endpoint at, header_list headers);

 private:
  /// Null and `to.error` where the handshake failed. The certificate is judged, not obeyed.
  [[nodiscard]] net::awaitable<std::unique_ptr<tls_layer>> secure(tcp_layer plain, dialed& to);

  dial_options options_;
  net::asio::ssl::context& tls_;
};

}  // namespace waggle::doctor
