// SPDX-License-Identifier: Apache-2.0
#include "server/public_pages.hpp"

#include "server/web/public/public_assets.hpp"

#include <algorithm>
#include <string>

namespace waggle {
namespace {

constexpr std::string_view demo_prefix = "demo/";

// The demos load nothing from elsewhere. `connect-src` names the schemes, since the WebSocket of
// the same server is another origin to some browsers.
constexpr std::string_view demo_fields =
    "Content-Security-Policy: default-src 'self'; connect-src 'self' ws: wss:; "
    "media-src 'self' blob:; worker-src 'self' blob:; img-src 'self' data: blob:; "
    "frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n";

web_asset const* find_asset(std::string_view path) {
  auto const all = public_assets();
  auto const found = std::ranges::find(all, path, &web_asset::path);
  return found == all.end() ? nullptr : &*found;
}

web_answer redirect(std::string_view to) {
  web_answer answer{.status = 308, .text = web_answer_head(308, {}, 0)};
  answer.text.append("Location: ").append(to).append("\r\n\r\n");
  return answer;
}

}  // namespace

std::optional<web_answer> public_pages::operator()(web_request const& asked) const {
  if (asked.method != "GET" && asked.method != "HEAD") return std::nullopt;
  auto path = path_of(asked.target);
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  if (demo_ && path == "demo") return redirect("/demo/");
  auto const is_demo = path.starts_with(demo_prefix);
  if (is_demo && !demo_) return std::nullopt;
  auto const* const asset = find_asset(path == demo_prefix ? "demo/index.html" : path);
  if (asset == nullptr) return std::nullopt;

  std::string fields = "Access-Control-Allow-Origin: *\r\nETag: ";
  fields.append(asset->etag);
  fields.append(asset->immutable ? "\r\nCache-Control: public, max-age=31536000, immutable\r\n"
                                 : "\r\nCache-Control: public, max-age=300\r\n");
  if (is_demo) fields.append(demo_fields);
  bool const known = asked.if_none_match.find(asset->etag) != std::string_view::npos;
  web_answer answer{
      .status = known ? 304U : 200U,
      .text = web_answer_head(known ? 304 : 200, asset->content_type, asset->bytes.size())};
  answer.text.append(fields).append("\r\n");
  if (!known) answer.bytes = asset->bytes;
  return answer;
}

}  // namespace waggle
