// SPDX-License-Identifier: Apache-2.0
// Who is sent what: replies, and slices of the message at hand.
#include "tests/load/floor/tracker.hpp"

#include <algorithm>
#include <charconv>

namespace waggle::floor {
namespace {

using std::string_view_literals::operator""sv;

auto constexpr announce_hash = R"({"action":"announce","info_hash":)"sv;

/// Copies the parts, one behind the other.
template <class... Parts>
void splice(char* to, Parts const&... parts) {
  ((std::memcpy(to, parts.data(), parts.size()), to += parts.size()), ...);
}

template <class... Parts>
std::size_t size_of(Parts const&... parts) {
  return (parts.size() + ...);
}

}  // namespace

char* tracker::grow_text(connection& to, std::size_t size) {
  if (!to.dirty) {
    to.dirty = true;
    dirty.push_back(&to);
  }
  return grow_frame(to.out, 1, size);
}

void tracker::handle(connection& from, std::string_view text) {
  slicer{text}.read(message_);
  if (message_.action == R"("scrape")"sv) {
    auto constexpr nothing = R"({"action":"scrape","files":{}})"sv;
    splice(grow_text(from, nothing.size()), nothing);
    return;
  }
  if (message_.info_hash.empty() || message_.peer_id.empty()) return;
  if (message_.answer.starts_with('{')) return relay_answer(from);
  auto& in = join(from);
  reply(from, in);
  if (!message_.offers.empty()) relay_offers(from, in);
  if (message_.event == R"("stopped")"sv) {
    auto const own = std::find_if(from.memberships.begin(), from.memberships.end(), [&](auto& one) {
      return one.in == &in && one.peer_id == message_.peer_id;
    });
    remove(from, *own);
    from.memberships.erase(own);
  }
}

/// The swarm of the message, of which the sender is a member then. Most find it by looking at what
/// they are in already.
swarm& tracker::join(connection& from) {
  for (auto const& known : from.memberships) {
    if (known.peer_id == message_.peer_id && known.in->info_hash == message_.info_hash) {
      return *known.in;
    }
  }
  auto found = swarms_.find(message_.info_hash);
  if (found == swarms_.end()) {
    found =
        swarms_.emplace(message_.info_hash, swarm{std::string{message_.info_hash}, {}, {}}).first;
  }
  auto& in = found->second;
  auto const position = static_cast<std::uint32_t>(in.members.size());
  auto const [at, is_new] = in.positions.try_emplace(std::string{message_.peer_id}, position);
  if (is_new) {
    in.members.push_back({&from, at->first});
  } else {
    in.members[at->second].at = &from;  // the newer connection of a peer
  }
  from.memberships.push_back({&in, at->first});
  return in;
}

void tracker::remove(connection& from, membership const& gone) {
  auto& in = *gone.in;
  auto const at = in.positions.find(gone.peer_id);
  if (at == in.positions.end() || in.members[at->second].at != &from) return;
  auto const last = in.members.back();
  in.members[at->second] = last;
  in.positions.find(last.peer_id)->second = at->second;
  in.members.pop_back();
  in.positions.erase(at);
}

void tracker::leave_all(connection& from) {
  for (auto const& one : from.memberships) remove(from, one);
  from.memberships.clear();
}

void tracker::reply(connection& to, swarm const& in) {
  char digits[24];
  auto const end = std::to_chars(digits, digits + sizeof digits, in.members.size()).ptr;
  std::string_view const count{digits, static_cast<std::size_t>(end - digits)};
  auto constexpr middle = R"(,"interval":120,"complete":0,"incomplete":)"sv;
  splice(grow_text(to, size_of(announce_hash, in.info_hash, middle, count, "}"sv)), announce_hash,
         in.info_hash, middle, count, "}"sv);
}

/// To a run of members from a random place on: as many as there are offers, each another one.
void tracker::relay_offers(connection& from, swarm const& in) {
  auto const count = in.members.size();
  auto at = random_() % count;
  auto offer = message_.offers.begin();
  for (std::size_t seen = 0; seen < count && offer != message_.offers.end(); ++seen) {
    auto& to = *in.members[at].at;
    if (++at == count) at = 0;
    if (&to == &from) continue;
    auto constexpr peer = R"(,"peer_id":)"sv;
    auto constexpr id = R"(,"offer_id":)"sv;
    auto constexpr body = R"(,"offer":)"sv;
    auto const size = size_of(announce_hash, message_.info_hash, peer, message_.peer_id, id,
                              offer->id, body, offer->offer, "}"sv);
    splice(grow_text(to, size), announce_hash, message_.info_hash, peer, message_.peer_id, id,
           offer->id, body, offer->offer, "}"sv);
    ++offer;
  }
}

void tracker::relay_answer(connection& from) {
  auto const* in = from.memberships.empty() ? nullptr : from.memberships.front().in;
  if (in == nullptr || in->info_hash != message_.info_hash) {
    auto const found = swarms_.find(message_.info_hash);
    if (found == swarms_.end()) return;
    in = &found->second;
  }
  auto const at = in->positions.find(message_.to_peer_id);
  if (at == in->positions.end()) return;
  auto& to = *in->members[at->second].at;
  auto constexpr peer = R"(,"peer_id":)"sv;
  auto constexpr id = R"(,"offer_id":)"sv;
  auto constexpr body = R"(,"answer":)"sv;
  auto const size = size_of(announce_hash, message_.info_hash, peer, message_.peer_id, id,
                            message_.offer_id, body, message_.answer, "}"sv);
  splice(grow_text(to, size), announce_hash, message_.info_hash, peer, message_.peer_id, id,
         message_.offer_id, body, message_.answer, "}"sv);
}

}  // namespace waggle::floor
