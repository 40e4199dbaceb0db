// SPDX-License-Identifier: Apache-2.0
#include "protocol/native/error.hpp"

#include <algorithm>
#include <array>

namespace waggle::native {
namespace {

constexpr std::array rows{
#define WAGGLE_ROW(name, code, retry, text, note) error_row{error::name, retry, #name, text, note},
    WAGGLE_NATIVE_ERRORS(WAGGLE_ROW)
#undef WAGGLE_ROW
};

}  // namespace

std::span<error_row const> error_table() {
  return rows;
}

error_row const& row_of(error code) {
  auto const* const found = std::ranges::find(rows, code, &error_row::code);
  return found == rows.end() ? rows.front() : *found;
}

}  // namespace waggle::native
