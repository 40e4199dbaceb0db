// SPDX-License-Identifier: Apache-2.0
// What the listeners for clients serve beside WebSockets: the browser client, for pages of any
// origin, and the demo pages where the operator wants them. Any thread.
#pragma once

#include "server/session/web_request.hpp"

#include <optional>

namespace waggle {

class public_pages {
 public:
  explicit public_pages(bool demo) : demo_(demo) {}

  /// Nothing: there is no such page.
  [[nodiscard]] std::optional<web_answer> operator()(web_request const& asked) const;

 private:
  bool demo_;
};

}  // namespace waggle
