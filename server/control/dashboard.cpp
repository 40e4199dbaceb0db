// SPDX-License-Identifier: Apache-2.0
// Files by their exact names. What looks like no file is a view of the page, which has one file for
// all of them.
#include "server/control/dashboard.hpp"

#include "server/control/stats_json.hpp"
#include "server/web/web_assets.hpp"

#include <string>

namespace waggle {
namespace {

constexpr std::string_view folder = "/ui/";

// Nothing from elsewhere, nothing inline: a name that a client chose stays text whatever it holds.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

web_asset const* find_asset(std::string_view path) {
  for (auto const& asset : web_assets()) {
    if (asset.path == path) return &asset;
  }
  return nullptr;
}

bool names_a_view(std::string_view path) {
  return path.substr(path.rfind('/') + 1).find('.') == std::string_view::npos;
}

/// Whether one of `"a", W/"b"` is the tag; a proxy may have weakened it (RFC 9110 §13.1.2).
bool holds_tag(std::string_view list, std::string_view tag) {
  return list == "*" || (!tag.empty() && list.find(tag) != std::string_view::npos);
}

http_answer redirect() {
  return {.status = 302, .content_type = {}, .body = {}, .fields = {{"Location", "/ui/"}}};
}

}  // namespace

bool is_dashboard_path(std::string_view path) {
  return path == "/" || path == "/ui" || path.starts_with(folder);
}

http_answer dashboard_answer(std::string_view path, std::string_view if_none_match) {
  if (!path.starts_with(folder)) return redirect();
  auto const file = path.substr(folder.size());
  auto const* asset = find_asset(file);
  if (asset == nullptr && names_a_view(file)) asset = find_asset("index.html");
  if (asset == nullptr) {
    return {.status = 404, .content_type = "application/json", .body = error_json("no such file")};
  }
  http_answer answer{.status = 200, .content_type = asset->content_type, .body = {}};
  answer.fields = {
      {"Cache-Control", asset->immutable ? "public, max-age=31536000, immutable" : "no-cache"},
      {"ETag", std::string{asset->etag}},
      {"Content-Security-Policy", std::string{policy}},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"}};
  if (holds_tag(if_none_match, asset->etag)) {
    answer.status = 304;
  } else {
    answer.fixed_body = asset->bytes;
  }
  return answer;
}

}  // namespace waggle
