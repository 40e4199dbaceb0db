// SPDX-License-Identifier: Apache-2.0
// Every expected failure of the protocol layers, one row each, and the result type that carries
// them. docs/errors.md is generated from the same table.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace waggle {

// name, text sent to the client as the reason, explanation for the operator's page
// clang-format off
#define WAGGLE_ERRORS(row)                                                                         \
  row(not_json, "message is not valid JSON", "The text frame does not hold one JSON value.")       \
  row(not_an_object, "message is not a JSON object", "The top-level value must be an object.")     \
  row(too_deep, "message is nested too deeply", "Arrays and objects nest deeper than the limit.")  \
  row(bad_action, "unknown or missing action", "`action` must be \"announce\" or \"scrape\".")     \
  row(bad_info_hash, "info_hash must be a string of 20 characters, each at most U+00FF",           \
      "The binary-string form of 20 bytes; a hex string of 40 characters is not accepted.")        \
  row(bad_peer_id, "peer_id must be a string of 20 characters, each at most U+00FF",               \
      "The binary-string form of 20 bytes.")                                                       \
  row(bad_to_peer_id, "to_peer_id must be a string of 20 characters, each at most U+00FF",         \
      "The binary-string form of 20 bytes.")                                                       \
  row(bad_event, "event must be started, completed, stopped, update or absent",                    \
      "`paused` and `empty` count as update.")                                                     \
  row(bad_answer, "answer must be an object",                                                      \
      "One without a readable offer_id is no failure: it is dropped as unroutable.")               \
  row(too_many_hashes, "too many info_hash values in one scrape",                                  \
      "The limit is webtorrent.scrape_hashes_max.")                                                \
  row(too_many_scrapes, "too many scrapes in flight on this connection",                           \
      "Wait for the replies to the earlier ones.")                                                 \
  row(scrape_all_off, "scraping all swarms is not enabled here",                                   \
      "Enable it with webtorrent.scrape_all.")                                                     \
  row(swarm_denied, "this swarm is not served here", "See access.mode and access.refusal.")        \
  row(banned, "not allowed here", "An operator has banned the swarm or the peer id; see bans.")    \
  row(swarm_full, "the swarm is full", "The peer is served, but not remembered.")
// clang-format on

enum class errc {
  ok = 0,
#define WAGGLE_ROW(name, text, note) name,
  WAGGLE_ERRORS(WAGGLE_ROW)
#undef WAGGLE_ROW
};

/// How many errors there are, `ok` not counted.
#define WAGGLE_ROW(name, text, note) +1
inline constexpr std::size_t error_count = 0 WAGGLE_ERRORS(WAGGLE_ROW);
#undef WAGGLE_ROW

struct error_row {
  errc code;
  std::string_view name;
  std::string_view text;  // what the client reads
  std::string_view note;  // what docs/errors.md adds
};

/// The whole table in order, for documentation and tests.
[[nodiscard]] std::span<error_row const> error_table();

/// The text sent to a client for `code`. Static storage.
[[nodiscard]] std::string_view reason(errc code);

/// The error that sends `text`, or `ok` for a text that is in no row (an operator's own).
[[nodiscard]] errc error_with_reason(std::string_view text);

[[nodiscard]] boost::system::error_category const& protocol_category() noexcept;
[[nodiscard]] boost::system::error_code make_error_code(errc code) noexcept;

template <class T>
using result = boost::system::result<T>;

}  // namespace waggle

namespace boost::system {
template <>
struct is_error_code_enum<waggle::errc> : std::true_type {};
}  // namespace boost::system
