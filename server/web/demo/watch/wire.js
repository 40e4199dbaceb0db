// SPDX-License-Identifier: Apache-2.0
// What two viewers say to each other over their data channel. Text messages are JSON objects:
//
//   have {s: [[key, bytes], ...]}   segments that are here; all of them first, then each new one
//   lost {k: [key, ...]}            and no more
//   get {n, k}                      segment k, please, as answer n
//   stop {n}                        no more of it
//   no {n}                          not from here, not now
//
// Binary messages are 4 bytes n, big-endian, and the next bytes of the segment. Pure.

export const BLOCK_BYTES = 16 * 1024;
export const LIST_MAX = 200;  // entries of one message
export const HEAD_BYTES = 4;
const TEXT_LENGTH_MAX = 128 * 1024;

export function* blocksOf(n, bytes) {
  for (let offset = 0; offset < bytes.length; offset += BLOCK_BYTES) {
    const part = bytes.subarray(offset, offset + BLOCK_BYTES);
    const block = new Uint8Array(HEAD_BYTES + part.length);
    new DataView(block.buffer).setUint32(0, n);
    block.set(part, HEAD_BYTES);
    yield block;
  }
}

/// Throws for what no viewer says.
export function readMessage(data) {
  if (typeof data !== 'string') {
    return { t: 'block', n: new DataView(data).getUint32(0), bytes: new Uint8Array(data, HEAD_BYTES) };
  }
  if (data.length > TEXT_LENGTH_MAX) throw new Error('a message that is too long');
  return JSON.parse(data);
}
