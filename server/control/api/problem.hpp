// SPDX-License-Identifier: Apache-2.0
// Why a request was not served, as RFC 9457 has it. Pure.
#pragma once

#include "server/control/admin_view.hpp"
#include "server/control/http.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace waggle::api {

struct problem {
  // Without it, C++20 would let a number alone make a problem, and checked<> refuse numbers.
  problem() = default;
  problem(unsigned its_status, std::string its_detail)
      : status(its_status), detail(std::move(its_detail)) {}

  unsigned status = 500;
  std::string detail;  // for the person who asked
};

/// A value, or why there is none.
template <class T>
using checked = boost::system::result<T, problem>;

/// {"type","title","status","detail"}; the title is the reason phrase of the status.
[[nodiscard]] http_answer problem_answer(problem const& what);

/// The same with further members. @param members  the inside of an object: "\"changed\":[]".
[[nodiscard]] http_answer problem_answer(problem const& what, std::string_view members);

/// 400, 404, 409 or 503.
[[nodiscard]] problem problem_of(admin_error const& error);

[[noreturn]] void throw_exception_from_error(problem const& error,
                                             boost::source_location const& where);

}  // namespace waggle::api
