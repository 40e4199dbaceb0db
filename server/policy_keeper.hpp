// SPDX-License-Identifier: Apache-2.0
// Keeps the policies that clients are served by, and makes them anew when the settings or one of
// the files that they name have changed. What cannot be used changes nothing but what operators are
// told. Control loop only.
#pragma once

#include "config/settings.hpp"
#include "server/core_loop.hpp"
#include "server/net/types.hpp"
#include "server/policies.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace waggle {

struct policy_options {
  std::chrono::milliseconds check_interval{500};  // between looks at the files
  token_office::wall_clock now;                   // must be given
};

/// What operators are told.
struct policy_facts {
  std::uint64_t reloads = 0;  // of changed files
  std::uint64_t reloads_refused = 0;
  std::string problem;  // why what the files say now is not in use; empty: it is
};

class policy_keeper {
 public:
  /// Gives every core other policies.
  using installation = std::function<void(client_policies const&)>;

  policy_keeper(net::asio::io_context& loop, settings const& from, policy_options options);
  policy_keeper(policy_keeper const&) = delete;
  policy_keeper& operator=(policy_keeper const&) = delete;

  /// The first ones. False: facts().problem says why.
  [[nodiscard]] bool load();

  /// From now on the files are looked at, and `install` hears of other policies.
  void start(installation install);

  /// Takes other settings into use.
  /// @throws std::runtime_error if they or their files are wrong; nothing is changed then.
  void use(settings const& changed);

  /// Looks at the files, and at all of them anew if one has changed.
  void check();

  [[nodiscard]] client_policies const& in_use() const { return in_use_; }
  [[nodiscard]] policy_facts const& facts() const { return facts_; }

 private:
  void check_later();
  void install(client_policies made);

  settings from_;
  policy_options options_;
  net::timer next_check_;
  policy_files files_;
  installation install_;
  client_policies in_use_;
  policy_facts facts_;
};

}  // namespace waggle
