// SPDX-License-Identifier: Apache-2.0
// Reads the page, starts the proxies, waits until they listen.
#include "tests/proxies/real_proxy.hpp"

#include "tests/support/stream.hpp"

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace waggle::test {
namespace {

/// Daemons live in a folder that is not on everybody's PATH.
std::string program(std::string const& name) {
  for (std::string const folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/"}) {
    if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
  }
  return name;
}

bool listens(endpoint const& at) {
  try {
    auto plain = at;
    plain.scheme = "ws";
    static_cast<void>(stream::connect(plain));
    return true;
  } catch (std::runtime_error const&) {
    return false;
  }
}

}  // namespace

std::string snippet(std::string_view title) {
  std::ifstream page{WAGGLE_OPERATIONS_PAGE};
  auto const first_line = "# " + std::string{title};
  std::string block;
  std::string line;
  for (bool inside = false, fence = false; std::getline(page, line);) {
    if (line.starts_with("```")) {
      if (inside) return block;
      fence = !fence;
      continue;
    }
    inside = inside || (fence && line == first_line);
    if (inside) block += line + "\n";
  }
  throw std::runtime_error("docs/operations.md has no block " + first_line);
}

std::string with(std::string text, std::string_view from, std::string_view to) {
  auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("no " + std::string{from} + " in " + text);
  for (; at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::uint16_t free_port() {
  int const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  bool const bound = ::bind(fd, reinterpret_cast<sockaddr const*>(&at), size) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) == 0;
  ::close(fd);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(at.sin_port);
}

std::string address_of(endpoint const& at) {
  return at.authority();
}

real_proxy real_proxy::nginx(endpoint const& at, std::string const& configuration) {
  std::string text = "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr warn;\n";
  text += "events {}\nhttp {\naccess_log off;\n";
  for (std::string const kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text += kind + "_temp_path " + kind + ";\n";
  }
  real_proxy made{at, "nginx.conf", text + configuration + "}\n"};
  made.start({program("nginx"), "-p", made.folder_->path(""), "-c", made.file_, "-e", "stderr"});
  return made;
}

real_proxy real_proxy::haproxy(endpoint const& at, std::string const& configuration) {
  real_proxy made{at, "haproxy.cfg", "global\n  maxconn 100\n\n" + configuration};
  made.start({program("haproxy"), "-db", "-f", made.file_});
  return made;
}

real_proxy real_proxy::caddy(endpoint const& at, std::string const& configuration) {
  // No port for its administration, none for redirects, no certificate authority of its own.
  std::string const options = "{\nadmin off\nauto_https off\nskip_install_trust\n}\n";
  real_proxy made{at, "Caddyfile", options + configuration};
  made.start({program("caddy"), "run", "--config", made.file_, "--adapter", "caddyfile"},
             {{"XDG_DATA_HOME", made.folder_->path("data")},
              {"XDG_CONFIG_HOME", made.folder_->path("config")}});
  return made;
}

real_proxy::real_proxy(endpoint at, std::string const& name, std::string const& configuration)
    : at_(std::move(at)), file_(folder_->write(name, configuration)) {}

void real_proxy::start(std::vector<std::string> const& command,
                       child_process::environment const& extra) {
  child_ = std::make_unique<child_process>(command, extra);
  if (eventually([this] { return listens(at_) || !child_->running(); }) && child_->running())
    return;
  throw std::runtime_error(command[0] + " does not listen:\n" + child_->err() + child_->out());
}

real_proxy::~real_proxy() {
  if (!child_) return;  // moved from
  child_->signal(SIGTERM);
  static_cast<void>(child_->wait(2s));  // then it is killed
}

}  // namespace waggle::test
