// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4) of what is read bit by bit: crypto.subtle wants all of a file in memory at
// once, so the hash of the whole, which `sha256sum` prints too, is made here. Pure.

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;

// Section 4.2.2 and 5.3.3: the first bits of the fractional parts of roots of the first primes.
const primes = [];
for (let n = 2; primes.length < BLOCK_BYTES; ++n) {
  if (primes.every((prime) => n % prime)) primes.push(n);
}
const fraction = (root) => ((root % 1) * 2 ** 32) | 0;
const ROUND = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

export class Sha256 {
  #state = START.slice();
  #words = new Int32Array(BLOCK_BYTES);
  #rest = new Uint8Array(BLOCK_BYTES);  // of a block that is not full yet
  #restBytes = 0;
  #bytes = 0;

  /// @param bytes  a Uint8Array.
  update(bytes) {
    this.#bytes += bytes.length;
    let at = 0;
    if (this.#restBytes) {
      at = Math.min(BLOCK_BYTES - this.#restBytes, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#restBytes);
      this.#restBytes += at;
      if (this.#restBytes < BLOCK_BYTES) return this;
      compress(this.#state, this.#words, this.#rest, 0, BLOCK_BYTES);
    }
    const end = bytes.length - (bytes.length - at) % BLOCK_BYTES;
    compress(this.#state, this.#words, bytes, at, end);
    at = end;
    this.#rest.set(bytes.subarray(at));
    this.#restBytes = bytes.length - at;
    return this;
  }

  /// The 32 bytes. Nothing can be added afterwards.
  digest() {
    const bits = this.#bytes * 8;
    const zeros = (2 * BLOCK_BYTES - 1 - LENGTH_BYTES - this.#restBytes) % BLOCK_BYTES;
    const end = new Uint8Array(1 + zeros + LENGTH_BYTES);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(1 + zeros, Math.floor(bits / 2 ** 32));
    view.setUint32(1 + zeros + 4, bits % 2 ** 32);
    this.update(end);
    const hash = new DataView(new ArrayBuffer(32));
    this.#state.forEach((word, index) => hash.setInt32(4 * index, word));
    return new Uint8Array(hash.buffer);
  }
}

/// Section 6.2.2, of whole blocks. `n >>> k | n << 32 - k` is a rotation to the right.
function compress(state, w, bytes, at, end) {
  let h0 = state[0], h1 = state[1], h2 = state[2], h3 = state[3];
  let h4 = state[4], h5 = state[5], h6 = state[6], h7 = state[7];
  while (at < end) {
    for (let i = 0; i < 16; ++i, at += 4) {
      w[i] = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
    }
    for (let i = 16; i < 64; ++i) {
      const x = w[i - 15];
      const y = w[i - 2];
      const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
      const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
      w[i] = (w[i - 16] + s0 | 0) + (w[i - 7] + s1 | 0) | 0;
    }
    let a = h0, b = h1, c = h2, d = h3, e = h4, f = h5, g = h6, h = h7;
    for (let i = 0; i < 64; ++i) {
      const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
      const t1 = (h + s1 | 0) + (e & f ^ ~e & g) + (ROUND[i] + w[i] | 0) | 0;
      const s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
      const t2 = s0 + (a & b ^ a & c ^ b & c) | 0;
      h = g;
      g = f;
      f = e;
      e = d + t1 | 0;
      d = c;
      c = b;
      b = a;
      a = t1 + t2 | 0;
    }
    h0 = h0 + a | 0;
    h1 = h1 + b | 0;
    h2 = h2 + c | 0;
    h3 = h3 + d | 0;
    h4 = h4 + e | 0;
    h5 = h5 + f | 0;
    h6 = h6 + g | 0;
    h7 = h7 + h | 0;
  }
  state.set([h0, h1, h2, h3, h4, h5, h6, h7]);
}
