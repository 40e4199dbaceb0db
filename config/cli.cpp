// SPDX-License-Identifier: Apache-2.0
// The command line, read by CLI11. Its exceptions end here.
#include "config/cli.hpp"

#include "config/commands.hpp"
#include "config/content_options.hpp"
#include "config/fields.hpp"
#include "config/token_options.hpp"
#include "config/units.hpp"

#include <CLI/CLI.hpp>

#include <deque>
#include <ostream>

namespace waggle {
namespace {

struct short_flag {
  field const* which = nullptr;
  std::vector<std::string> values;
};

// Options may stand before the subcommand and behind it; each place collects its own, so that none
// overwrites the other.
struct option_set {
  std::string config_file;
  std::deque<short_flag> short_flags;  // a deque: CLI11 holds references into it
  std::vector<std::string> assignments;
};

std::string placeholder(field const& row) {
  settings any;
  auto const value = row.in(any);
  if (std::holds_alternative<std::uint32_t*>(value)) return "N";
  if (row.name == "url") return "URL";
  if (std::holds_alternative<std::string*>(value)) return "FILE";
  if (std::holds_alternative<log_level*>(value)) return "LEVEL";
  if (std::holds_alternative<std::vector<ip_network>*>(value)) return "NETWORK";
  return "ADDR:PORT";
}

bool is_list(field const& row) {
  settings any;
  auto const value = row.in(any);
  return std::holds_alternative<std::vector<endpoint_setting>*>(value) ||
         std::holds_alternative<std::vector<ip_network>*>(value);
}

bool is_switch(field const& row) {
  settings any;
  return std::holds_alternative<bool*>(row.in(any));
}

// The table's explanations are written for Markdown.
std::string plain(std::string_view doc) {
  std::string text{doc};
  text.erase(std::remove(text.begin(), text.end(), '`'), text.end());
  return text;
}

void add_options(CLI::App& app, option_set& to, bool with_config) {
  if (with_config) {
    app.add_option("--config", to.config_file, "Configuration file: JSON, comments allowed.")
        ->type_name("FILE");
  }
  for (auto const& row : field_table()) {
    if (row.flag.empty()) continue;
    auto& flag = to.short_flags.emplace_back(short_flag{.which = &row, .values = {}});
    if (is_switch(row)) {
      app.add_flag_callback(
          std::string{row.flag}, [&flag] { flag.values = {"true"}; }, plain(row.doc));
      continue;
    }
    auto const repeatable = is_list(row) ? " Repeatable." : "";
    app.add_option(std::string{row.flag}, flag.values, plain(row.doc) + repeatable)
        ->type_name(placeholder(row))
        ->type_size(1)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->take_all();
  }
  app.add_option("--set", to.assignments,
                 "Any setting, e.g. --set session.ping_after=25s. Repeatable; applied after the "
                 "short flags. waggle print-config lists them.")
      ->type_name("SECTION.FIELD=VALUE")
      ->type_size(1)
      ->expected(1)
      ->take_all();
}

// Moves what was collected into `line`.
void collect(option_set const& from, cli& line) {
  if (!from.config_file.empty()) line.config_file = from.config_file;
  for (auto const& flag : from.short_flags) {
    if (flag.values.empty()) continue;
    line.flags.push_back(
        {.key = key_of(*flag.which), .values = flag.values, .flag = std::string{flag.which->flag}});
  }
  for (auto const& assignment : from.assignments) {
    auto const equals = assignment.find('=');
    if (equals == std::string::npos) {
      throw CLI::ValidationError("--set",
                                 "expected SECTION.FIELD=VALUE, found \"" + assignment + "\"");
    }
    line.flags.push_back({.key = assignment.substr(0, equals),
                          .values = {assignment.substr(equals + 1)},
                          .flag = "--set"});
  }
}

void add_health(CLI::App& app, option_set& options, cli& line) {
  auto* health = app.add_subcommand("health", "Ask the running server; the exit code tells.");
  add_options(*health, options, /*with_config=*/true);
  health->add_flag("--live", line.live, "Whether it answers at all, not whether it is ready.");
  auto const read_timeout = [&line](std::string const& text) {
    line.timeout = parse_duration(text);
    auto const ok = line.timeout && line.timeout->count() > 0 && *line.timeout <= cli::timeout_max;
    if (ok) return;
    throw CLI::ValidationError(
        "--timeout", "expected a time up to 10m, like 500ms or 3s, found \"" + text + "\"");
  };
  health->add_option_function<std::string>("--timeout", read_timeout, "Wait no longer (3s).")
      ->type_name("TIME");
  health->callback([&line] { line.run = cli::command::health; });
}

/// "30" is seconds here, since that is what the option is called for; units are fine, too.
std::optional<std::chrono::milliseconds> seconds_or_duration(std::string const& text) {
  auto const bare = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return parse_duration(bare ? text + "s" : text);
}

void add_seconds(CLI::App& app, std::string const& name,
                 std::optional<std::chrono::milliseconds>& to, std::chrono::milliseconds least,
                 std::chrono::milliseconds most, std::string const& doc) {
  auto const read = [&to, name, least, most](std::string const& text) {
    to = seconds_or_duration(text);
    if (to && *to >= least && *to <= most) return;
    throw CLI::ValidationError(name, "expected seconds up to " +
                                         std::to_string(most.count() / 1000) + ", found \"" + text +
                                         "\"");
  };
  app.add_option_function<std::string>(name, read, doc)->type_name("SECONDS");
}

void add_doctor(CLI::App& app, cli& line) {
  auto& to = line.doctor;
  auto* doctor = app.add_subcommand(
      "doctor", "Connect to a tracker like two browsers would, and say what is wrong.");
  doctor->add_option("URL", to.url, "Where clients connect: wss://tracker.example.org/")
      ->required()
      ->type_name("");
  doctor->add_flag("--insecure", to.insecure, "Go on with a bad certificate, and report it.");
  doctor->add_option("--ca", to.ca, "PEM file of authorities to trust, too.")->type_name("FILE");
  add_seconds(*doctor, "--idle", to.idle, std::chrono::milliseconds{0}, doctor_line::idle_max,
              "How long to keep a silent connection, up to 300 (30); 0: not at all.");
  add_seconds(*doctor, "--timeout", to.timeout, std::chrono::milliseconds{1},
              doctor_line::timeout_max, "Wait no longer for each step (10).");
  doctor
      ->add_option("--internal", to.internal,
                   "The server's internal listener, to ask it whose address it sees.")
      ->type_name("URL");
  doctor->add_option("--from", to.from, "Address of this machine to connect from.")
      ->type_name("ADDR");
  doctor
      ->add_option("--info-hash", to.info_hash,
                   "Use this swarm, where the server does not serve random ones.")
      ->type_name("HEX");
  doctor->add_flag("--json", to.json, "Print an array of checks.");
  doctor->callback([&line] { line.run = cli::command::doctor; });
}

cli parse(CLI::App& app, cli_program const& program, int argc, char const* const* argv) {
  cli line;
  option_set before;
  option_set behind;
  auto show_version = false;
  app.add_flag("--version", show_version, "Print the version.");
  add_options(app, before, program.has_subcommands);
  if (program.has_subcommands) {
    app.require_subcommand(0, 1);
    auto* serve = app.add_subcommand("serve", "Run the server (the default).");
    add_health(app, behind, line);
    add_doctor(app, line);
    add_content(app, line);
    add_token(app, line);
    auto* check = app.add_subcommand("check-config", "Report everything wrong with the settings.");
    auto* print = app.add_subcommand("print-config", "Print every setting with its default.");
    auto* version = app.add_subcommand("version", "Print the version.");
    add_options(*serve, behind, /*with_config=*/true);
    add_options(*check, behind, /*with_config=*/true);
    auto* schema = print->add_flag("--schema", line.schema, "Print a JSON schema instead.");
    print->add_flag("--markdown", line.markdown, "Print the reference page instead.")
        ->excludes(schema);
    serve->callback([&line] { line.run = cli::command::serve; });
    check->callback([&line] { line.run = cli::command::check_config; });
    print->callback([&line] { line.run = cli::command::print_config; });
    version->callback([&line] { line.run = cli::command::version; });
  }
  app.parse(argc, argv);
  collect(before, line);
  collect(behind, line);
  if (show_version) line.run = cli::command::version;
  return line;
}

}  // namespace

cli_program waggle_program() {
  return {.name = "waggle",
          .description = "WebRTC signaling and WebTorrent tracker server.",
          .has_subcommands = true};
}

cli_program waggle_echo_program() {
  return {.name = "waggle-echo",
          .description = "Echoes every WebSocket message; for conformance tests.",
          .has_subcommands = false};
}

std::variant<cli, int> parse_cli(cli_program const& program, int argc, char const* const* argv,
                                 std::ostream& out, std::ostream& err) {
  CLI::App app{program.description, program.name};
  app.failure_message([](CLI::App const* failed, CLI::Error const& error) {
    return failed->get_name() + ": " + error.what() + "\nTry --help.\n";
  });
  try {
    return parse(app, program, argc, argv);
  } catch (CLI::ParseError const& error) {
    return app.exit(error, out, err) == 0 ? exit_ok : exit_usage;
  }
}

load_sources sources_of(cli const& line, char const* const* environment) {
  load_sources sources{.file_path = line.config_file,
                       .text = std::nullopt,
                       .environment = waggle_environment(environment),
                       .flags = line.flags};
  for (auto const& [name, value] : sources.environment) {
    if (name == "WAGGLE_CONFIG" && !value.empty() && !line.config_file) sources.file_path = value;
  }
  return sources;
}

}  // namespace waggle
