// SPDX-License-Identifier: Apache-2.0
// The one table of settings. Loading (file, environment, flags), print-config, the JSON schema and
// docs/configuration.md are all derived from it, so that they cannot drift apart. Pure.
#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace waggle {

/// A setting inside a `settings`. Its type says how it is written: std::uint32_t is a count,
/// std::size_t a number of bytes, milliseconds a duration, an enum one of a few words.
using value_ref =
    std::variant<bool*, std::uint32_t*, std::size_t*, std::chrono::milliseconds*, std::string*,
                 endpoint_setting*, std::vector<endpoint_setting>*, std::vector<std::string>*,
                 std::vector<ip_network>*, std::vector<origin_setting>*,
                 std::vector<secret_setting>*, std::vector<ice_url_setting>*,
                 forwarded_header_field*, access_mode_setting*, access_refusal*,
                 ice_policy_setting*, log_level*, log_format*>;

/// Inclusive. Of what depends on the type: the count, bytes, or milliseconds themselves; the length
/// in bytes of a string; the number of items of a list; the position of an enum's word.
struct value_bounds {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

struct field {
  std::string_view section;
  std::string_view name;
  value_ref (*in)(settings& all);
  value_bounds bounds;
  bool reloadable = false;     // takes effect without a restart
  std::string_view flag = {};  // short flag of the command line, if it has one
  std::string_view doc;
  bool secret = false;  // never printed: see printable()
};

/// Every setting, sections together, in the order of the documentation.
[[nodiscard]] std::span<field const> field_table();

struct section_row {
  std::string_view name;
  std::string_view doc;
  bool of_tenant = false;  // every tenant may have one of its own
};

/// The sections in the order of field_table().
[[nodiscard]] std::span<section_row const> section_table();

/// What is said of the object `tenants`, which is no section: it has sections by tenant.
extern std::string_view const tenants_doc;

/// Whether every tenant may have a value of its own of this setting.
[[nodiscard]] bool is_of_tenant(field const& which);

/// What `of` says, where the settings of connections that name no tenant are.
[[nodiscard]] settings as_settings(tenant_settings const& of);
/// The other way round.
[[nodiscard]] tenant_settings as_tenant(settings const& all);

/// Whether a tenant may be called so: 1 to 63 of a-z, 0-9, '-' and '_', the first no sign.
[[nodiscard]] bool is_tenant_name(std::string_view name);

/// "session.ping_after".
[[nodiscard]] std::string key_of(field const& which);

/// "WAGGLE_SESSION_PING_AFTER".
[[nodiscard]] std::string environment_name_of(field const& which);

/// @return null if no setting has that key ("section.name").
[[nodiscard]] field const* find_field(std::string_view key);

/// The words of each enum, in the order of its values.
[[nodiscard]] std::span<std::string_view const> words_of(forwarded_header_field);
[[nodiscard]] std::span<std::string_view const> words_of(access_mode_setting);
[[nodiscard]] std::span<std::string_view const> words_of(access_refusal);
[[nodiscard]] std::span<std::string_view const> words_of(ice_policy_setting);
[[nodiscard]] std::span<std::string_view const> words_of(log_level);
[[nodiscard]] std::span<std::string_view const> words_of(log_format);

template <class T>
concept worded = requires(T value) {
  words_of(value);
};

}  // namespace waggle
