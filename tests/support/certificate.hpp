// SPDX-License-Identifier: Apache-2.0
// A certificate and its key as PEM files in a folder that lives as long as the object.
#pragma once

#include <chrono>
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

class certificate;

struct certificate_options {
  long serial = 1;
  bool rsa = false;  // else an elliptic curve
  std::chrono::seconds valid_for = std::chrono::hours{24};
  std::string passphrase = {};  // of the key; empty: none
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  bool authority = false;               // may sign others
  certificate const* issuer = nullptr;  // an authority; null: self-signed
};

class certificate {
 public:
  explicit certificate(certificate_options const& options = {});

  [[nodiscard]] std::string const& certificate_file() const { return certificate_file_; }
  [[nodiscard]] std::string const& key_file() const { return key_file_; }
  /// The same as text.
  [[nodiscard]] std::string const& certificate_pem() const { return certificate_pem_; }
  [[nodiscard]] std::string const& key_pem() const { return key_pem_; }

 private:
  std::string certificate_pem_;
  std::string key_pem_;
  temporary_folder folder_;
  std::string certificate_file_;
  std::string key_file_;
};

}  // namespace waggle::test
