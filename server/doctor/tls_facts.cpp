// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/tls_facts.hpp"

#include <arpa/inet.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>

namespace waggle::doctor {
namespace {

std::string text_of(ASN1_STRING const* from) {
  unsigned char* bytes = nullptr;
  auto const size = ::ASN1_STRING_to_UTF8(&bytes, from);
  if (size < 0) return {};
  std::string text(bytes, bytes + size);
  ::OPENSSL_free(bytes);
  return text;
}

/// The common name, or the organisation where there is none.
std::string text_of(X509_NAME const* name) {
  for (int const part : {NID_commonName, NID_organizationName}) {
    auto const at = ::X509_NAME_get_index_by_NID(name, part, -1);
    if (at < 0) continue;
    return text_of(::X509_NAME_ENTRY_get_data(::X509_NAME_get_entry(name, at)));
  }
  return "nobody named";
}

std::string address_of(ASN1_OCTET_STRING const* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  auto const family = ::ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ::ASN1_STRING_length(bytes) != 16) return {};
  ::inet_ntop(family, ::ASN1_STRING_get0_data(bytes), text.data(), text.size());
  return text.data();
}

std::vector<std::string> names_of(X509 const* certificate) {
  std::vector<std::string> names;
  std::unique_ptr<GENERAL_NAMES, decltype(&::GENERAL_NAMES_free)> const list{
      static_cast<GENERAL_NAMES*>(
          ::X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      &::GENERAL_NAMES_free};
  for (int i = 0; list && i < sk_GENERAL_NAME_num(list.get()); ++i) {
    auto const* const name = sk_GENERAL_NAME_value(list.get(), i);
    if (name->type == GEN_DNS) names.push_back(text_of(name->d.dNSName));
    if (name->type == GEN_IPADD) names.push_back(address_of(name->d.iPAddress));
  }
  if (names.empty()) names.push_back(text_of(::X509_get_subject_name(certificate)));
  return names;
}

std::chrono::system_clock::time_point time_of(ASN1_TIME const* from) {
  std::tm parts{};
  if (::ASN1_TIME_to_tm(from, &parts) != 1) return {};
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

}  // namespace

tls_facts read_tls_facts(SSL const* connection, std::vector<chain_fault> faults) {
  tls_facts facts;
  facts.protocol = ::SSL_get_version(connection);
  facts.cipher = ::SSL_CIPHER_get_name(::SSL_get_current_cipher(connection));
  facts.faults = std::move(faults);
  auto const* const chain = ::SSL_get_peer_cert_chain(connection);
  facts.chain_length = chain == nullptr ? 0 : static_cast<std::size_t>(::sk_X509_num(chain));
  auto const* const own = ::SSL_get0_peer_certificate(connection);
  if (own == nullptr) return facts;
  facts.names = names_of(own);
  facts.issuer = text_of(::X509_get_issuer_name(own));
  facts.not_before = time_of(::X509_get0_notBefore(own));
  facts.not_after = time_of(::X509_get0_notAfter(own));
  return facts;
}

bool has_system_authorities() {
  auto const place = [](char const* variable, char const* otherwise) {
    char const* const named = std::getenv(variable);
    return std::filesystem::path{named != nullptr ? named : otherwise};
  };
  std::error_code ignored;
  return std::filesystem::is_regular_file(
             place(::X509_get_default_cert_file_env(), ::X509_get_default_cert_file()), ignored) ||
         std::filesystem::directory_iterator{
             place(::X509_get_default_cert_dir_env(), ::X509_get_default_cert_dir()), ignored} !=
             std::filesystem::directory_iterator{};
}

}  // namespace waggle::doctor
