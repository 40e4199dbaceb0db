// SPDX-License-Identifier: Apache-2.0
// What stands in for the dashboard where the program was built without it.
#include "server/web/web_assets.hpp"

namespace waggle {
namespace {

constexpr std::string_view page = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Waggle</title>
<h1>Waggle is running, without its dashboard</h1>
<p>This program was built where Node.js was missing. Install Node.js 18 or newer with npm, then
build again with <code>./dev build</code>.</p>
<p>The admin API works all the same: <a href="/api/v1/overview">/api/v1/overview</a>,
<a href="/api/v1/openapi.json">/api/v1/openapi.json</a>. Metrics are at
<a href="/metrics">/metrics</a>.</p>
</html>
)";

constexpr web_asset assets[] = {{.path = "index.html",
                                 .content_type = "text/html; charset=utf-8",
                                 .etag = "\"no-dashboard-1\"",
                                 .bytes = page}};

}  // namespace

std::span<web_asset const> web_assets() {
  return assets;
}

}  // namespace waggle
