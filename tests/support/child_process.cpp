// SPDX-License-Identifier: Apache-2.0
// fork, exec and wait for programs under test.
#include "tests/support/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <system_error>

namespace waggle::test {
namespace {

int anonymous_file(char const* name) {
  int const fd = ::memfd_create(name, MFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
  return fd;
}

std::string content(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || info.st_size <= 0) return {};
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  auto const got = ::pread(fd, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

}  // namespace

child_process::child_process(std::vector<std::string> const& arguments, environment const& extra)
    : out_(anonymous_file("stdout")), err_(anonymous_file("stderr")) {
  std::vector<std::string> copies = arguments;  // execvp wants char*, so it gets its own strings
  std::vector<char*> argv;
  argv.reserve(copies.size() + 1);
  for (auto& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);

  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed takes its server with it
    ::signal(SIGPIPE, SIG_DFL);
    // These are for the tests; a server would refuse them as settings that do not exist.
    ::unsetenv("WAGGLE_BIN");
    ::unsetenv("WAGGLE_ECHO_BIN");
    for (auto const& [name, value] : extra) ::setenv(name.c_str(), value.c_str(), 1);
    int const null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(null, STDIN_FILENO);
    ::dup2(out_, STDOUT_FILENO);
    ::dup2(err_, STDERR_FILENO);
    ::execvp(argv[0], argv.data());
    ::dprintf(STDERR_FILENO, "cannot run %s\n", argv[0]);
    ::_exit(127);
  }
}

child_process::~child_process() {
  if (running()) {
    signal(SIGKILL);
    static_cast<void>(wait(patience));
  }
  ::close(out_);
  ::close(err_);
}

void child_process::signal(int number) const {
  if (!exit_code_) ::kill(pid_, number);
}

std::optional<int> child_process::wait(milliseconds within) {
  static_cast<void>(eventually([this] { return !running(); }, within));
  return exit_code_;
}

bool child_process::running() {
  if (exit_code_) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

std::string child_process::out() const {
  return content(out_);
}
std::string child_process::err() const {
  return content(err_);
}

run_result run(std::vector<std::string> const& arguments, child_process::environment const& extra,
               milliseconds within) {
  child_process child{arguments, extra};
  auto const code = child.wait(within);
  if (!code) throw std::runtime_error(arguments.at(0) + " does not end: " + child.err());
  return {.code = *code, .out = child.out(), .err = child.err()};
}

}  // namespace waggle::test
