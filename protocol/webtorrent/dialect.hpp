// SPDX-License-Identifier: Apache-2.0
// The dialect of WebTorrent, p2p-media-loader and Trystero clients (docs/protocol/webtorrent.md):
// announce, answer and scrape as JSON objects, ids as binary strings. Pure; one instance per core.
#pragma once

#include "protocol/command.hpp"
#include "protocol/dialect.hpp"
#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "protocol/json/value.hpp"
#include "protocol/webtorrent/limits.hpp"
#include "protocol/webtorrent/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waggle::webtorrent {

class dialect final : public waggle::dialect {
 public:
  explicit dialect(limits const& bounds);

  [[nodiscard]] std::string_view name() const override { return "webtorrent"; }

  [[nodiscard]] decoded decode(std::string_view text) override;

  void encode(event const& what, std::string& out) override;

 private:
  [[nodiscard]] decoded decode_announce();
  [[nodiscard]] decoded decode_answer();
  [[nodiscard]] decoded decode_scrape();
  [[nodiscard]] errc read_scraped(std::vector<swarm_id>& swarms) const;
  [[nodiscard]] failure refuse(request_kind kind, errc why) const;

  void encode_scrape(scrape_reply const& reply, std::string& out);

  limits limits_;
  message_reader reader_;
  fields fields_;  // of the message that is being decoded
  // One command of each kind, so that their vectors keep their memory.
  command announce_ = announce{};
  command answer_ = answer{};
  command scrape_ = scrape{};
  std::vector<std::uint32_t> order_;  // entries of the scrape reply that is being encoded, sorted
};

}  // namespace waggle::webtorrent
