// SPDX-License-Identifier: Apache-2.0
// What `waggle token` is asked, as it was written. Pure values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace waggle {

struct token_line {
  // The key: exactly one of the two. The further sources of a key belong here.
  std::optional<std::string> secret_file;
  std::optional<std::string> jwk_file;
  std::optional<std::string> kid;  // absent: that of the JWK, if it has one

  std::optional<std::string> tenant;
  std::vector<std::string> swarms;   // none: all
  std::vector<std::string> origins;  // none: all
  std::chrono::seconds lifetime{15 * 60};
  std::optional<std::string> id;
  std::optional<std::string> subject;
  std::optional<std::string> issuer;
  std::vector<std::string> audiences;
  std::optional<std::uint32_t> connections_max;
  std::optional<std::uint32_t> swarms_max;
  std::optional<std::uint32_t> offers_max;

  static constexpr std::chrono::hours lifetime_max{10 * 365 * 24};
};

}  // namespace waggle
