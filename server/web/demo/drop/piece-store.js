// SPDX-License-Identifier: Apache-2.0
// The pieces of a file that are here: of a file on this machine all of them, else those that came.
// They are Blobs, which a browser may keep on disk, so a large file does not have to fit in memory.

import { fromBase64, toBase64 } from './base64.js';

export class PieceStore {
  bytes = 0;
  #manifest;
  #file;      // where it is on this machine
  #blobs;

  constructor(manifest, file = null) {
    this.#manifest = manifest;
    this.#file = file;
    this.#blobs = new Array(manifest.pieces);
    if (file) this.bytes = file.size;
  }

  get complete() {
    return this.bytes === this.#manifest.size;
  }

  has(piece) {
    return !!this.#file || !!this.#blobs[piece];
  }

  /// @param bytes  checked by the caller.
  put(piece, bytes) {
    if (this.has(piece)) return;
    this.#blobs[piece] = new Blob([bytes]);
    this.bytes += bytes.byteLength;
  }

  async read(piece) {
    const { pieceBytes } = this.#manifest;
    const start = piece * pieceBytes;
    const blob = this.#file ? this.#file.slice(start, start + pieceBytes) : this.#blobs[piece];
    return new Uint8Array(await blob.arrayBuffer());
  }

  /// Once it is complete. By type only where a page may show it: a file of a stranger must not
  /// become a document of this origin.
  whole(type = 'application/octet-stream') {
    return new Blob(this.#file ? [this.#file] : this.#blobs, { type });
  }

  /// One bit a piece, the first one the highest of its byte.
  bits() {
    const bits = new Uint8Array(Math.ceil(this.#manifest.pieces / 8));
    for (let piece = 0; piece < this.#manifest.pieces; ++piece) {
      if (this.has(piece)) bits[piece >> 3] |= 0x80 >> (piece & 7);
    }
    return toBase64(bits);
  }
}

/// What a neighbour has, from its `bits`: the numbers of the pieces. Throws for what is none.
export function piecesIn(text, pieces) {
  const bits = fromBase64(text);
  if (bits.length !== Math.ceil(pieces / 8)) throw new Error('bits of another length');
  const found = [];
  for (let piece = 0; piece < pieces; ++piece) {
    if (bits[piece >> 3] & (0x80 >> (piece & 7))) found.push(piece);
  }
  return found;
}
