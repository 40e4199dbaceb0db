// SPDX-License-Identifier: Apache-2.0
// A self-signed certificate and its key as PEM files in a folder that lives as long as the object.
#pragma once

#include <string>

namespace waggle::test {

/// A folder of its own under the system's folder for temporary files, removed at the end.
class temporary_folder {
 public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(temporary_folder const&) = delete;
  temporary_folder& operator=(temporary_folder const&) = delete;

  [[nodiscard]] std::string path(std::string const& name) const { return root_ + "/" + name; }

  /// Writes a file and returns its path.
  std::string write(std::string const& name, std::string const& content) const;

 private:
  std::string root_;
};

class certificate {
 public:
  certificate();  // for 127.0.0.1, ::1 and localhost, valid for a day

  [[nodiscard]] std::string const& certificate_file() const { return certificate_file_; }
  [[nodiscard]] std::string const& key_file() const { return key_file_; }

 private:
  temporary_folder folder_;
  std::string certificate_file_;
  std::string key_file_;
};

}  // namespace waggle::test
