// SPDX-License-Identifier: Apache-2.0
#include "server/control/api/openapi.hpp"

#include "server/control/api/handlers.hpp"

namespace waggle::api {

answering show_openapi(context& /*with*/, call /*asked*/) {
  co_return http_answer{
      .content_type = "application/json", .body = {}, .fixed_body = openapi_document()};
}

}  // namespace waggle::api
