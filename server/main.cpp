// SPDX-License-Identifier: Apache-2.0
// The program `waggle`: what the command line asks for, done by the part that can.
#include "config/cli.hpp"
#include "config/commands.hpp"
#include "config/content_command.hpp"
#include "server/app.hpp"
#include "server/doctor/doctor.hpp"
#include "server/health.hpp"
#include "server/store_service.hpp"
#include "server/token_command.hpp"

#include <unistd.h>

#include <chrono>
#include <exception>
#include <iostream>

namespace {

int run_serve(waggle::load_sources const& sources) {
  auto const loaded = waggle::load(sources);
  if (!loaded.ok()) {
    waggle::print_problems(loaded.problems, std::cerr);
    return waggle::exit_refused;
  }
  return waggle::serve(loaded.values, {.sources = sources}, std::cout, std::cerr);
}

int run_health(waggle::cli const& line) {
  waggle::health_request request{.live = line.live};
  if (line.timeout) request.timeout = *line.timeout;
  return waggle::run_health(waggle::sources_of(line, environ), request, std::cout, std::cerr);
}

int run_doctor(waggle::doctor_line const& line) {
  waggle::doctor::request asked{.url = line.url,
                                .insecure = line.insecure,
                                .ca = line.ca,
                                .internal = line.internal,
                                .from = line.from,
                                .info_hash = line.info_hash,
                                .json = line.json,
                                .version = waggle::version_text()};
  if (line.idle) asked.idle = *line.idle;
  if (line.timeout) asked.timeout = *line.timeout;
  return waggle::doctor::run_doctor(asked, std::cout, std::cerr);
}

std::chrono::sys_seconds now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

int run(waggle::cli const& line) {
  switch (line.run) {
    case waggle::cli::command::serve:
      return run_serve(waggle::sources_of(line, environ));
    case waggle::cli::command::health:
      return run_health(line);
    case waggle::cli::command::doctor:
      return run_doctor(line.doctor);
    case waggle::cli::command::content:
      return waggle::run_content(line.content_file, std::cout, std::cerr);
    case waggle::cli::command::token:
      return waggle::run_token(line.token, now(), std::cout, std::cerr);
    case waggle::cli::command::check_config:
      return waggle::run_check_config(waggle::sources_of(line, environ), std::cout, std::cerr,
                                      waggle::check_storage);
    case waggle::cli::command::print_config:
      return waggle::run_print_config(line.schema     ? waggle::config_document::schema
                                      : line.markdown ? waggle::config_document::markdown
                                                      : waggle::config_document::commented_file,
                                      std::cout);
    case waggle::cli::command::version:
      return waggle::run_version(std::cout);
  }
  return waggle::exit_usage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    auto const line = waggle::parse_cli(waggle::waggle_program(), argc, argv, std::cout, std::cerr);
    if (auto const* const code = std::get_if<int>(&line)) return *code;
    return run(std::get<waggle::cli>(line));
  } catch (std::exception const& error) {
    std::cerr << "waggle: " << error.what() << '\n';
    return waggle::exit_refused;
  }
}
