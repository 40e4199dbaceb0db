// SPDX-License-Identifier: Apache-2.0
// Sockets with deadlines; OpenSSL over memory buffers.
#include "tests/support/stream.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace waggle::test {
namespace {

bool await(int fd, short events, milliseconds within) {
  pollfd wanted{.fd = fd, .events = events, .revents = 0};
  return ::poll(&wanted, 1, static_cast<int>(within.count())) > 0;
}

using resolved = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

resolved resolve(std::string const& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    throw std::runtime_error("not an address: " + host);
  return {found, &::freeaddrinfo};
}

bool bind_to(int fd, std::string const& address) {
  if (address.empty()) return true;
  auto const own = resolve(address, 0);
  return ::bind(fd, own->ai_addr, own->ai_addrlen) == 0;
}

int connected_socket(endpoint const& at) {
  auto const found = resolve(at.host, at.port);
  int const fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || !bind_to(fd, at.from) || ::connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
    std::string const why = std::strerror(errno);
    if (fd >= 0) ::close(fd);
    throw std::runtime_error("cannot connect to " + at.authority() + ": " + why);
  }
  int const on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

std::string openssl_error() {
  std::array<char, 256> text{};
  ::ERR_error_string_n(::ERR_get_error(), text.data(), text.size());
  return text.data();
}

}  // namespace

struct stream::tls_state {
  tls_state() = default;
  tls_state(tls_state const&) = delete;
  tls_state& operator=(tls_state const&) = delete;
  ~tls_state() {
    // OpenSSL forbids resuming a TLS 1.2 session whose connection ended without a close_notify.
    if (ssl) ::SSL_set_shutdown(ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }

  std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context{nullptr, &::SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&::SSL_free)> ssl{nullptr, &::SSL_free};
  BIO* in = nullptr;   // owned by ssl
  BIO* out = nullptr;  // owned by ssl
};

stream::stream(int fd) : fd_(fd) {}

stream::stream(stream&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), tls_(std::move(other.tls_)) {}

stream& stream::operator=(stream&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(tls_, other.tls_);
  return *this;
}

stream::~stream() {
  if (fd_ >= 0) ::close(fd_);
}

stream stream::connect(endpoint const& at, tls_options const& options) {
  stream made{connected_socket(at)};
  if (!made.send(at.preface)) throw std::runtime_error("the peer takes no preface");
  if (at.tls()) made.start_tls(options);
  return made;
}

bool stream::send(std::string_view bytes, milliseconds within) {
  if (!tls_) return send_raw(bytes, within);
  ::ERR_clear_error();
  if (!bytes.empty() &&
      ::SSL_write(tls_->ssl.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0)
    return false;
  return flush_tls(0, within);
}

bool stream::send_in_pieces(std::string_view bytes, std::size_t piece_bytes) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_bytes, bytes.size())))
    if (!send(bytes.substr(0, piece_bytes))) return false;
  return true;
}

stream::read_result stream::read(std::string& into, milliseconds within) {
  if (!tls_) return read_raw(into, within);
  deadline const until{within};
  for (;;) {
    std::array<char, 16'384> plain;
    ::ERR_clear_error();
    int const got = ::SSL_read(tls_->ssl.get(), plain.data(), static_cast<int>(plain.size()));
    if (got > 0) {
      into.append(plain.data(), static_cast<std::size_t>(got));
      return read_result::bytes;
    }
    if (::SSL_get_error(tls_->ssl.get(), got) != SSL_ERROR_WANT_READ) return read_result::closed;
    static_cast<void>(flush_tls(0, until.left()));
    std::string cipher;
    auto const raw = read_raw(cipher, until.left());
    if (raw != read_result::bytes) return raw;
    ::BIO_write(tls_->in, cipher.data(), static_cast<int>(cipher.size()));
  }
}

bool stream::closes(milliseconds within) {
  deadline const until{within};
  for (;;) {
    std::string ignored;
    auto const got = read(ignored, until.left());
    if (got == read_result::closed) return true;
    if (got == read_result::nothing) return false;
  }
}

void stream::shut_down() {
  ::shutdown(fd_, SHUT_WR);
}

void stream::reset() {
  linger const at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(fd_, -1));
}

int stream::tls_version() const {
  return ::SSL_version(tls_->ssl.get());
}

std::string stream::alpn() const {
  unsigned char const* name = nullptr;
  unsigned int size = 0;
  ::SSL_get0_alpn_selected(tls_->ssl.get(), &name, &size);
  return {name, name + size};
}

bool stream::resumed() const {
  return ::SSL_session_reused(tls_->ssl.get()) == 1;
}

std::shared_ptr<SSL_SESSION> stream::session() const {
  return {::SSL_get1_session(tls_->ssl.get()), &::SSL_SESSION_free};
}

long stream::serial() const {
  auto const* const shown = ::SSL_get0_peer_certificate(tls_->ssl.get());
  return shown == nullptr ? -1 : ::ASN1_INTEGER_get(::X509_get0_serialNumber(shown));
}

void stream::start_tls(tls_options const& options) {
  tls_ = std::make_unique<tls_state>();
  tls_->context.reset(::SSL_CTX_new(::TLS_client_method()));
  auto* const context = tls_->context.get();
  ::SSL_CTX_set_min_proto_version(context, options.version_min);
  ::SSL_CTX_set_max_proto_version(context, options.version_max);
  // TLS 1.0 and 1.1 need SHA-1 signatures, which the default security level does not offer.
  if (options.version_max < TLS1_2_VERSION) ::SSL_CTX_set_security_level(context, 0);
  tls_->ssl.reset(::SSL_new(context));
  auto* const ssl = tls_->ssl.get();
  if (!options.alpn.empty()) {
    auto const& alpn = options.alpn;
    std::basic_string<unsigned char> const wire(alpn.begin(), alpn.end());
    ::SSL_set_alpn_protos(ssl, wire.data(), static_cast<unsigned int>(wire.size()));
  }
  if (options.session) ::SSL_set_session(ssl, options.session.get());
  tls_->in = ::BIO_new(::BIO_s_mem());
  tls_->out = ::BIO_new(::BIO_s_mem());
  ::SSL_set_bio(ssl, tls_->in, tls_->out);
  ::SSL_set_connect_state(ssl);

  deadline const until{patience};
  std::size_t piece_bytes = options.hello_piece_bytes;
  for (;;) {
    ::ERR_clear_error();
    int const done = ::SSL_do_handshake(ssl);
    auto const why = ::SSL_get_error(ssl, done);
    if (!flush_tls(std::exchange(piece_bytes, 0), until.left()))
      throw std::runtime_error("closed during the TLS handshake");
    if (done == 1) return;
    if (why != SSL_ERROR_WANT_READ) throw std::runtime_error("TLS: " + openssl_error());
    std::string cipher;
    if (read_raw(cipher, until.left()) != read_result::bytes)
      throw std::runtime_error("no answer during the TLS handshake");
    ::BIO_write(tls_->in, cipher.data(), static_cast<int>(cipher.size()));
  }
}

bool stream::flush_tls(std::size_t piece_bytes, milliseconds within) {
  std::string cipher;
  std::array<char, 16'384> some;
  for (int got = 0; (got = ::BIO_read(tls_->out, some.data(), some.size())) > 0;)
    cipher.append(some.data(), static_cast<std::size_t>(got));
  if (piece_bytes == 0) return send_raw(cipher, within);
  for (std::string_view rest{cipher}; !rest.empty();
       rest.remove_prefix(std::min(piece_bytes, rest.size()))) {
    if (!send_raw(rest.substr(0, piece_bytes), within)) return false;
    // Nothing can arrive before the record is complete: this only keeps the pieces apart.
    static_cast<void>(await(fd_, POLLIN, 2ms));
  }
  return true;
}

bool stream::send_raw(std::string_view bytes, milliseconds within) {
  deadline const until{within};
  while (!bytes.empty()) {
    auto const sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN || !await(fd_, POLLOUT, until.left())) {
      return false;
    }
  }
  return true;
}

stream::read_result stream::read_raw(std::string& into, milliseconds within) {
  deadline const until{within};
  for (;;) {
    std::array<char, 65'536> some;
    auto const got = ::recv(fd_, some.data(), some.size(), 0);
    if (got > 0) {
      into.append(some.data(), static_cast<std::size_t>(got));
      return read_result::bytes;
    }
    if (got == 0 || errno != EAGAIN) return read_result::closed;
    if (!await(fd_, POLLIN, until.left())) return read_result::nothing;
  }
}

}  // namespace waggle::test
