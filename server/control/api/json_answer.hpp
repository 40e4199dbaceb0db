// SPDX-License-Identifier: Apache-2.0
// JSON of the admin API: how answers are written and bodies are read. Cold paths, hence nlohmann.
// Pure.
#pragma once

#include "protocol/ids.hpp"
#include "server/control/api/problem.hpp"
#include "server/control/http.hpp"
#include "server/storage/fact.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace waggle::api {

using json = nlohmann::ordered_json;

/// One line. Text from elsewhere may be no UTF-8: then it is repaired, not thrown on.
[[nodiscard]] std::string dumped(json const& value);
[[nodiscard]] http_answer json_answer(json const& value, unsigned status = 200);
[[nodiscard]] http_answer no_content();

/// A list page: {"items","total","offset","limit","age_ms"}.
template <class Row>
[[nodiscard]] json list_json(list_page<Row> const& page, page_request const& wanted) {
  auto list = json{{"items", json::array()},
                   {"total", page.total},
                   {"offset", wanted.offset},
                   {"limit", wanted.limit},
                   {"age_ms", page.age.count()}};
  for (auto const& row : page.rows) list["items"].push_back(json_of(row));
  return list;
}

/// The body as an object that has no members but these; an empty body is an empty object.
[[nodiscard]] checked<json> object_of(std::string const& body,
                                      std::initializer_list<std::string_view> members);

/// Of a member; nothing: it is not there or null, or its value is of another kind.
[[nodiscard]] std::optional<std::string> text_member(json const& object, std::string_view name);

/// Lower-case digits.
[[nodiscard]] std::string hex_of(std::span<std::uint8_t const> bytes);
[[nodiscard]] inline std::string hex_of(swarm_id const& swarm) {
  return hex_of(std::span{swarm.value});
}
[[nodiscard]] inline std::string hex_of(peer_id const& peer) {
  return hex_of(std::span{peer.value});
}

/// "2026-11-23T12:00:00.000Z" (RFC 3339). Reads any fraction, and any offset from UTC.
[[nodiscard]] std::string time_text(storage::wall_time at);
[[nodiscard]] std::optional<storage::wall_time> parse_time(std::string_view text);

}  // namespace waggle::api
