// SPDX-License-Identifier: Apache-2.0
#include "server/bans.hpp"

#include "protocol/ip_address.hpp"
#include "protocol/tenant_name.hpp"
#include "server/auth/token_verifier.hpp"
#include "server/log.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace waggle {
namespace {

using storage::ban_kind;
using storage::ban_record;
using storage::wall_time;

std::vector<std::uint8_t> bytes_of(std::string_view hex) {
  std::vector<std::uint8_t> bytes(hex.size() / 2);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto const* const digits = hex.data() + 2 * at;
    std::from_chars(digits, digits + 2, bytes[at], 16);
  }
  return bytes;
}

template <class Id>
std::optional<Id> id_of(std::string_view hex) {
  auto const bytes = bytes_of(hex);
  if (bytes.size() != Id::bytes) return std::nullopt;
  Id id;
  std::ranges::copy(bytes, id.value.begin());
  return id;
}

/// A value that is no longer understood bans nobody.
void add_to(ban_list::parts& parts, ban_record const& ban) {
  switch (ban.kind) {
    case ban_kind::address:
      if (auto const network = parse_ip_network(ban.value)) parts.addresses.push_back(*network);
      return;
    case ban_kind::info_hash:
      if (auto const hash = id_of<info_hash>(ban.value)) parts.hashes.push_back(*hash);
      return;
    case ban_kind::peer_id_prefix:
      if (!ban.value.empty()) parts.peer_prefixes.push_back(bytes_of(ban.value));
      return;
    case ban_kind::tenant:
      return parts.tenants.push_back(ban.value.empty() ? tenant_id::none : tenant_id_of(ban.value));
    case ban_kind::token:
      if (auto const slash = ban.value.find('/'); slash != std::string::npos) {
        parts.tokens.push_back(
            auth::token_id_of(ban.value.substr(0, slash), ban.value.substr(slash + 1)));
      } else if (auto const digest = id_of<token_id>(ban.value)) {
        parts.tokens.push_back(*digest);
      }
  }
}

std::string text_of(ban_record const& ban) {
  return "id=" + std::to_string(ban.id) + " " + std::string{name_of(ban.kind)} + "=" + ban.value;
}

}  // namespace

bans::bans(net::asio::io_context& loop, ban_options options, storage::store& store,
           installation install)
    : options_(std::move(options)),
      store_(store),
      audit_(store, options_.now),
      install_(std::move(install)),
      next_look_(loop.get_executor()) {}

void bans::restore(storage::loaded const& kept) {
  next_id_ = std::max(next_id_, kept.next_ban_id);
  for (auto const& ban : kept.bans) {
    next_id_ = std::max(next_id_, ban.id + 1);
    if (bans_.size() < options_.bans_max) bans_.push_back(ban);
  }
  std::ranges::sort(bans_, {}, &ban_record::id);
  end_those_over();
  if (!bans_.empty()) publish();
  look_for_ended();
}

admin_result<ban_record> bans::add(ban_request const& wanted, std::span<ip_network const> never,
                                   std::string_view by) {
  auto const attempt = std::string{name_of(wanted.kind)} + "=" + wanted.value.substr(0, 100);
  auto const fail = [&](admin_error why) -> admin_result<ban_record> {
    audit_.note(by, "ban.add", attempt + ": " + why.text, /*ok=*/false);
    return why;
  };
  auto value = ban_value(wanted.kind, wanted.value, never);
  if (!value) return fail(value.error());
  if (wanted.lasts && *wanted.lasts <= std::chrono::seconds{0}) {
    return fail({admin_error::kind::invalid, "a ban lasts at least a second"});
  }
  if (wanted.reason.size() > options_.reason_bytes_max) {
    return fail(
        {admin_error::kind::invalid,
         "the reason is longer than " + std::to_string(options_.reason_bytes_max) + " bytes"});
  }
  auto const same = std::ranges::find_if(bans_, [&](ban_record const& other) {
    return other.kind == wanted.kind && other.value == *value;
  });
  if (same == bans_.end() && bans_.size() >= options_.bans_max) {
    return fail({admin_error::kind::full,
                 "there are " + std::to_string(options_.bans_max) + " bans already"});
  }
  if (same != bans_.end()) end(static_cast<std::size_t>(same - bans_.begin()));
  auto const now = options_.now();
  bans_.push_back({.id = next_id_++,
                   .kind = wanted.kind,
                   .value = *std::move(value),
                   .reason = wanted.reason,
                   .by = std::string{by},
                   .since = now,
                   .until = wanted.lasts ? now + *wanted.lasts : wall_time::max()});
  storage::fact const set = bans_.back();
  store_.apply({&set, 1});
  audit_.note(by, "ban.add", text_of(bans_.back()), /*ok=*/true);
  publish();
  look_for_ended();
  return bans_.back();
}

admin_result<void> bans::lift(std::uint64_t id, std::string_view by) {
  auto const found = std::ranges::find(bans_, id, &ban_record::id);
  if (found == bans_.end()) {
    return admin_error{admin_error::kind::not_found, "there is no ban " + std::to_string(id)};
  }
  audit_.note(by, "ban.lift", text_of(*found), /*ok=*/true);
  end(static_cast<std::size_t>(found - bans_.begin()));
  publish();
  return boost::system::in_place_value;
}

void bans::end(std::size_t at) {
  storage::fact const lifted = storage::ban_lifted{bans_[at].id};
  store_.apply({&lifted, 1});
  bans_.erase(bans_.begin() + static_cast<std::ptrdiff_t>(at));
}

void bans::publish() {
  ban_list::parts parts;
  for (auto const& ban : bans_) add_to(parts, ban);
  install_(std::make_shared<ban_list const>(parts));
}

// A look now and then, instead of a timer for each: the wall clock may be set meanwhile.
void bans::look_for_ended() {
  auto const ends = [](ban_record const& ban) { return ban.until != wall_time::max(); };
  if (looking_ || std::ranges::none_of(bans_, ends)) return;
  looking_ = true;
  next_look_.expires_after(options_.expiry_check);
  next_look_.async_wait([this](net::error_code const& cancelled) {
    if (cancelled) return;
    looking_ = false;
    auto const before = bans_.size();
    end_those_over();
    if (bans_.size() != before) publish();
    look_for_ended();
  });
}

void bans::end_those_over() {
  auto const now = options_.now();
  for (auto at = bans_.size(); at-- > 0;) {
    if (bans_[at].until > now) continue;
    audit_.note("expiry", "ban.lift", text_of(bans_[at]), /*ok=*/true);
    end(at);
  }
}

}  // namespace waggle
