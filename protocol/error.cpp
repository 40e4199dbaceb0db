// SPDX-License-Identifier: Apache-2.0
#include "protocol/error.hpp"

#include <array>
#include <string>

namespace waggle {
namespace {

constexpr std::array rows{
#define WAGGLE_ROW(name, text, note) error_row{errc::name, #name, text, note},
    WAGGLE_ERRORS(WAGGLE_ROW)
#undef WAGGLE_ROW
};

// Boost's base class has a protected, non-virtual destructor on purpose; the object is static.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class category final : public boost::system::error_category {
 public:
  char const* name() const noexcept override { return "waggle"; }
  std::string message(int value) const override {
    return std::string{reason(static_cast<errc>(value))};
  }
};
#pragma GCC diagnostic pop

}  // namespace

std::span<error_row const> error_table() {
  return rows;
}

std::string_view reason(errc code) {
  auto const index = static_cast<std::size_t>(code);
  return index == 0 || index > rows.size() ? std::string_view{"ok"} : rows[index - 1].text;
}

errc error_with_reason(std::string_view text) {
  for (auto const& row : rows) {
    if (row.text == text) return row.code;
  }
  return errc::ok;
}

boost::system::error_category const& protocol_category() noexcept {
  static category const instance;
  return instance;
}

boost::system::error_code make_error_code(errc code) noexcept {
  return {static_cast<int>(code), protocol_category()};
}

}  // namespace waggle
