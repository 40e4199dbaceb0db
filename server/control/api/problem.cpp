// SPDX-License-Identifier: Apache-2.0
#include "server/control/api/problem.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace waggle::api {
namespace {

using json = nlohmann::ordered_json;

std::string_view title_of(unsigned status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

}  // namespace

http_answer problem_answer(problem const& what) {
  return problem_answer(what, {});
}

http_answer problem_answer(problem const& what, std::string_view members) {
  auto text = json{{"type", "about:blank"},
                   {"title", title_of(what.status)},
                   {"status", what.status},
                   {"detail", what.detail}}
                  .dump(-1, ' ', /*ensure_ascii=*/false, json::error_handler_t::replace);
  if (!members.empty()) {
    text.back() = ',';
    text += members;
    text += '}';
  }
  return {.status = what.status,
          .content_type = "application/problem+json",
          .body = std::move(text) + "\n"};
}

problem problem_of(admin_error const& error) {
  switch (error.what) {
    case admin_error::kind::invalid:
      return {400, error.text};
    case admin_error::kind::not_found:
      return {404, error.text};
    case admin_error::kind::refused:
    case admin_error::kind::full:
      return {409, error.text};
    case admin_error::kind::unavailable:
      break;
  }
  return {503, error.text};
}

void throw_exception_from_error(problem const& error, boost::source_location const&) {
  throw std::runtime_error{error.detail};
}

}  // namespace waggle::api
