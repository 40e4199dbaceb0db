// SPDX-License-Identifier: Apache-2.0
// What people and editors read about the configuration, all derived from the table of fields:
// the commented file, the JSON schema and docs/configuration.md. Pure.
#pragma once

#include "config/fields.hpp"

#include <string>

namespace waggle {

/// A configuration file with every setting, its value in `values`, its bounds and explanation.
/// Loading it gives `values` again.
[[nodiscard]] std::string configuration_text(settings const& values = {});

/// The same without comments, on one line; secrets are masked.
[[nodiscard]] std::string configuration_json(settings const& values);

/// What one tenant has of its own, as the configuration has it below its name; likewise.
[[nodiscard]] std::string tenant_json(tenant_settings const& values);

/// JSON schema (draft 2020-12) of the configuration file.
[[nodiscard]] std::string configuration_schema();

/// The text of docs/configuration.md.
[[nodiscard]] std::string configuration_markdown();

}  // namespace waggle
