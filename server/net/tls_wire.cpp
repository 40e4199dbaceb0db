// SPDX-License-Identifier: Apache-2.0
#include "server/net/tls_wire.hpp"

#include "server/net/byte_stream.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <new>

namespace waggle::net {
namespace {

constexpr std::size_t input_bytes_min = 4096;

/// How much of both the kernel took; 0 if it has no room; less if the connection is gone.
ssize_t send_both(int descriptor, std::span<char const> first, std::span<char const> second) {
  if (first.empty() || second.empty()) {
    auto const only = first.empty() ? second : first;
    auto const sent = ::send(descriptor, only.data(), only.size(), MSG_NOSIGNAL);
    return sent < 0 && would_block(errno) ? 0 : sent;
  }
  std::array<iovec, 2> parts{{{const_cast<char*>(first.data()), first.size()},
                              {const_cast<char*>(second.data()), second.size()}}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  auto const sent = ::sendmsg(descriptor, &message, MSG_NOSIGNAL);
  return sent < 0 && would_block(errno) ? 0 : sent;
}

}  // namespace

BIO_METHOD const* tls_wire::method() {
  static auto const* const made = [] {
    auto* const fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "waggle wire");
    if (fresh == nullptr) throw std::bad_alloc{};
    BIO_meth_set_read(fresh, on_read);
    BIO_meth_set_write(fresh, on_write);
    BIO_meth_set_ctrl(fresh, on_control);
    return fresh;
  }();
  return made;
}

BIO* tls_wire::new_reference() {
  if (!bio_) {
    buffer_.resize(input_bytes_max);
    gathered_.reserve(output_bytes_max);
    bio_.reset(BIO_new(method()));
    if (!bio_) throw std::bad_alloc{};
    BIO_set_data(bio_.get(), this);
    BIO_set_init(bio_.get(), 1);
  }
  BIO_up_ref(bio_.get());
  return bio_.get();
}

void tls_wire::enter(wire_end& end, std::size_t input_bytes) {
  end_ = &end;
  input_ = end.unread;
  input_bytes_ = std::clamp(input_bytes, input_bytes_min, input_bytes_max);
  drained_ = false;
  ended_ = false;
  gathers_ = true;
  gathered_.clear();
  if (end.deferred) {
    gathered_.assign(end.unsent);
    std::string{}.swap(end.unsent);  // an idle connection holds nothing
  }
  deferred_bytes_ = gathered_.size();
}

void tls_wire::leave() {
  auto& end = *end_;
  if (gathered_.size() > deferred_bytes_) {
    if (!send({})) end.broken = true;
  } else {
    end.unsent.append(gathered_);  // still without company
  }
  keep_unread();
}

void tls_wire::leave_and_defer() {
  auto& end = *end_;
  if (!gathered_.empty()) {
    end.deferred = end.unsent.empty();
    end.unsent.append(gathered_);
  }
  keep_unread();
}

void tls_wire::keep_unread() {
  auto& unread = end_->unread;
  if (input_.empty()) {
    if (!unread.empty()) std::string{}.swap(unread);
  } else if (unread.empty()) {
    unread.assign(input_.data(), input_.size());
  } else {
    unread.erase(0, unread.size() - input_.size());
  }
}

bool tls_wire::send_rest(wire_end& end) {
  if (end.unsent.empty()) return true;
  auto const sent = send_both(end.descriptor, end.unsent, {});
  if (sent < 0) {
    end.broken = true;
    return false;
  }
  end.unsent.erase(0, static_cast<std::size_t>(sent));
  if (!end.unsent.empty()) return false;
  std::string{}.swap(end.unsent);
  return true;
}

/// Sends what was gathered and `last` behind it; keeps what does not fit.
bool tls_wire::send(std::span<char const> last) {
  auto& end = *end_;
  std::size_t taken = 0;
  if (end.unsent.empty()) {
    auto const sent = send_both(end.descriptor, gathered_, last);
    if (sent < 0) return false;
    taken = static_cast<std::size_t>(sent);
  }
  end.deferred = false;
  deferred_bytes_ = 0;
  auto const of_gathered = std::min(taken, gathered_.size());
  end.unsent.append(gathered_, of_gathered);
  auto const rest = last.subspan(taken - of_gathered);
  end.unsent.append(rest.data(), rest.size());
  gathered_.clear();
  return true;
}

/// Takes what the socket has. False if that is nothing, and says so to OpenSSL.
bool tls_wire::receive(BIO* bio) {
  if (!end_->unread.empty()) std::string{}.swap(end_->unread);  // it was handed out, all of it
  if (!drained_) {
    auto const got = ::recv(end_->descriptor, buffer_.data(), input_bytes_, 0);
    if (got > 0) {
      input_ = {buffer_.data(), static_cast<std::size_t>(got)};
      drained_ = input_.size() < input_bytes_;
      return true;
    }
    ended_ = got == 0;
    if (ended_ || !would_block(errno)) return false;
    drained_ = true;
  }
  BIO_set_retry_read(bio);
  return false;
}

int tls_wire::on_read(BIO* bio, char* into, int size) noexcept {
  auto& self = *static_cast<tls_wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (self.input_.empty() && !self.receive(bio)) return self.ended_ ? 0 : -1;
  auto const count = std::min(self.input_.size(), static_cast<std::size_t>(size));
  std::copy_n(self.input_.data(), count, into);
  self.input_ = self.input_.subspan(count);
  return static_cast<int>(count);
}

int tls_wire::on_write(BIO* bio, char const* from, int size) noexcept {
  auto& self = *static_cast<tls_wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  std::span<char const> const bytes{from, static_cast<std::size_t>(size)};
  if (self.end_->unsent.size() > output_bytes_max) {
    BIO_set_retry_write(bio);
    return -1;
  }
  try {
    auto const fits = self.gathered_.size() + bytes.size() <= output_bytes_max;
    if (self.gathers_ && fits) {
      self.gathered_.append(bytes.data(), bytes.size());
    } else if (!self.send(bytes)) {
      return -1;
    }
  } catch (std::exception const&) {
    return -1;
  }
  return size;
}

// Asked by SSL_free() too, when this wire may be gone already: only a turn is about a connection.
long tls_wire::on_control(BIO* bio, int command, long /*number*/, void* /*pointer*/) noexcept {
  switch (command) {
    case BIO_CTRL_EOF:
      return static_cast<tls_wire*>(BIO_get_data(bio))->ended_ ? 1 : 0;
    case BIO_CTRL_FLUSH:
      return 1;  // leave() does
    default:
      return 0;
  }
}

}  // namespace waggle::net
