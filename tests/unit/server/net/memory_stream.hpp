// SPDX-License-Identifier: Apache-2.0
// A transport in memory, whose n-th operation can be made to go wrong. The test holds the other end
// and decides when something has become ready. Tests only; one thread.
#pragma once

#include "server/net/byte_stream.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace waggle::net::test {

/// What happens to the operation that is picked.
enum class fault : std::uint8_t {
  none,
  fails,        // read and write: failed; wait: cancelled
  would_block,  // read: want_read; write: want_write; wait: told although nothing has changed
  would_cross,  // read: want_write; write: want_read, as a TLS record in progress may ask for
  end_of_file,  // read: end_of_file; write: failed
  one_byte,     // read and write move a single byte
};

/// Both ends of a connection: the stream works on it, the test looks at it and feeds it.
struct memory_wire {
  // The client's side.
  std::string from_client;  // sent, and still in the socket
  std::string to_client;    // everything the server wrote
  bool client_gone = false;
  std::size_t room = std::numeric_limits<std::size_t>::max();  // bytes the kernel still takes

  // How the transport behaves.
  bool holds_input = false;  // like TLS: takes all from the socket, gives it out bit by bit
  std::size_t read_bytes_max = std::numeric_limits<std::size_t>::max();
  fault planned = fault::none;
  std::size_t faulty_operation = 0;  // counted from 1

  // What the server did.
  std::size_t operations = 0;
  bool write_shut = false;
  bool closed = false;
  bool destroyed = false;
  std::string held;  // taken from the socket, not yet given out
  boost::intrusive_ptr<stream_user> reader;
  boost::intrusive_ptr<stream_user> writer;
  bool reader_fails = false;
  bool writer_fails = false;
  bool reader_spurious = false;
  bool writer_spurious = false;

  /// Whether the socket would wake somebody who waits for it.
  [[nodiscard]] bool readable() const {
    return closed || client_gone || reader_fails || reader_spurious || !from_client.empty();
  }
  [[nodiscard]] bool writable() const {
    return closed || writer_fails || writer_spurious || room > 0;
  }

  /// Tells who waits for what has become ready. False if there was nobody to tell.
  bool tell() {
    if (reader && readable()) {
      auto const user = std::exchange(reader, nullptr);
      auto const ok = !closed && !std::exchange(reader_fails, false);
      reader_spurious = false;
      user->on_ready(readiness::readable, ok);
      return true;
    }
    if (writer && writable()) {
      auto const user = std::exchange(writer, nullptr);
      auto const ok = !closed && !std::exchange(writer_fails, false);
      writer_spurious = false;
      user->on_ready(readiness::writable, ok);
      return true;
    }
    return false;
  }
};

class memory_stream final : public byte_stream {
 public:
  explicit memory_stream(std::shared_ptr<memory_wire> wire) : wire_(std::move(wire)) {}
  ~memory_stream() override {
    close();
    wire_->destroyed = true;
  }

  io_result read_some(std::span<char> into) override {
    auto const trouble = next_fault();
    auto& wire = *wire_;
    if (wire.closed || trouble == fault::fails) return {io_status::failed};
    if (trouble == fault::would_block) return {io_status::want_read};
    if (trouble == fault::would_cross) return {io_status::want_write};
    if (trouble == fault::end_of_file) {
      wire.client_gone = true;
      wire.from_client.clear();
      return {io_status::end_of_file};
    }
    if (wire.holds_input) wire.held += std::exchange(wire.from_client, {});
    auto& source = wire.holds_input ? wire.held : wire.from_client;
    if (source.empty()) return {wire.client_gone ? io_status::end_of_file : io_status::want_read};
    auto const bytes = trouble == fault::one_byte
                           ? 1
                           : std::min({into.size(), source.size(), wire.read_bytes_max});
    std::copy_n(source.begin(), bytes, into.begin());
    source.erase(0, bytes);
    return {io_status::done, bytes};
  }

  io_result write_some(std::span<char const> from) override {
    auto const trouble = next_fault();
    auto& wire = *wire_;
    if (wire.closed || wire.write_shut || trouble == fault::fails ||
        trouble == fault::end_of_file) {
      return {io_status::failed};
    }
    if (trouble == fault::would_cross) return {io_status::want_read};
    if (trouble == fault::would_block || wire.room == 0) return {io_status::want_write};
    auto const bytes = trouble == fault::one_byte ? 1 : std::min(from.size(), wire.room);
    wire.to_client.append(from.data(), bytes);
    if (wire.room != std::numeric_limits<std::size_t>::max()) wire.room -= bytes;
    return {io_status::done, bytes};
  }

  bool has_buffered_input() const override { return !wire_->held.empty(); }

  void wait(readiness what, boost::intrusive_ptr<stream_user> user) override {
    auto const trouble = next_fault();
    auto const reads = what == readiness::readable;
    (reads ? wire_->reader : wire_->writer) = std::move(user);
    if (trouble == fault::fails) (reads ? wire_->reader_fails : wire_->writer_fails) = true;
    if (trouble == fault::would_block) {
      (reads ? wire_->reader_spurious : wire_->writer_spurious) = true;
    }
  }

  void shut_down_write() override { wire_->write_shut = true; }
  void close() override { wire_->closed = true; }

 private:
  fault next_fault() {
    return ++wire_->operations == wire_->faulty_operation ? wire_->planned : fault::none;
  }

  std::shared_ptr<memory_wire> wire_;
};

}  // namespace waggle::net::test
