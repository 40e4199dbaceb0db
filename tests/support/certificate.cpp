// SPDX-License-Identifier: Apache-2.0
// Makes certificates with OpenSSL.
#include "tests/support/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace waggle::test {
namespace {

std::string pem(int (*write)(BIO*, void const*), void const* what) {
  std::unique_ptr<BIO, decltype(&::BIO_free)> const memory{::BIO_new(::BIO_s_mem()), &::BIO_free};
  if (write(memory.get(), what) != 1) throw std::runtime_error("cannot write PEM");
  char* bytes = nullptr;
  auto const size = BIO_get_mem_data(memory.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

using owned_bio = std::unique_ptr<BIO, decltype(&::BIO_free)>;

owned_bio reader(std::string const& text) {
  return {::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &::BIO_free};
}

void add_extension(X509* to, int which, std::string const& value) {
  std::unique_ptr<X509_EXTENSION, decltype(&::X509_EXTENSION_free)> const made{
      ::X509V3_EXT_conf_nid(nullptr, nullptr, which, value.c_str()), &::X509_EXTENSION_free};
  if (!made || ::X509_add_ext(to, made.get(), -1) != 1) throw std::runtime_error("bad " + value);
}

/// Signs with its own key, or names an authority as its issuer and signs with that one's.
void sign(X509* what, EVP_PKEY* own, certificate const* issuer) {
  if (issuer == nullptr) {
    ::X509_set_issuer_name(what, ::X509_get_subject_name(what));
    if (::X509_sign(what, own, ::EVP_sha256()) == 0) throw std::runtime_error("cannot sign");
    return;
  }
  std::unique_ptr<X509, decltype(&::X509_free)> const authority{
      ::PEM_read_bio_X509(reader(issuer->certificate_pem()).get(), nullptr, nullptr, nullptr),
      &::X509_free};
  std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> const key{
      ::PEM_read_bio_PrivateKey(reader(issuer->key_pem()).get(), nullptr, nullptr, nullptr),
      &::EVP_PKEY_free};
  ::X509_set_issuer_name(what, ::X509_get_subject_name(authority.get()));
  if (::X509_sign(what, key.get(), ::EVP_sha256()) == 0) throw std::runtime_error("cannot sign");
}

int write_certificate(BIO* to, void const* what) {
  return ::PEM_write_bio_X509(to, static_cast<X509 const*>(what));
}

struct sealed_key {
  EVP_PKEY const* key = nullptr;
  std::string const* passphrase = nullptr;
};

int write_key(BIO* to, void const* what) {
  auto const& [key, passphrase] = *static_cast<sealed_key const*>(what);
  return ::PEM_write_bio_PrivateKey(to, key, passphrase->empty() ? nullptr : ::EVP_aes_256_cbc(),
                                    reinterpret_cast<unsigned char const*>(passphrase->data()),
                                    static_cast<int>(passphrase->size()), nullptr, nullptr);
}

}  // namespace

temporary_folder::temporary_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "waggle-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
  root_ = pattern;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

std::string temporary_folder::write(std::string const& name, std::string const& content) const {
  std::ofstream{path(name), std::ios::binary} << content;
  return path(name);
}

certificate::certificate(certificate_options const& options) {
  std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> const key{
      options.rsa ? ::EVP_RSA_gen(2048) : ::EVP_EC_gen("prime256v1"), &::EVP_PKEY_free};
  std::unique_ptr<X509, decltype(&::X509_free)> const made{::X509_new(), &::X509_free};
  auto* const cert = made.get();
  ::X509_set_version(cert, 2);  // counts from 0: this is X.509 v3
  ::ASN1_INTEGER_set(::X509_get_serialNumber(cert), options.serial);
  ::X509_gmtime_adj(::X509_getm_notBefore(cert), -3600);
  ::X509_gmtime_adj(::X509_getm_notAfter(cert), options.valid_for.count());
  ::X509_set_pubkey(cert, key.get());
  auto* const name = ::X509_get_subject_name(cert);
  std::string const common_name = options.authority ? "Test Authority" : "localhost";
  ::X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_ASC,
      std::basic_string<unsigned char>(common_name.begin(), common_name.end()).c_str(), -1, -1, 0);
  add_extension(cert, NID_subject_alt_name, options.names);
  if (options.authority) add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
  sign(cert, key.get(), options.issuer);

  sealed_key const sealed{key.get(), &options.passphrase};
  certificate_pem_ = pem(&write_certificate, cert);
  key_pem_ = pem(&write_key, &sealed);
  certificate_file_ = folder_.write("certificate.pem", certificate_pem_);
  key_file_ = folder_.write("key.pem", key_pem_);
}

}  // namespace waggle::test
