// SPDX-License-Identifier: Apache-2.0
// The segments that are here, for peers and for seeking back; the oldest go when it is full.

const BYTES_MAX = 96 * 1024 * 1024;

export class SegmentCache {
  #segments = new Map();  // key -> Uint8Array, the oldest first
  #bytes = 0;

  /// @return the keys that had to go.
  put(key, bytes) {
    this.delete(key);
    this.#segments.set(key, bytes);
    this.#bytes += bytes.length;
    const lost = [];
    for (const old of this.#segments.keys()) {
      if (this.#bytes <= BYTES_MAX) break;
      this.delete(old);
      lost.push(old);
    }
    return lost;
  }

  get(key) {
    return this.#segments.get(key);
  }

  delete(key) {
    const old = this.#segments.get(key);
    if (old && this.#segments.delete(key)) this.#bytes -= old.length;
    return !!old;
  }

  /// [key, length] of each.
  list() {
    return [...this.#segments].map(([key, bytes]) => [key, bytes.length]);
  }
}
