// SPDX-License-Identifier: Apache-2.0
#include "protocol/client_name.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace waggle {
namespace {

peer_id peer_of(std::string_view text) {
  peer_id peer;
  std::copy_n(text.begin(), std::min(text.size(), peer.value.size()), peer.value.begin());
  return peer;
}

std::string named(std::string_view peer) {
  auto const name = name_of(peer_of(peer));
  return name.library + '|' + name.version;
}

std::string browser(std::string_view user_agent) {
  return browser_name{user_agent}.text();
}

TEST(ClientName, OfANativePeerIsTheServersOwn) {
  peer_id id;
  std::ranges::copy(std::string_view{"-WG-AAAAbbbb1111-_zz"}, id.value.begin());

  EXPECT_EQ(name_of(id), (client_name{"Waggle", ""}));
}

TEST(ClientName, LibrariesAreKnownByTheirPrefix) {
  EXPECT_EQ(named("-WW0201-abcdefghijkl"), "WebTorrent|2.1");
  EXPECT_EQ(named("-WW0112-abcdefghijkl"), "WebTorrent|1.12");
  EXPECT_EQ(named("-PM0203-abcdefghijkl"), "p2p-media-loader|2.3");
  EXPECT_EQ(named("-LT20B0-abcdefghijkl"), "libtorrent|2.0.11");
  EXPECT_EQ(named("-GT0003-abcdefghijkl"), "anacrolix/torrent|0.3");
}

TEST(ClientName, AVersionThatIsNoneIsLeftOut) {
  EXPECT_EQ(named("-WW02x1-abcdefghijkl"), "WebTorrent|");
  EXPECT_EQ(named("-LT2.80-abcdefghijkl"), "libtorrent|");
}

TEST(ClientName, TwentyLettersAndDigitsAreTrystero) {
  EXPECT_EQ(named("aB3dEfGhIjKlMnOpQrSt"), "Trystero|");
}

TEST(ClientName, AnUnknownPrefixIsShownAsItCame) {
  EXPECT_EQ(named("-XY1234-abcdefghijkl"), "-XY1234-|");
}

TEST(ClientName, WhatIsNoPrefixIsNotShown) {
  EXPECT_EQ(named("-X\x01Y234-abcdefghijkl"), "|");
  EXPECT_EQ(named("-XY12345abcdefghijkl"), "|");
  EXPECT_EQ(named("M7-9-2--abcdefghijkl"), "|");
  EXPECT_EQ(named(""), "|");
}

TEST(ClientName, PeersOfOneProgramHaveOneKey) {
  EXPECT_EQ(client_key{peer_of("-WW0201-abcdefghijkl")},
            client_key{peer_of("-WW0201-0123456789ab")});
  EXPECT_NE(client_key{peer_of("-WW0201-abcdefghijkl")},
            client_key{peer_of("-WW0202-abcdefghijkl")});
  EXPECT_EQ(client_key{peer_of("aB3dEfGhIjKlMnOpQrSt")},
            client_key{peer_of("zzzzzzzzzzzzzzzzzzzz")});
}

TEST(BrowserName, IsFoundAmongWhatBrowsersClaimToBe) {
  EXPECT_EQ(browser("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                    "Chrome/131.0.0.0 Safari/537.36"),
            "Chrome 131");
  EXPECT_EQ(browser("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
                    "Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"),
            "Edge 131");
  EXPECT_EQ(browser("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
            "Firefox 128");
  EXPECT_EQ(browser("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, "
                    "like Gecko) Version/17.4 Safari/605.1.15"),
            "Safari 17");
  EXPECT_EQ(browser("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 "
                    "(KHTML, like Gecko) CriOS/123.0.6312.52 Mobile/15E148 Safari/604.1"),
            "Chrome 123");
  EXPECT_EQ(browser("Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like "
                    "Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36"),
            "Samsung Internet 25");
  EXPECT_EQ(browser("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                    "HeadlessChrome/130.0.0.0 Safari/537.36"),
            "Chrome 130");
  EXPECT_EQ(browser("Node.js/22"), "Node 22");
  EXPECT_EQ(browser("node"), "Node");
}

TEST(BrowserName, IsEmptyForWhatIsUnknown) {
  EXPECT_EQ(browser(""), "");
  EXPECT_EQ(browser("curl/8.5.0"), "");
  EXPECT_EQ(browser("my node thing"), "");
  EXPECT_EQ(browser("Version/17.4"), "");
}

TEST(BrowserName, IsTheSameOnAPhone) {
  EXPECT_EQ(browser_name{"x EdgA/120.0"}, browser_name{"x Edg/120.0"});
}

TEST(BrowserName, AnAbsurdVersionStaysWithinItsBits) {
  EXPECT_EQ(browser("Chrome/99999999999999999999"), "Chrome 2047");
  EXPECT_EQ(browser("Firefox/2048"), "Firefox 2047");
  EXPECT_EQ(browser("Firefox/x"), "Firefox");
}

}  // namespace
}  // namespace waggle
