// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/url.hpp"

#include <algorithm>
#include <charconv>

namespace waggle::doctor {
namespace {

constexpr std::uint16_t port_of_http = 80;
constexpr std::uint16_t port_of_https = 443;

std::string in_quotes(std::string_view text) {
  return "\"" + std::string{text} + "\"";
}

url_reading wrong(std::string problem) {
  return {.value = std::nullopt, .problem = std::move(problem)};
}

bool alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return alphanumeric(c) || c == '-' || c == '.' || c == '_';
  });
}

bool is_bracketed_address(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return alphanumeric(c) || c == ':' || c == '.' || c == '%';
  });
}

bool in_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::optional<std::uint16_t> read_port(std::string_view digits) {
  std::uint16_t port = 0;
  auto const* const end = digits.data() + digits.size();
  auto const [stopped, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc{} || stopped != end || port == 0) return std::nullopt;
  return port;
}

/// "host:port" or "[v6]:port" into `to`, whose scheme is known. The problem, if there is one.
std::string read_authority(std::string_view authority, url& to) {
  if (authority.find('@') != std::string_view::npos) {
    return "a user name in the URL is not supported, browsers do not send it either";
  }
  auto rest = authority;
  if (authority.starts_with('[')) {
    auto const end = authority.find(']');
    if (end == std::string_view::npos) return "the ] behind the IPv6 address is missing";
    to.host = authority.substr(1, end - 1);
    if (!is_bracketed_address(to.host)) return in_quotes(to.host) + " is not an IPv6 address";
    rest.remove_prefix(end + 1);
  } else {
    to.host = authority.substr(0, authority.find(':'));
    if (to.host.empty()) return "the host is missing";
    if (!in_ascii(to.host)) {
      return in_quotes(to.host) +
             " is not a host name; one with other letters than ASCII is written " +
             "in the form that begins with xn--";
    }
    if (!is_name(to.host)) return in_quotes(to.host) + " is not a host name";
    rest.remove_prefix(to.host.size());
  }
  to.port = to.tls() ? port_of_https : port_of_http;
  if (rest.empty()) return {};
  auto const port = rest.front() == ':' ? read_port(rest.substr(1)) : std::nullopt;
  if (!port) return in_quotes(rest) + " is not a port: a number from 1 to 65535 behind a colon";
  to.port = *port;
  return {};
}

std::string lower(std::string_view text) {
  std::string made{text};
  std::transform(made.begin(), made.end(), made.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return made;
}

/// What is wrong with the scheme, and what was probably meant.
std::string scheme_problem(std::string_view text, std::string const& scheme,
                           std::string_view behind) {
  if (scheme.empty()) {
    return in_quotes(text) + " has no scheme; perhaps wss://" + std::string{text} + " is meant";
  }
  if (scheme == "http" || scheme == "https") {
    return "peers reach a tracker by WebSocket, not by HTTP; perhaps " +
           std::string{scheme == "https" ? "wss" : "ws"} + "://" + std::string{behind} +
           " is meant";
  }
  return in_quotes(scheme + "://") + " is not a WebSocket URL; doctor takes ws:// and wss://";
}

struct split_url {
  std::string scheme;  // in lower case; empty: there is none
  std::string_view behind;
};

split_url split(std::string_view text) {
  auto const colon = text.find("://");
  if (colon == std::string_view::npos) return {.scheme = {}, .behind = text};
  return {.scheme = lower(text.substr(0, colon)), .behind = text.substr(colon + 3)};
}

}  // namespace

std::string url::host_field() const {
  auto const bare = host.find(':') == std::string::npos ? host : "[" + host + "]";
  auto const own = port == (tls() ? port_of_https : port_of_http);
  return own ? bare : bare + ":" + std::to_string(port);
}

url_reading read_tracker_url(std::string_view text) {
  auto const [scheme, behind] = split(text);
  if (scheme != "ws" && scheme != "wss") return wrong(scheme_problem(text, scheme, behind));
  auto const end = std::min(behind.find_first_of("/?#"), behind.size());
  url made{.scheme = scheme};
  if (auto problem = read_authority(behind.substr(0, end), made); !problem.empty()) {
    return wrong(std::move(problem));
  }
  auto const target = behind.substr(end);
  if (target.find('#') != std::string_view::npos) {
    return wrong("a WebSocket URL has no # part");
  }
  if (!in_ascii(target)) {
    return wrong("blanks and letters other than ASCII in the path are written as %20 and the like");
  }
  if (!target.empty()) made.target = (target.front() == '/' ? "" : "/") + std::string{target};
  return {.value = std::move(made), .problem = {}};
}

url_reading read_internal_url(std::string_view text) {
  auto const [scheme, behind] = split(text);
  if (scheme != "http") {
    return wrong(in_quotes(text) +
                 " is not the internal listener, which is reached like http://127.0.0.1:8001");
  }
  url made{.scheme = scheme};
  auto authority = behind;
  if (authority.ends_with('/')) authority.remove_suffix(1);
  if (auto problem = read_authority(authority, made); !problem.empty()) {
    return wrong(std::move(problem));
  }
  return {.value = std::move(made), .problem = {}};
}

}  // namespace waggle::doctor
