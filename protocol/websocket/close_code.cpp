// SPDX-License-Identifier: Apache-2.0
#include "protocol/websocket/close_code.hpp"

#include <array>

namespace waggle::websocket {
namespace {

constexpr std::array rows{
#define WAGGLE_ROW(name, code, text, note) close_row{close_code::name, #name, text, note},
    WAGGLE_CLOSE_CODES(WAGGLE_ROW)
#undef WAGGLE_ROW
};

}  // namespace

std::span<close_row const> close_table() {
  return rows;
}

std::string_view close_text(close_code code) {
  for (auto const& row : rows)
    if (row.code == code) return row.text;
  return {};
}

}  // namespace waggle::websocket
