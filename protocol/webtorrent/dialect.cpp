// SPDX-License-Identifier: Apache-2.0
// Construction and the dispatch by kind of event. Decoding is in decode.cpp, texts in encode.cpp.
#include "protocol/webtorrent/dialect.hpp"

#include "protocol/dialects.hpp"

namespace waggle::webtorrent {

dialect::dialect(limits const& bounds) : limits_(bounds), reader_(bounds) {
  std::get<announce>(announce_).offers.reserve(limits_.offers_max);
}

}  // namespace waggle::webtorrent

namespace waggle {

std::unique_ptr<dialect> make_webtorrent(webtorrent::limits const& limits) {
  return std::make_unique<webtorrent::dialect>(limits);
}

}  // namespace waggle
