// SPDX-License-Identifier: Apache-2.0
// The command line of waggle and waggle-echo: subcommands and flags to values. The short flags come
// from the table of fields. Checks usage only; what the values mean is for load() to judge.
#pragma once

#include "config/load.hpp"
#include "config/token_line.hpp"

#include <chrono>
#include <iosfwd>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace waggle {

/// What a program of the family understands.
struct cli_program {
  std::string name;
  std::string description;
  bool has_subcommands = true;  // waggle: see cli::command; and --config
};

[[nodiscard]] cli_program waggle_program();
[[nodiscard]] cli_program waggle_echo_program();  // serves only, configured by flags only

/// What `waggle doctor` is asked, as it was written.
struct doctor_line {
  std::string url;
  bool insecure = false;
  bool json = false;
  std::optional<std::string> ca;
  std::optional<std::string> internal;
  std::optional<std::string> from;
  std::optional<std::string> info_hash;
  std::optional<std::chrono::milliseconds> idle;     // up to idle_max; 0: do not measure
  std::optional<std::chrono::milliseconds> timeout;  // up to timeout_max
  static constexpr std::chrono::milliseconds idle_max{300'000};
  static constexpr std::chrono::milliseconds timeout_max{600'000};
};

struct cli {
  enum class command { serve, health, doctor, content, token, check_config, print_config, version };

  command run = command::serve;
  std::optional<std::string> config_file;
  std::vector<flag_value> flags;
  bool schema = false;                               // print-config --schema
  bool markdown = false;                             // print-config --markdown
  bool live = false;                                 // health --live
  std::optional<std::chrono::milliseconds> timeout;  // health --timeout, up to timeout_max
  static constexpr std::chrono::milliseconds timeout_max{600'000};
  doctor_line doctor;
  std::string content_file;  // content FILE
  token_line token;
};

/// Reads the command line.
/// @return what to do, or the exit code where there is nothing left to do: help was written to
///         `out`, or wrong usage was explained on `err`.
[[nodiscard]] std::variant<cli, int> parse_cli(cli_program const& program, int argc,
                                               char const* const* argv, std::ostream& out,
                                               std::ostream& err);

/// The sources to load: the file and flags of `line`, and the environment. Where the line names no
/// file, WAGGLE_CONFIG does, unless it is empty.
/// @param environment  as in environ(7); null for none.
[[nodiscard]] load_sources sources_of(cli const& line, char const* const* environment);

}  // namespace waggle
