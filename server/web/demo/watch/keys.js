// SPDX-License-Identifier: Apache-2.0
// Names that all viewers of a stream have in common. Tokens in queries are one's own, and one
// server may be reached as localhost and by its name: neither may part viewers. Pure.

const KEY_LENGTH_MAX = 300;

/// Without its query; without its origin where it is this page's.
function plainUrl(url) {
  const { origin, pathname } = new URL(url, location.href);
  return origin === location.origin ? pathname : origin + pathname;
}

/// FNV-1a, 64 bits: crypto.subtle is not there on plain http, and nothing here needs to be secret.
function hash(text) {
  let value = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    value = BigInt.asUintN(64, (value ^ BigInt(byte)) * 0x100000001b3n);
  }
  return value.toString(16).padStart(16, '0');
}

export const swarmOf = (manifestUrl) => `watch:${hash(plainUrl(manifestUrl))}`;

/// @return null where it is too long to be told to peers.
export function segmentKey(url, rangeStart, rangeEnd) {
  const range = rangeEnd ? `#${rangeStart ?? 0}-${rangeEnd}` : '';
  const key = plainUrl(url) + range;
  return key.length <= KEY_LENGTH_MAX ? key : null;
}
