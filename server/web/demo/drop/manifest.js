// SPDX-License-Identifier: Apache-2.0
// What a link stands for: name, size and hashes of a file. The link holds the SHA-256 of the bytes
// of this description, so they can come from anybody. Pure but for crypto.subtle.

import { fromBase64, toBase64, toHex } from './base64.js';
import { Sha256 } from './sha256.js';

const HASH_BYTES = 32;
const READ_BYTES = 1024 * 1024;  // a few milliseconds of hashing

export const LIMITS = {
  pieceBytesMin: 64 * 1024,
  pieceBytesMax: 16 * 1024 * 1024,
  pieces: 4096,                 // with larger files, pieces become larger
  manifestBytesMax: 512 * 1024,
  nameLengthMax: 255,
};

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

export class Manifest {
  /// @param fields  name, type, size, sha256 (hex), piece (bytes of each), hashes (base64url).
  constructor(fields, bytes, id) {
    const { name, type, size, sha256, piece, hashes } = fields;
    Object.assign(this, { name, type, size, sha256, pieceBytes: piece, bytes, id });
    this.pieces = Math.ceil(size / piece);
    this.hashes = fromBase64(hashes);
  }

  lengthOf(piece) {
    return Math.min(this.pieceBytes, this.size - piece * this.pieceBytes);
  }

  async fits(piece, bytes) {
    const hash = await sha256(bytes);
    return hash.every((byte, index) => byte === this.hashes[piece * HASH_BYTES + index]);
  }
}

/// Reads the file once.
///
/// @param progress  told the bytes that were read.
export async function describe(file, progress = () => {}) {
  if (!file.size) throw new Error(`“${file.name}” is empty: there is nothing to share`);
  const piece = pieceBytesFor(file.size);
  const hashes = new Uint8Array(HASH_BYTES * Math.ceil(file.size / piece));
  const whole = new Sha256();
  const step = Math.max(READ_BYTES, piece);
  for (let at = 0; at < file.size; at += step) {
    const bytes = await readSlice(file, at, step);
    const starts = [];
    for (let start = 0; start < bytes.length; start += piece) starts.push(start);
    const digests = starts.map((start) => sha256(bytes.subarray(start, start + piece)));
    whole.update(bytes);  // while the browser's threads hash the pieces
    (await Promise.all(digests)).forEach((hash, index) =>
      hashes.set(hash, HASH_BYTES * (at / piece + index)));
    progress(at + bytes.length);
  }
  const fields = {
    v: 1,
    name: cleanName(file.name),
    type: file.type,
    size: file.size,
    sha256: toHex(whole.digest()),
    piece,
    hashes: toBase64(hashes),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(fields));
  return new Manifest(fields, bytes, toBase64(await sha256(bytes)));
}

/// Are the bytes, which came from a peer, what the link stands for?
export const isManifest = async (bytes, id) => toBase64(await sha256(bytes)) === id;

/// Throws if whoever made the link made no sense.
export function readManifest(bytes, id) {
  const fields = JSON.parse(new TextDecoder().decode(bytes));
  const { v, name, type, size, sha256: whole, piece, hashes } = fields;
  const sane = v === 1 && [name, type, whole, hashes].every((text) => typeof text === 'string') &&
    Number.isSafeInteger(size) && size > 0 && piece === pieceBytesFor(size) &&
    /^[\da-f]{64}$/.test(whole);
  if (!sane) throw new Error('This link is of another version of this page');
  const manifest = new Manifest({ ...fields, name: cleanName(name) }, bytes, id);
  if (manifest.hashes.length !== HASH_BYTES * manifest.pieces) throw new Error('The link is broken');
  return manifest;
}

/// The hash of a whole file, as `sha256sum` has it.
export async function hashWhole(blob, progress = () => {}) {
  const whole = new Sha256();
  for (let at = 0; at < blob.size; at += READ_BYTES) {
    whole.update(await readSlice(blob, at, READ_BYTES));
    progress(Math.min(at + READ_BYTES, blob.size));
  }
  return toHex(whole.digest());
}

async function readSlice(blob, at, length) {
  try {
    return new Uint8Array(await blob.slice(at, at + length).arrayBuffer());
  } catch {
    throw new Error('The file cannot be read: was it moved or changed');
  }
}

function pieceBytesFor(size) {
  let piece = LIMITS.pieceBytesMin;
  while (size / piece > LIMITS.pieces) piece *= 2;
  if (piece > LIMITS.pieceBytesMax) throw new Error('Files of more than 64 GiB are not for this page');
  return piece;
}

/// A name only: no folders, nothing that hides what it ends with (Unicode's directional controls).
function cleanName(name) {
  const clean = name.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069/\\:*?"<>|]/gu, '_');
  return clean.slice(0, LIMITS.nameLengthMax) || 'file';
}
