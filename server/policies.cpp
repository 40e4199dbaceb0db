// SPDX-License-Identifier: Apache-2.0
#include "server/policies.hpp"

#include "config/content_file.hpp"
#include "config/hash_list.hpp"
#include "protocol/tenant_name.hpp"
#include "server/auth/key_set.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace waggle {
namespace {

std::uint32_t or_any(std::uint32_t most) {
  return most == 0 ? UINT32_MAX : most;
}

/// One tenant on its way to a policy; tells what is wrong with its settings by their keys.
class tenant_builder {
 public:
  tenant_builder(std::string name, tenant_settings const& from, policy_files& files,
                 std::vector<std::string>& problems)
      : name_(std::move(name)), from_(from), files_(files), problems_(problems) {}

  [[nodiscard]] std::shared_ptr<tenant_policy const> policy();
  /// Null: the tenant has no keys.
  [[nodiscard]] std::shared_ptr<auth::key_set const> keys();

 private:
  void refuse(std::string_view key, std::string_view what);
  /// The content of the file that a setting names; null if it cannot be read, which is told.
  [[nodiscard]] std::string const* content_of(std::string_view key, std::string const& path,
                                              std::size_t bytes_max);
  void add_hashes(std::string_view key, std::string const& path, std::vector<info_hash>& to);
  [[nodiscard]] access_policy access();
  [[nodiscard]] std::shared_ptr<content_book const> content();
  [[nodiscard]] token_rule rule() const;
  [[nodiscard]] std::shared_ptr<ice_plan const> ice() const;

  std::string name_;
  tenant_settings const& from_;
  policy_files& files_;
  std::vector<std::string>& problems_;
};

void tenant_builder::refuse(std::string_view key, std::string_view what) {
  auto text = name_.empty() ? std::string{} : "tenants." + name_ + ".";
  problems_.push_back(text.append(key).append(": ").append(what));
}

std::string const* tenant_builder::content_of(std::string_view key, std::string const& path,
                                              std::size_t bytes_max) {
  auto const& file = files_.read(path, bytes_max);
  if (file.problem.empty()) return &file.bytes;
  refuse(key, "cannot read \"" + path + "\": " + file.problem);
  return nullptr;
}

void tenant_builder::add_hashes(std::string_view key, std::string const& path,
                                std::vector<info_hash>& to) {
  if (path.empty()) return;
  auto const* const text = content_of(key, path, hash_list_limits{}.bytes_max);
  if (text == nullptr) return;
  auto const list = read_hash_list(path, *text);
  for (auto const& wrong : list.problems) refuse(key, to_string(wrong));
  for (auto const& each : list.swarms) to.push_back(each.hash());
}

access_policy tenant_builder::access() {
  auto const& wanted = from_.access;
  std::vector<info_hash> listed;
  std::vector<info_hash> denied;
  for (auto const& hex : wanted.info_hashes) {  // 40 digits, or load() would have refused them
    if (auto const hash = parse_info_hash(hex)) listed.push_back(hash->hash());
  }
  auto const mode = static_cast<access_mode>(wanted.mode);
  if (mode == access_mode::registered) listed.clear();  // the mode does not speak of these
  if (mode == access_mode::allow || mode == access_mode::registered) {
    add_hashes("access.allow_file", wanted.allow_file, listed);
  }
  add_hashes("access.deny_file", wanted.deny_file, denied);
  return access_policy{mode, std::move(listed), std::move(denied)};
}

std::shared_ptr<content_book const> tenant_builder::content() {
  auto const& path = from_.access.content_file;
  if (path.empty()) return nullptr;
  auto const* const text = content_of("access.content_file", path, content_file_limits{}.bytes_max);
  if (text == nullptr) return nullptr;
  auto const read = read_contents(path, *text);
  for (auto const& wrong : read.problems) refuse("access.content_file", to_string(wrong));
  return std::make_shared<content_book const>(read.titles);
}

std::shared_ptr<auth::key_set const> tenant_builder::keys() {
  auto const& wanted = from_.tokens;
  if (wanted.secrets.empty() && wanted.jwks_file.empty()) return nullptr;
  auth::key_sources sources;
  for (auto const& [kid, secret] : wanted.secrets) sources.secrets.push_back({kid, secret});
  if (!wanted.jwks_file.empty()) {
    auto const* const text =
        content_of("tokens.jwks_file", wanted.jwks_file, auth::key_limits{}.jwk_set_bytes_max);
    if (text == nullptr) return nullptr;
    sources.jwk_set = *text;
  }
  auto made = auth::make_key_set(sources);
  for (auto const& wrong : made.problems) refuse("tokens", wrong);
  return made.keys;
}

token_rule tenant_builder::rule() const {
  auto const& tokens = from_.tokens;
  if (tokens.secrets.empty() && tokens.jwks_file.empty()) return token_rule::ignored;
  if (from_.access.mode != access_mode_setting::token) return token_rule::optional;
  return tokens.in_announce ? token_rule::in_announce : token_rule::at_connect;
}

std::shared_ptr<ice_plan const> tenant_builder::ice() const {
  auto const& wanted = from_.ice;
  ice_plan plan{.stun_urls = {},
                .turn_urls = {},
                .turn_secret = wanted.turn_secret,
                .turn_ttl = std::chrono::round<std::chrono::seconds>(wanted.turn_ttl)};
  for (auto const& [url] : wanted.urls) {
    (url.starts_with("stun") ? plan.stun_urls : plan.turn_urls).push_back(url);
  }
  return std::make_shared<ice_plan const>(std::move(plan));
}

std::shared_ptr<tenant_policy const> tenant_builder::policy() {
  auto const& wanted = from_.access;
  tenant_policy made{.id = name_.empty() ? tenant_id::none : tenant_id_of(name_),
                     .name = name_,
                     .access = access(),
                     .content = content()};
  std::vector<std::string> patterns;
  for (auto const& origin : wanted.origins) patterns.push_back(origin.pattern);
  made.origins = origin_filter{std::move(patterns)};
  made.ice = static_cast<sdp::ice_policy>(wanted.ice_policy);
  made.tokens = rule();
  made.refusal = {
      .mode = static_cast<refusal_mode>(wanted.refusal),
      .denied_interval = std::max(std::chrono::round<std::chrono::seconds>(wanted.denied_interval),
                                  std::chrono::seconds{1}),
      .warning = wanted.warning};
  made.limits = {.connections_max = or_any(from_.limits.connections_max),
                 .swarms_max = or_any(from_.limits.swarms_max),
                 .messages_per_second = or_any(from_.limits.messages_per_second),
                 .memberships_max = or_any(from_.limits.memberships_max),
                 .members_max = or_any(from_.limits.members_max)};
  made.ice_servers = ice();
  return std::make_shared<tenant_policy const>(std::move(made));
}

token_standard standard_of(std::string const& name, tokens_settings const& from,
                           std::shared_ptr<auth::key_set const> keys) {
  return {.tenant = name,
          .keys = std::move(keys),
          .issuer = from.issuer,
          .audience = from.audience,
          .leeway = std::chrono::round<std::chrono::seconds>(from.leeway),
          .grace = std::chrono::round<std::chrono::seconds>(from.reconnect_grace),
          .connections_max = or_any(from.connections_max)};
}

}  // namespace

policy_build build_policies(settings const& from, policy_files& files,
                            token_office::wall_clock const& now) {
  policy_build result;
  tenant_directory::policies policies;
  token_office::standards standards;
  std::unordered_map<tenant_id, std::string> by_id;
  auto const add = [&](std::string const& name, tenant_settings const& tenant) {
    tenant_builder builder{name, tenant, files, result.problems};
    policies.push_back(builder.policy());
    // The configuration has looked at its own (config/check.cpp); operators add to them.
    auto const [same, fresh] = by_id.emplace(policies.back()->id, name);
    if (!fresh) {
      result.problems.push_back("tenants." + name + ": cannot be told from tenants." +
                                same->second + " (their digests are the same)");
    }
    if (auto keys = builder.keys()) {
      standards.emplace(policies.back()->id, standard_of(name, tenant.tokens, std::move(keys)));
    }
  };
  tenant_settings const unnamed{
      .access = from.access, .tokens = from.tokens, .limits = from.limits, .ice = from.ice};
  if (from.tenants.empty() || from.access.unnamed) add({}, unnamed);
  for (auto const& [name, tenant] : from.tenants) add(name, tenant);
  result.made = {.tenants = std::make_shared<tenant_directory const>(std::move(policies)),
                 .tokens = std::make_shared<token_office const>(std::move(standards), now)};
  return result;
}

}  // namespace waggle
