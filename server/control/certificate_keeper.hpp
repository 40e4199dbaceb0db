// SPDX-License-Identifier: Apache-2.0
// Keeps the certificate that the server uses, and changes it for what its files say now: when they
// change, and on request. A pair that cannot be used changes nothing but what operators are told.
// Control loop only.
//
// The files are looked at again and again (`check_interval`) instead of watched: inotify watches
// inodes, and misses a symbolic link further up that is swapped (Kubernetes' ..data), a bind mount
// and a network file system. Two stat(2) a second cost nothing; a file system that hangs would hold
// up the control loop, but no core.
#pragma once

#include "server/net/tls_context.hpp"
#include "server/net/types.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace waggle {

struct certificate_options {
  net::tls_files files{};  // both empty: the server has no TLS, and there is nothing to keep
  std::chrono::milliseconds check_interval{1'000};
  runtime::file_limits limits = net::tls_file_limits;
};

/// What the keeper tells operators.
struct certificate_facts {
  std::chrono::sys_seconds not_after{};  // of the certificate in use; the epoch without TLS
  std::uint64_t reloads = 0;             // pairs taken into use after the first one
  std::uint64_t reloads_refused = 0;
  std::string problem;  // why what the files say now is not in use; empty: it is
};

class certificate_keeper {
 public:
  /// Gives new connections another context; old ones keep theirs.
  using installation = std::function<void(net::tls_context const&)>;

  certificate_keeper(net::asio::io_context& loop, certificate_options options);
  certificate_keeper(certificate_keeper const&) = delete;
  certificate_keeper& operator=(certificate_keeper const&) = delete;

  /// Loads the first pair. False: facts().problem says why. Without TLS there is nothing to load.
  [[nodiscard]] bool load();

  /// From now on the files are looked at, and `install` hears of each new context.
  void start(installation install);

  /// From now on the files are looked at in this period.
  void check_every(std::chrono::milliseconds period);

  /// Looks at the files, and loads them if they have changed.
  void check();

  /// SIGHUP: loads the files whether they have changed or not, and logs what came of it.
  void reload();

  [[nodiscard]] net::tls_context const& context() const { return in_use_.context; }
  [[nodiscard]] certificate_facts const& facts() const { return facts_; }

 private:
  enum class cause : std::uint8_t { change, request };

  [[nodiscard]] bool has_tls() const { return !options_.files.certificate.empty(); }
  [[nodiscard]] bool looks_unchanged() const;
  [[nodiscard]] net::tls_pair read_consistently() const;
  void take(net::tls_pair pair, cause why);
  void check_later();

  certificate_options options_;
  net::ticket_keys const ticket_keys_;  // one for all contexts, so that tickets survive a change
  net::timer next_check_;
  installation install_;
  net::tls_load in_use_;
  net::tls_pair tried_;  // as last read: in use, or refused
  certificate_facts facts_;
};

}  // namespace waggle
