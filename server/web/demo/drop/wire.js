// SPDX-License-Identifier: Apache-2.0
// What two tabs say to each other over their data channel. Text messages are JSON objects:
//
//   hello {v, manifest}   first; again once the sender has the manifest, whose length this is (or 0)
//   manifest {}           send it
//   bits {b}              the pieces that are here; once both have the manifest
//   have {i: [...]}       and these since
//   get {i}  stop {i}     a piece, please; no more of it
//   no {i}                not from here, not now
//
// Binary messages are blocks: 4 bytes number of the piece (2^32 - 1: the manifest), 4 bytes offset,
// big-endian, then its bytes. Blocks of a piece come in order. Pure.

export const VERSION = 1;
export const MANIFEST = 0xffffffff;
export const BLOCK_BYTES = 32 * 1024;
export const HEAD_BYTES = 8;
const TEXT_LENGTH_MAX = 64 * 1024;

export function* blocksOf(piece, bytes) {
  for (let offset = 0; offset < bytes.length; offset += BLOCK_BYTES) {
    const part = bytes.subarray(offset, offset + BLOCK_BYTES);
    const block = new Uint8Array(HEAD_BYTES + part.length);
    const head = new DataView(block.buffer);
    head.setUint32(0, piece);
    head.setUint32(4, offset);
    block.set(part, HEAD_BYTES);
    yield block;
  }
}

/// Throws for what no neighbour of this version says.
export function readMessage(data) {
  if (typeof data === 'string') {
    if (data.length > TEXT_LENGTH_MAX) throw new Error('a message that is too long');
    return JSON.parse(data);
  }
  const head = new DataView(data, 0, HEAD_BYTES);
  return {
    t: 'block',
    i: head.getUint32(0),
    offset: head.getUint32(4),
    bytes: new Uint8Array(data, HEAD_BYTES),
  };
}
