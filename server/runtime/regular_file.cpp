// SPDX-License-Identifier: Apache-2.0
#include "server/runtime/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace waggle::runtime {
namespace {

std::int64_t nanoseconds(timespec const& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

file_identity identity_of(struct stat const& found) {
  return {.device = found.st_dev,
          .inode = found.st_ino,
          .bytes = found.st_size,
          .modified_ns = nanoseconds(found.st_mtim),
          .changed_ns = nanoseconds(found.st_ctim)};
}

std::string text_of(int error) {
  return std::generic_category().message(error);
}

/// Why these are no bytes to read; empty: they are.
std::string objection(struct stat const& found, std::size_t bytes_max) {
  if (!S_ISREG(found.st_mode)) return "not a regular file";
  if (static_cast<std::size_t>(found.st_size) > bytes_max) {
    return "longer than " + std::to_string(bytes_max) + " bytes";
  }
  return {};
}

class descriptor {
 public:
  explicit descriptor(int number) : number_(number) {}
  descriptor(descriptor const&) = delete;
  descriptor& operator=(descriptor const&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

/// Reads to the end of the file, however long it was when it was looked at.
void read_all(int from, std::size_t bytes_max, file_content& into) {
  auto& bytes = into.bytes;
  bytes.resize(bytes_max + 1);
  std::size_t total = 0;
  while (total < bytes.size()) {
    auto const got = ::read(from, bytes.data() + total, bytes.size() - total);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) into.problem = text_of(errno);
    if (got <= 0) break;
    total += static_cast<std::size_t>(got);
  }
  if (total > bytes_max) into.problem = "longer than " + std::to_string(bytes_max) + " bytes";
  bytes.resize(into.problem.empty() ? total : 0);
  bytes.shrink_to_fit();
}

}  // namespace

file_identity identify(std::string const& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {.error = errno};
  return identity_of(found);
}

file_content read_regular_file(std::string const& path, file_limits const& limits) {
  file_content made;
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    made.identity.error = errno;
    made.problem = text_of(errno);
    return made;
  }
  made.identity = identity_of(found);
  // Before it is opened: to open a device can do something to it.
  made.problem = objection(found, limits.bytes_max);
  if (!made.problem.empty()) return made;
  // What is there may be another file by now, hence O_NONBLOCK and a second look.
  descriptor const file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
  made.fresh = true;  // until the file was read: nothing is known of it, so the next look reads it
  if (file.number() < 0 || ::fstat(file.number(), &found) != 0) {
    made.problem = text_of(errno);
    return made;
  }
  made.identity = identity_of(found);
  made.problem = objection(found, limits.bytes_max);
  if (!made.problem.empty()) return made;
  read_all(file.number(), limits.bytes_max, made);
  std::chrono::nanoseconds const now = std::chrono::system_clock::now().time_since_epoch();
  std::chrono::nanoseconds const written{
      std::max(made.identity.modified_ns, made.identity.changed_ns)};
  made.fresh = !made.problem.empty() || now - written < limits.clock_tick;
  return made;
}

}  // namespace waggle::runtime
