// SPDX-License-Identifier: Apache-2.0
// One pass notes where the known members are, a second reads what the kind of message needs.
#include "protocol/json/number.hpp"
#include "protocol/json/string.hpp"
#include "protocol/native/codec.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace waggle::native {

struct codec::fields {
  json::value t, s, c, d, swarm, want, up, have, pos, token, links, id, resume, n, except, ok, ms,
      type, why, peer, p2p, cdn, i;
};

namespace {

template <class Fields>
struct member {
  std::string_view name;
  json::value Fields::*slot;
};

/// The text of a string without escapes: ids and tokens need none, and one that has some is none.
std::string_view plain_text(json::value const& from) {
  if (from.is != json::kind::string || from.escaped) return {};
  return from.raw.substr(1, from.raw.size() - 2);
}

template <class Number>
bool read_number(json::value const& from, std::uint64_t most, Number& into) {
  auto const number = json::whole_amount(from);
  if (!number || *number > most) return false;
  into = static_cast<Number>(*number);
  return true;
}

template <class Number>
bool read_if_there(json::value const& from, std::uint64_t most, std::optional<Number>& into) {
  if (from.is == json::kind::null) return true;
  Number number{};
  if (!read_number(from, most, number)) return false;
  into = number;
  return true;
}

bool read_flag(json::value const& from, bool& into) {
  if (from.is != json::kind::boolean) return false;
  into = from.raw == "true";
  return true;
}

/// Peers that a list names; what is no peer id is ignored, as is what is too much.
bool read_peers(json::value const& from, std::vector<peer_id>& into) {
  into.clear();
  if (from.is == json::kind::null) return true;
  if (from.is != json::kind::array) return false;
  json::reader in{from.raw, json_depth_max};
  in.enter();
  while (in.next_item()) {
    auto const peer = peer_from(plain_text(in.take()));
    if (peer && into.size() < named_peers_max) into.push_back(*peer);
  }
  return true;
}

template <class Value, std::size_t Count>
Value one_of(json::value const& from,
             std::array<std::pair<std::string_view, Value>, Count> const& names, Value otherwise) {
  for (auto const& [name, value] : names) {
    if (json::equals(from, name)) return value;
  }
  return otherwise;
}

constexpr std::array paths{
    std::pair{std::string_view{"host"}, path::host},
    std::pair{std::string_view{"srflx"}, path::srflx},
    std::pair{std::string_view{"prflx"}, path::prflx},
    std::pair{std::string_view{"relay"}, path::relay},
};
constexpr std::array failures{
    std::pair{std::string_view{"timeout"}, failure::timeout},
    std::pair{std::string_view{"ice"}, failure::ice},
    std::pair{std::string_view{"dtls"}, failure::dtls},
    std::pair{std::string_view{"refused"}, failure::refused},
};

constexpr std::uint64_t handle_max = UINT16_MAX;
constexpr std::uint64_t day_ms = 86'400'000;
/// A report of more is no report: at 10 Gbit/s it is a quarter of an hour.
constexpr std::uint64_t report_bytes_max = std::uint64_t{1} << 40U;

}  // namespace

codec::codec() {
  name_.reserve(swarm_name_bytes_max + 4);
}

bool codec::read(std::string_view text, fields& found) const {
  static constexpr std::array members{member<fields>{"t", &fields::t},
                                      member<fields>{"s", &fields::s},
                                      member<fields>{"c", &fields::c},
                                      member<fields>{"d", &fields::d},
                                      member<fields>{"swarm", &fields::swarm},
                                      member<fields>{"want", &fields::want},
                                      member<fields>{"up", &fields::up},
                                      member<fields>{"have", &fields::have},
                                      member<fields>{"pos", &fields::pos},
                                      member<fields>{"token", &fields::token},
                                      member<fields>{"links", &fields::links},
                                      member<fields>{"id", &fields::id},
                                      member<fields>{"resume", &fields::resume},
                                      member<fields>{"n", &fields::n},
                                      member<fields>{"not", &fields::except},
                                      member<fields>{"ok", &fields::ok},
                                      member<fields>{"ms", &fields::ms},
                                      member<fields>{"type", &fields::type},
                                      member<fields>{"why", &fields::why},
                                      member<fields>{"peer", &fields::peer},
                                      member<fields>{"p2p", &fields::p2p},
                                      member<fields>{"cdn", &fields::cdn},
                                      member<fields>{"i", &fields::i}};
  json::reader in{text, json_depth_max};
  auto const is_object = in.peek() == json::kind::object;
  if (!is_object) return false;
  in.enter();
  for (json::value key; in.next_member(key);) {
    auto const value = in.take();
    for (auto const& [name, slot] : members) {
      if (!json::equals(key, name)) continue;
      found.*slot = value;
      break;
    }
  }
  if (in.finish() == errc::ok) return true;
  found = {};  // half a message names nothing
  return false;
}

codec::decoded codec::decode(std::string_view text) {
  using namespace from_client;
  fields found;
  if (!read(text, found) || found.t.is != json::kind::string) return refuse(found);
  auto const is = [&](std::string_view kind) { return json::equals(found.t, kind); };

  auto good = true;
  if (is("ice")) {
    good = read_relay(found, relay_kind::ice);
  } else if (is("offer")) {
    good = read_relay(found, relay_kind::offer);
  } else if (is("answer")) {
    good = read_relay(found, relay_kind::answer);
  } else if (is("link")) {
    good = read_outcome(found);
  } else if (is("drop")) {
    good = read_drop(found);
  } else if (is("state")) {
    auto& said = said_.emplace<state>();
    good = read_number(found.s, handle_max, said.swarm) && read_state(found, said.changes);
  } else if (is("join")) {
    good = read_join(found);
  } else if (is("more")) {
    good = read_more(found);
  } else if (is("leave")) {
    good = read_number(found.s, handle_max, said_.emplace<leave>().swarm);
  } else if (is("hello")) {
    good = read_hello(found);
  } else if (is("report")) {
    auto& said = said_.emplace<report>();
    auto const read = [&](json::value const& from, std::uint64_t& into) {
      return from.is == json::kind::null || read_number(from, report_bytes_max, into);
    };
    good = read(found.p2p, said.p2p_bytes) && read(found.cdn, said.cdn_bytes) &&
           read(found.up, said.up_bytes);
  } else if (is("ping")) {
    good = read_if_there(found.i, link_number_max, said_.emplace<ping>().number);
  } else {
    said_.emplace<unknown>();
  }
  if (!good) return refuse(found);
  return &said_;
}

bool codec::read_hello(fields const& found) {
  auto& said = said_.emplace<from_client::hello>();
  said.resume = plain_text(found.resume);
  said.token = plain_text(found.token);
  if (found.id.is == json::kind::null) return true;
  said.id = peer_from(plain_text(found.id));
  return said.id.has_value();
}

bool codec::read_state(fields const& found, peer_state& into) const {
  into = {};
  std::optional<std::uint64_t> want;
  if (!read_if_there(found.want, UINT32_MAX, want) || !read_if_there(found.have, 100, into.have)) {
    return false;
  }
  if (want) into.want = static_cast<std::uint8_t>(std::min<std::uint64_t>(*want, want_max));
  if (found.up.is != json::kind::null) {
    bool up = false;
    if (!read_flag(found.up, up)) return false;
    into.up = up;
  }
  if (found.pos.is == json::kind::null) return true;
  auto const position = json::amount(found.pos);  // players say fractions
  if (!position) return false;
  into.position_s = static_cast<std::uint32_t>(std::min<std::uint64_t>(*position, UINT32_MAX - 1));
  return true;
}

bool codec::read_more(fields const& found) {
  auto& said = said_.emplace<from_client::more>();
  std::optional<std::uint64_t> count;
  if (!read_number(found.s, handle_max, said.swarm) || !read_peers(found.except, said.except) ||
      !read_if_there(found.n, UINT32_MAX, count)) {
    return false;
  }
  if (count) said.count = static_cast<std::uint8_t>(std::min<std::uint64_t>(*count, more_max));
  return true;
}

bool codec::read_join(fields const& found) {
  auto& said = said_.emplace<from_client::join>();
  if (!read_number(found.s, handle_max, said.swarm) || !read_state(found, said.state) ||
      !read_peers(found.links, said.links) || found.swarm.is != json::kind::string) {
    return false;
  }
  said.token = plain_text(found.token);
  said.name = plain_text(found.swarm);
  if (found.swarm.escaped) {
    name_.clear();
    if (!json::unescape(found.swarm, swarm_name_bytes_max, name_)) return false;
    said.name = name_;
  }
  return !said.name.empty() && said.name.size() <= swarm_name_bytes_max;
}

bool codec::read_relay(fields const& found, relay_kind kind) {
  auto& said = said_.emplace<from_client::relay>();
  said.kind = kind;
  said.description = {found.d.raw};
  auto const is = found.d.is;
  auto const described =
      kind == relay_kind::ice ? is == json::kind::array : is == json::kind::object;
  return read_number(found.s, handle_max, said.swarm) &&
         read_number(found.c, link_number_max, said.link) &&
         (described || is == json::kind::string);
}

bool codec::read_outcome(fields const& found) {
  auto& said = said_.emplace<from_client::outcome>();
  if (!read_number(found.s, handle_max, said.swarm) ||
      !read_number(found.c, link_number_max, said.link) || !read_flag(found.ok, said.open)) {
    return false;
  }
  auto const took = json::amount(found.ms).value_or(0);
  said.took_ms = static_cast<std::uint32_t>(std::min(took, day_ms));
  said.over = one_of(found.type, paths, path::unknown);
  said.why = one_of(found.why, failures, failure::other);
  return true;
}

bool codec::read_drop(fields const& found) {
  auto& said = said_.emplace<from_client::drop>();
  if (!read_number(found.s, handle_max, said.swarm)) return false;
  if (found.c.is != json::kind::null) return read_number(found.c, link_number_max, said.link);
  said.with = peer_from(plain_text(found.peer));
  return said.with.has_value();
}

codec::decoded codec::refuse(fields const& found) const {
  refusal why{.why = error::bad_message};
  static_cast<void>(read_if_there(found.s, handle_max, why.swarm));
  static_cast<void>(read_if_there(found.c, link_number_max, why.link));
  return why;
}

}  // namespace waggle::native
