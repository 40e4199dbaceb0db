// SPDX-License-Identifier: Apache-2.0
// Text to messages and messages to text, for `waggle.v1` (docs/protocol/native.md). Pure; one
// instance per core, since it keeps its memory from message to message.
#pragma once

#include "protocol/json/reader.hpp"
#include "protocol/json/value.hpp"
#include "protocol/native/message.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace waggle::native {

inline constexpr std::string_view subprotocol = "waggle.v1";
inline constexpr std::size_t swarm_name_bytes_max = 128;
inline constexpr std::size_t named_peers_max = 24;  // in `links` and `not`
inline constexpr std::uint8_t want_max = 24;
inline constexpr std::uint8_t more_max = 8;
inline constexpr std::size_t json_depth_max = 16;

class codec {
 public:
  /// The message is valid until the next call or until `text` goes away; never null.
  using decoded = std::variant<from_client::message const*, refusal>;

  codec();

  /// Reads one message. Never throws for its content.
  /// @param text  decode_padding_bytes behind it are readable.
  [[nodiscard]] decoded decode(std::string_view text);

 private:
  struct fields;

  [[nodiscard]] bool read(std::string_view text, fields& found) const;
  [[nodiscard]] bool read_state(fields const& found, peer_state& into) const;
  [[nodiscard]] bool read_join(fields const& found);
  [[nodiscard]] bool read_more(fields const& found);
  [[nodiscard]] bool read_outcome(fields const& found);
  [[nodiscard]] bool read_drop(fields const& found);
  [[nodiscard]] bool read_hello(fields const& found);
  [[nodiscard]] bool read_relay(fields const& found, relay_kind kind);
  [[nodiscard]] decoded refuse(fields const& found) const;

  std::string name_;  // of a swarm that had to be unescaped
  from_client::message said_ = from_client::unknown{};
};

/// Append one message.
void encode(to_client::welcome const& what, std::string& out);
void encode(to_client::joined const& what, std::string& out);
void encode(to_client::match const& what, std::string& out);
void encode(to_client::relay const& what, std::string& out);
void encode(to_client::ended const& what, std::string& out);
void encode(to_client::servers const& what, std::string& out);
void encode(to_client::away const& what, std::string& out);
void encode(to_client::pong const& what, std::string& out);
void encode(policy const& what, std::string& out);
void encode(refusal const& what, std::string& out);

}  // namespace waggle::native
