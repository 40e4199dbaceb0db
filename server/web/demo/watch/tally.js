// SPDX-License-Identifier: Apache-2.0
// Bytes by where they came from: in all, of each segment, and over the last minute.

export const BIN_MS = 2_000;
export const BINS = 30;

export class Tally {
  peers = 0;
  server = 0;
  sent = 0;
  sources = new Map();   // key of a segment -> 'peers' or 'server'
  #bins = [];            // {at, peers, server}, the newest last; `at` counts BIN_MS
  #report;

  /// @param report  told what the server wants to know: p2p, cdn, up.
  constructor({ report }) {
    this.#report = report;
  }

  loaded(key, source, bytes) {
    this[source] += bytes;
    this.sources.set(key, source);
    this.#bin()[source] += bytes;
    this.#report(source === 'peers' ? { p2p: bytes, cdn: 0, up: 0 } : { p2p: 0, cdn: bytes, up: 0 });
  }

  sentTo(bytes) {
    this.sent += bytes;
    this.#report({ p2p: 0, cdn: 0, up: bytes });
  }

  /// From peers, of all that came; null before anything did.
  get offload() {
    const all = this.peers + this.server;
    return all ? this.peers / all : null;
  }

  /// One entry for each of the last BINS, the oldest first.
  history() {
    const now = this.#bin().at;
    const known = new Map(this.#bins.map((bin) => [bin.at, bin]));
    return Array.from({ length: BINS }, (_, index) =>
      known.get(now - BINS + 1 + index) ?? { peers: 0, server: 0 });
  }

  #bin() {
    const at = Math.floor(performance.now() / BIN_MS);
    if (this.#bins.at(-1)?.at !== at) this.#bins.push({ at, peers: 0, server: 0 });
    if (this.#bins.length > BINS) this.#bins.shift();
    return this.#bins.at(-1);
  }
}
