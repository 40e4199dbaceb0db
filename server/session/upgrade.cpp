// SPDX-License-Identifier: Apache-2.0
#include "server/session/upgrade.hpp"

#include "protocol/native/codec.hpp"
#include "protocol/websocket/handshake.hpp"
#include "server/session/field_text.hpp"

namespace waggle {
namespace {

/// Whether the comma-separated list holds `token` (RFC 9110 section 5.6.1).
bool lists(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    auto const comma = list.find(',');
    if (equal_ignoring_case(trimmed(list.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

/// The first of the comma-separated list for which `wanted` is true; empty: none.
template <class Wanted>
std::string_view first_of(std::string_view list, Wanted wanted) {
  while (!list.empty()) {
    auto const comma = list.find(',');
    auto const each = trimmed(list.substr(0, comma));
    if (wanted(each)) return each;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return {};
}

/// A browser that has asked for subprotocols and gets none ends the connection without a word to
/// its page, so one that comes from a newer client is told by a close code.
void agree_on_protocol(std::string_view offered, upgrade_decision& decision) {
  static constexpr std::string_view family = "waggle.v";
  decision.protocol =
      first_of(offered, [](std::string_view each) { return each == native::subprotocol; });
  if (!decision.protocol.empty()) {
    decision.speaks = spoken::native;
    return;
  }
  decision.protocol =
      first_of(offered, [](std::string_view each) { return each.starts_with(family); });
  if (!decision.protocol.empty()) decision.speaks = spoken::unknown_version;
}

std::string_view status_line(unsigned status) {
  switch (status) {
    case 200:
      return "HTTP/1.1 200 OK\r\n";
    case 426:
      return "HTTP/1.1 426 Upgrade Required\r\n"
             "Upgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\n";
    case 401:
      return "HTTP/1.1 401 Unauthorized\r\n"
             "WWW-Authenticate: Bearer\r\n";
    case 403:
      return "HTTP/1.1 403 Forbidden\r\n";
    case 429:
      return "HTTP/1.1 429 Too Many Requests\r\n";
    case 431:
      return "HTTP/1.1 431 Request Header Fields Too Large\r\n";
    case 503:
      return "HTTP/1.1 503 Service Unavailable\r\n";
    default:
      return "HTTP/1.1 400 Bad Request\r\n";
  }
}

std::string plain_response(unsigned status, std::string_view body, bool head_only,
                           std::chrono::seconds retry_after = {}) {
  std::string out{status_line(status)};
  // RFC 9110 section 7.8: a 426 names its Upgrade field in Connection too.
  out += status == 426 ? "Connection: Upgrade, close\r\n" : "Connection: close\r\n";
  if (retry_after.count() > 0) {
    out += "Retry-After: " + std::to_string(retry_after.count()) + "\r\n";
  }
  out += "Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\nContent-Length: ";
  out += std::to_string(body.size() + 1);
  out += "\r\n\r\n";
  if (!head_only) {
    out += body;
    out += '\n';
  }
  return out;
}

}  // namespace

upgrade_decision decide_upgrade(request_head const& head, bool native) {
  auto const path = head.target.substr(0, head.target.find('?'));
  auto const wants_websocket = lists(head.upgrade, "websocket");
  if (!wants_websocket) {
    if (path == "/healthz" && (head.method == "GET" || head.method == "HEAD")) {
      return {.answer = upgrade_answer::health};
    }
    return {.answer = upgrade_answer::upgrade_required,
            .no_websocket = true,
            .reason = "this is a WebSocket endpoint"};
  }
  if (head.method != "GET") {
    return {.reason = "a WebSocket handshake is a GET request"};
  }
  if (head.version < 11) return {.reason = "a WebSocket handshake needs HTTP/1.1"};
  if (!head.has_host) return {.reason = "the Host field is missing"};
  if (!lists(head.connection, "upgrade")) {
    return {.reason = "the Connection field does not list Upgrade"};
  }
  if (trimmed(head.websocket_version) != "13") {
    return {.answer = upgrade_answer::upgrade_required,
            .reason = "only version 13 of the WebSocket protocol is spoken here"};
  }
  auto const accept = websocket::derive_accept(trimmed(head.key));
  if (!accept) return {.reason = "Sec-WebSocket-Key is not the base64 form of 16 bytes"};
  upgrade_decision decision{.answer = upgrade_answer::switch_protocols,
                            .accept = std::string{accept->text()}};
  if (native) agree_on_protocol(head.protocols, decision);
  return decision;
}

std::string upgrade_response(upgrade_decision const& decision, bool healthy, bool head_only) {
  switch (decision.answer) {
    case upgrade_answer::switch_protocols:
      return "HTTP/1.1 101 Switching Protocols\r\n"
             "Upgrade: websocket\r\n"
             "Connection: Upgrade\r\n"
             "Sec-WebSocket-Accept: " +
             decision.accept +
             (decision.protocol.empty()
                  ? std::string{}
                  : "\r\nSec-WebSocket-Protocol: " + std::string{decision.protocol}) +
             "\r\n\r\n";
    case upgrade_answer::health:
      return healthy ? plain_response(200, "ok", head_only)
                     : plain_response(503, "unavailable", head_only);
    case upgrade_answer::upgrade_required:
      return plain_response(426, decision.reason, head_only);
    case upgrade_answer::bad_request:
      break;
  }
  return plain_response(400, decision.reason, head_only);
}

std::string refusal_response(unsigned status, std::string_view reason) {
  return plain_response(status, reason, /*head_only=*/false);
}

std::string refusal_response(http_refusal const& what) {
  return plain_response(what.status, what.text, /*head_only=*/false, what.retry_after);
}

}  // namespace waggle
