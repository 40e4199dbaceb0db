// SPDX-License-Identifier: Apache-2.0
#include "protocol/client_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

namespace waggle {
namespace {

bool is_digit(char what) {
  return what >= '0' && what <= '9';
}

bool is_letter_or_digit(char what) {
  return is_digit(what) || (what >= 'A' && what <= 'Z') || (what >= 'a' && what <= 'z');
}

// --- peer ids ------------------------------------------------------------------------------------

/// How the four characters behind the code are meant.
enum class numbering : std::uint8_t {
  two_pairs,   // "0201": 2.1 (WebTorrent and what is made of it)
  characters,  // "20B0": 2.0.11 (libtorrent: a digit each, letters go on from 10)
};

struct library {
  std::string_view code;
  std::string_view name;
  numbering version;
};

constexpr std::array libraries{
    library{"WW", "WebTorrent", numbering::two_pairs},
    library{"WD", "WebTorrent Desktop", numbering::two_pairs},
    library{"PM", "p2p-media-loader", numbering::two_pairs},
    library{"LT", "libtorrent", numbering::characters},
    library{"lt", "libTorrent", numbering::characters},
    library{"qB", "qBittorrent", numbering::characters},
    library{"DE", "Deluge", numbering::characters},
    library{"BI", "BiglyBT", numbering::characters},
    library{"TR", "Transmission", numbering::characters},
    library{"GT", "anacrolix/torrent", numbering::two_pairs},
};

std::string pairs_text(std::string_view digits) {
  if (!std::ranges::all_of(digits, is_digit)) return {};
  auto const pair = [&](std::size_t at) {
    return std::to_string((digits[at] - '0') * 10 + (digits[at + 1] - '0'));
  };
  return pair(0) + '.' + pair(2);
}

std::string characters_text(std::string_view digits) {
  std::string text;
  auto const shown = digits.back() == '0' ? digits.substr(0, digits.size() - 1) : digits;
  for (auto const digit : shown) {
    if (!is_letter_or_digit(digit)) return {};
    if (!text.empty()) text += '.';
    text += is_digit(digit) ? std::string(1, digit) : std::to_string((digit | 0x20) - 'a' + 10);
  }
  return text;
}

// --- browsers ------------------------------------------------------------------------------------

struct browser_family {
  std::string_view name;
  std::string_view token;  // in a User-Agent, before the version
};

// The first whose token is there is meant: nearly all of them claim to be Safari, and most to be
// Chrome. The place in the list is the number that is kept.
constexpr std::array families{
    browser_family{"", ""},
    browser_family{"Edge", "Edg/"},
    browser_family{"Edge", "EdgA/"},
    browser_family{"Edge", "EdgiOS/"},
    browser_family{"Opera", "OPR/"},
    browser_family{"Samsung Internet", "SamsungBrowser/"},
    browser_family{"Yandex", "YaBrowser/"},
    browser_family{"Vivaldi", "Vivaldi/"},
    browser_family{"Firefox", "Firefox/"},
    browser_family{"Firefox", "FxiOS/"},
    browser_family{"Chrome", "CriOS/"},
    browser_family{"Electron", "Electron/"},
    browser_family{"Chrome", "HeadlessChrome/"},
    browser_family{"Chrome", "Chrome/"},
    browser_family{"Safari", "Version/"},  // with "Safari/" behind it
    browser_family{"Node", "Node.js/"},
    browser_family{"Node", "node"},
    browser_family{"Deno", "Deno/"},
    browser_family{"Bun", "Bun/"},
    browser_family{"Go", "Go-http-client/"},
    browser_family{"Python", "Python/"},
};
static_assert(families.size() <= 32, "a browser_name has five bits for it");

std::uint16_t version_at(std::string_view text, std::uint16_t most) {
  std::uint16_t version = 0;
  for (auto const digit : text) {
    if (!is_digit(digit)) break;
    version = static_cast<std::uint16_t>(version * 10 + (digit - '0'));
    if (version >= most) return most;
  }
  return version;
}

}  // namespace

client_key::client_key(peer_id const& peer) {
  std::array<char, peer_id::bytes> text{};
  std::ranges::transform(peer.value, text.begin(),
                         [](std::uint8_t byte) { return static_cast<char>(byte); });
  if (std::ranges::all_of(text, is_letter_or_digit)) {
    prefix_[0] = '+';
    return;
  }
  // Of the native protocol (protocol/native/peer_name.hpp): what follows is the peer's own.
  if (std::string_view{text.data(), text.size()}.starts_with("-WG-")) {
    prefix_[0] = '+';
    prefix_[1] = 'W';
    return;
  }
  auto const printable = [](char what) { return what > ' ' && what <= '~'; };
  if (text[0] != '-' || text[prefix_bytes - 1] != '-') return;
  if (!std::all_of(text.begin(), text.begin() + prefix_bytes, printable)) return;
  std::copy_n(text.begin(), prefix_bytes, prefix_.begin());
}

client_name client_key::name() const {
  if (prefix_[0] == '\0') return {};
  if (prefix_[0] == '+' && prefix_[1] == 'W') return {.library = "Waggle", .version = {}};
  // Nobody else is known to make ids without a prefix from letters and digits alone.
  if (prefix_[0] == '+') return {.library = "Trystero", .version = {}};
  std::string_view const all{prefix_.data(), prefix_.size()};
  auto const* const known = std::ranges::find(libraries, all.substr(1, 2), &library::code);
  if (known == libraries.end()) return {.library = std::string{all}, .version = {}};
  auto const digits = all.substr(3, 4);
  return {.library = std::string{known->name},
          .version = known->version == numbering::two_pairs ? pairs_text(digits)
                                                            : characters_text(digits)};
}

browser_name::browser_name(std::string_view user_agent) {
  for (std::size_t at = 1; at < families.size(); ++at) {
    auto const& [name, token] = families[at];
    auto const found = user_agent.find(token);
    if (found == std::string_view::npos) continue;
    auto const rest = user_agent.substr(found + token.size());
    if (name == "Safari" && rest.find("Safari/") == std::string_view::npos) continue;
    if (token == "node" && user_agent != token) continue;
    // One number a family, so that the same browser on a phone is in the same group.
    auto const* const first = std::ranges::find(families, name, &browser_family::name);
    auto const number = static_cast<unsigned>(std::distance(families.begin(), first));
    packed_ = static_cast<std::uint16_t>(number << version_bits | version_at(rest, version_max));
    return;
  }
}

std::string browser_name::text() const {
  std::string text{families[packed_ >> version_bits].name};
  if (auto const version = packed_ & version_max; version != 0) {
    text.append(1, ' ').append(std::to_string(version));
  }
  return text;
}

}  // namespace waggle
