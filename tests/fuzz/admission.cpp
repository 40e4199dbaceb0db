// SPDX-License-Identifier: Apache-2.0
// Fuzz target of admission: any request target and Origin before a directory of each kind of tenant
// and a gate that knows which tokens are good. Who is let in must satisfy every rule, read here a
// second time and as plainly as possible.
#include "server/session/admission.hpp"

#include "protocol/tenant_name.hpp"
#include "server/core/ban_list.hpp"
#include "server/core/tenant_directory.hpp"
#include "server/session/request_target.hpp"
#include "server/session/token_gate.hpp"
#include "tests/fuzz/input_bytes.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace waggle;
using fuzz::require;

/// Good tokens are "TENANT:g..."; "TENANT:go..." those for one kind of page.
class lettered_gate final : public token_gate {
 public:
  explicit lettered_gate(std::string_view pattern) : pattern_(pattern) {}

  [[nodiscard]] token_verdict check(std::string_view token, tenant_id tenant) const override {
    ++asked;
    auto const colon = token.find(':');
    auto const rest =
        colon == std::string_view::npos ? std::string_view{} : token.substr(colon + 1);
    if (!rest.starts_with('g')) return {.refused = admission_reason::token_expired};
    auto const name = token.substr(0, colon);
    if ((name.empty() ? tenant_id::none : tenant_id_of(name)) != tenant) {
      return {.refused = admission_reason::token_foreign};
    }
    grant made{.token = token_id{{static_cast<std::uint8_t>(rest.size())}}, .tenant = tenant};
    if (rest.starts_with("go")) made.origins = origin_filter{{std::string{pattern_}}};
    return {.granted = std::make_shared<grant const>(std::move(made))};
  }
  [[nodiscard]] std::string claimed_tenant(std::string_view token) const override {
    auto const colon = token.find(':');
    return colon == std::string_view::npos ? std::string{} : std::string{token.substr(0, colon)};
  }

  mutable int asked = 0;

 private:
  std::string_view pattern_;
};

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// As the comment of matches_origin() says it: a star takes nothing, or one character more.
bool naive_match(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    if (naive_match(pattern.substr(1), text)) return true;
    return !text.empty() && text[0] != '/' && naive_match(pattern, text.substr(1));
  }
  return !text.empty() && lower(pattern[0]) == lower(text[0]) &&
         naive_match(pattern.substr(1), text.substr(1));
}

/// The same for texts of any length, from the end of the pattern to its front: whether what is left
/// of it is for what is left of the text.
bool table_match(std::string_view pattern, std::string_view text) {
  std::vector<std::uint8_t> row(text.size() + 1);
  row[text.size()] = 1;
  for (auto in_pattern = pattern.size(); in_pattern-- > 0;) {
    auto const wanted = pattern[in_pattern];
    for (std::size_t at = 0; at < text.size() && wanted != '*'; ++at) {
      row[at] = lower(wanted) == lower(text[at]) ? row[at + 1] : 0;
    }
    if (wanted != '*') row[text.size()] = 0;
    for (auto at = text.size(); at-- > 0 && wanted == '*';) {
      if (text[at] != '/' && row[at + 1] != 0) row[at] = 1;
    }
  }
  return row[0] != 0;
}

void check_match(std::string_view pattern, std::string_view text) {
  bool const found = matches_origin(pattern, text);
  require(found == table_match(pattern, text));
  if (std::ranges::count(pattern, '*') <= 4 && text.size() <= 32) {
    require(found == naive_match(pattern, text));
  }
}

/// Long ones: whoever tried again for every star would not come back from these.
void check_long_match(std::string_view pattern, std::string_view text) {
  std::string long_pattern;
  std::string long_text;
  while (!pattern.empty() && long_pattern.size() < 256) long_pattern += pattern;
  while (!text.empty() && long_text.size() < origin_bytes_max) long_text += text;
  check_match(long_pattern, long_text);
  check_match(long_pattern + '!', long_text);
}

bool naive_admits(std::string_view pattern, std::string_view origin) {
  if (origin.size() > origin_bytes_max) return false;
  if (pattern == "none") return origin.empty();
  return !origin.empty() && (pattern == "*" || table_match(pattern, origin));
}

std::string naive_token(std::string_view target) {
  auto const mark = target.find('?');
  if (mark == std::string_view::npos) return {};
  std::string const wanted = target.substr(0, mark).ends_with("/peerjs") ? "&key=" : "&token=";
  auto const query = '&' + std::string{target.substr(mark + 1)};
  auto const at = query.find(wanted);
  if (at == std::string::npos) return {};
  auto const text = query.substr(at + wanted.size(), query.find('&', at + 1) - at - wanted.size());
  auto const is_digit = [&](std::size_t which) {
    return which < text.size() && std::isxdigit(static_cast<unsigned char>(text[which])) != 0;
  };
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool const is_escape = text[i] == '%' && is_digit(i + 1) && is_digit(i + 2);
    decoded +=
        is_escape ? static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)) : text[i];
    if (is_escape) i += 2;
  }
  return decoded;
}

std::optional<std::string> naive_tenant(std::string_view target) {
  auto const path = target.substr(0, target.find('?'));
  if (path.substr(0, 3) != "/t/") return std::nullopt;
  auto const rest = path.substr(3);
  return std::string{rest.substr(0, rest.find('/'))};
}

request_target check_target(std::string_view target) {
  auto const asked = parse_target(target);
  require(asked.token == naive_token(target));
  auto const name = naive_tenant(target);
  require(asked.tenant.has_value() == name.has_value() && (!name || *asked.tenant == *name));
  if (asked.tenant) {
    require(asked.tenant->data() >= target.data() &&
            asked.tenant->data() + asked.tenant->size() <= target.data() + target.size());
  }
  return asked;
}

/// One tenant of each rule, and the unnamed if `kinds` says so.
tenant_directory directory_of(std::uint32_t kinds, std::string_view pattern) {
  tenant_directory::policies all;
  auto const add = [&](std::string_view name, token_rule rule, bool with_origins) {
    tenant_policy policy{.name = std::string{name}, .tokens = rule};
    if (!name.empty()) policy.id = tenant_id_of(name);
    if (with_origins) policy.origins = origin_filter{{std::string{pattern}}};
    all.push_back(std::make_shared<tenant_policy const>(std::move(policy)));
  };
  if ((kinds & 1U) != 0) add("", token_rule{static_cast<std::uint8_t>(kinds >> 1U & 3U)}, false);
  if ((kinds & 8U) != 0) return tenant_directory{std::move(all)};
  add("a", token_rule::ignored, true);
  add("b", token_rule::optional, false);
  add("c", token_rule::at_connect, true);
  add("d", token_rule::in_announce, false);
  return tenant_directory{std::move(all)};
}

struct trial {
  std::string_view pattern;
  admission_request request;
  request_target asked;
  tenant_directory const& tenants;
  ban_list const& bans;
  lettered_gate const* gate;
};

void check_admitted(trial const& it, admission_decision const& decision) {
  auto const* const policy = it.tenants.find(decision.tenant);
  require(policy != nullptr && !it.bans.bans(policy->id) && !it.bans.bans(it.request.address));
  if (it.tenants.has_names() && it.asked.tenant) require(policy->name == *it.asked.tenant);
  require(policy->origins.empty() || naive_admits(it.pattern, it.request.origin));

  if (policy->tokens == token_rule::ignored || it.gate == nullptr) return require(!decision.token);
  require(!it.asked.token.empty() || policy->tokens != token_rule::at_connect);
  require((decision.token != nullptr) == !it.asked.token.empty());
  if (!decision.token) return;
  auto const verdict = it.gate->check(it.asked.token, policy->id);
  require(verdict.granted && verdict.granted->token == decision.token->token);
  require(decision.token->tenant == policy->id && !it.bans.bans(decision.token->token));
  require(verdict.granted->origins.empty() || naive_admits(it.pattern, it.request.origin));
}

void check_refused(trial const& it, admission_decision const& decision) {
  auto const* const policy = it.tenants.find(decision.tenant);
  require(!decision.token && refusal_for(*decision.refused).status >= 401);
  switch (*decision.refused) {
    case admission_reason::banned:
    case admission_reason::token_invalid:
    case admission_reason::token_expired:
    case admission_reason::token_foreign:
      return;
    case admission_reason::tenant_unknown:
    case admission_reason::tenant_missing:
      if (it.asked.tenant && it.tenants.has_names()) {
        require(it.tenants.find(*it.asked.tenant) == nullptr);
      }
      return;
    case admission_reason::origin:
      return require(policy != nullptr && !naive_admits(it.pattern, it.request.origin));
    case admission_reason::token_missing:
      return require(policy != nullptr && it.asked.token.empty());
    default:
      return require(false);  // what is counted comes later
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  fuzz::input_bytes input{data, size};
  auto const kinds = input.byte();
  auto const banned = input.byte();
  auto const pattern = input.line();
  auto const origin = input.line();
  auto const target = input.line();

  if (pattern.size() <= 256 && origin.size() <= 2 * origin_bytes_max) {
    check_match(pattern, origin);
    if ((kinds & 16U) != 0) check_long_match(pattern.substr(0, 64), origin.substr(0, 64));
    origin_filter const filter{{std::string{pattern}}};
    require(filter.admits(origin) == naive_admits(pattern, origin));
  }

  ban_list::parts parts;
  auto const address = *parse_ip_address("192.0.2.1");
  if (banned % 16 == 15) parts.addresses.push_back(*parse_ip_network("192.0.2.0/24"));
  if ((banned & 16U) != 0) parts.tenants.push_back(tenant_id_of("b"));
  if ((banned & 32U) != 0) parts.tokens.push_back(token_id{{2}});
  ban_list const bans{parts};
  auto const tenants = directory_of(kinds, pattern);
  lettered_gate const gate{pattern};
  bool const has_gate = kinds < 224;

  auto const asked = check_target(target);
  if (pattern.size() > 256 || origin.size() > 2 * origin_bytes_max) return 0;
  auto const decision = decide_admission({.target = target, .origin = origin, .address = address},
                                         {tenants, bans, has_gate ? &gate : nullptr});
  require(gate.asked <= 1);
  trial const it{pattern, {target, origin, address}, asked, tenants,
                 bans,    has_gate ? &gate : nullptr};
  decision.refused ? check_refused(it, decision) : check_admitted(it, decision);
  return 0;
}
