// SPDX-License-Identifier: Apache-2.0
#include "server/auth/claims_json.hpp"

#include "server/auth/jwk.hpp"

#include <algorithm>
#include <limits>

namespace waggle::auth {
namespace {

constexpr double seconds_max = 253'402'300'799.0;  // the end of the year 9999

/// Reads the members of one object; the first that is wrong makes the whole wrong.
class claims_reader {
 public:
  claims_reader(json_t const* object, token_limits const& limits)
      : object_(object), limits_(limits) {}

  [[nodiscard]] bool ok() const { return ok_; }

  /// A NumericDate (RFC 7519 section 2); fractions are cut off.
  std::optional<std::chrono::sys_seconds> time(char const* name) {
    auto const* value = json_object_get(object_, name);
    if (value == nullptr) return std::nullopt;
    auto const seconds = json_number_value(value);
    if (!json_is_number(value) || !(seconds >= 0 && seconds <= seconds_max)) return wrong();
    return std::chrono::sys_seconds{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
  }

  std::string name(char const* name) {
    auto const* value = json_object_get(object_, name);
    if (value == nullptr) return {};
    return text(value, limits_.name_bytes_max).value_or("");
  }

  struct list_bound {
    std::size_t entries_max;
    std::size_t bytes_max;
  };
  /// Strings, or one alone.
  std::optional<std::vector<std::string>> list(char const* name, list_bound bound) {
    auto const* value = json_object_get(object_, name);
    if (value == nullptr) return std::nullopt;
    std::vector<std::string> entries;
    auto const take = [&](json_t const* entry) {
      if (auto read = text(entry, bound.bytes_max)) entries.push_back(std::move(*read));
    };
    if (!json_is_array(value)) {
      take(value);
      return entries;
    }
    if (json_array_size(value) > bound.entries_max) return wrong();
    for (std::size_t i = 0; i < json_array_size(value); ++i) take(json_array_get(value, i));
    return entries;
  }

  /// A star elsewhere than at the end would be taken for a wildcard that it is not.
  void require_prefixes(std::vector<std::string> const& patterns) {
    for (auto const& pattern : patterns) {
      auto const star = pattern.find('*');
      if (star != std::string::npos && star + 1 != pattern.size()) ok_ = false;
    }
  }

  token_caps caps() {
    auto const* value = json_object_get(object_, "cap");
    if (value == nullptr) return {};
    if (!json_is_object(value)) ok_ = false;
    return {.connections = count(value, "connections"),
            .swarms = count(value, "swarms"),
            .offers = count(value, "offers")};
  }

 private:
  std::nullopt_t wrong() {
    ok_ = false;
    return std::nullopt;
  }

  std::optional<std::string> text(json_t const* value, std::size_t bytes_max) {
    auto const read = text_of(value);
    if (!read || read->empty() || read->size() > bytes_max || has_control_characters(*read)) {
      return wrong();
    }
    return std::string{*read};
  }

  std::optional<std::uint32_t> count(json_t const* caps, char const* name) {
    auto const* value = json_object_get(caps, name);
    if (value == nullptr) return std::nullopt;
    auto const number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 ||
        number > std::numeric_limits<std::uint32_t>::max()) {
      return wrong();
    }
    return static_cast<std::uint32_t>(number);
  }

  json_t const* object_;
  token_limits const& limits_;
  bool ok_ = true;
};

void put(json_t* object, char const* name, json_owner value, bool& ok) {
  if (json_object_set_new(object, name, value.release()) != 0) ok = false;
}

json_owner time_json(std::chrono::sys_seconds when) {
  return json_owner{json_integer(when.time_since_epoch().count())};
}

json_owner list_json(std::vector<std::string> const& entries, bool& ok) {
  json_owner list{json_array()};
  for (auto const& entry : entries) {
    if (json_array_append_new(list.get(), json_text(entry).release()) != 0) ok = false;
  }
  return list;
}

json_owner caps_json(token_caps const& caps, bool& ok) {
  json_owner object{json_object()};
  auto const count = [&](char const* name, std::optional<std::uint32_t> value) {
    if (value) put(object.get(), name, json_owner{json_integer(*value)}, ok);
  };
  count("connections", caps.connections);
  count("swarms", caps.swarms);
  count("offers", caps.offers);
  return object;
}

}  // namespace

std::optional<token_claims> read_claims(json_t const* object, token_limits const& limits) {
  if (!json_is_object(object)) return std::nullopt;
  claims_reader reader{object, limits};
  auto const expires = reader.time("exp");
  if (!expires) return std::nullopt;
  token_claims claims{.expires = *expires};
  claims.not_before = reader.time("nbf");
  claims.issuer = reader.name("iss");
  claims.audiences = reader.list("aud", {limits.audiences_max, limits.name_bytes_max})
                         .value_or(std::vector<std::string>{});
  claims.id = reader.name("jti");
  claims.subject = reader.name("sub");
  claims.tenant = reader.name("tid");
  claims.swarms = reader.list("swm", {limits.swarms_max, limits.swarm_bytes_max});
  if (claims.swarms) reader.require_prefixes(*claims.swarms);
  claims.origin_globs = reader.list("org", {limits.origins_max, limits.origin_bytes_max});
  claims.caps = reader.caps();
  if (!reader.ok()) return std::nullopt;
  return claims;
}

json_owner write_claims(token_claims const& claims) {
  json_owner object{json_object()};
  auto ok = object != nullptr;
  auto const name = [&](char const* key, std::string const& value) {
    if (!value.empty()) put(object.get(), key, json_text(value), ok);
  };
  name("iss", claims.issuer);
  name("sub", claims.subject);
  if (!claims.audiences.empty()) put(object.get(), "aud", list_json(claims.audiences, ok), ok);
  put(object.get(), "exp", time_json(claims.expires), ok);
  if (claims.not_before) put(object.get(), "nbf", time_json(*claims.not_before), ok);
  name("jti", claims.id);
  name("tid", claims.tenant);
  if (claims.swarms) put(object.get(), "swm", list_json(*claims.swarms, ok), ok);
  if (claims.origin_globs) put(object.get(), "org", list_json(*claims.origin_globs, ok), ok);
  if (claims.caps != token_caps{}) put(object.get(), "cap", caps_json(claims.caps, ok), ok);
  return ok ? std::move(object) : nullptr;
}

}  // namespace waggle::auth
