// SPDX-License-Identifier: Apache-2.0
// Writes every message of webtorrent_decode.jsonl to the fuzz corpus, one a file. Run it after a
// change of the vectors: node protocol/vectors/write_seeds.mjs
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const corpus = new URL('../../tests/fuzz/corpus/webtorrent_decode/', import.meta.url);
const vectors = new URL('webtorrent_decode.jsonl', import.meta.url);

/** The bytes of a vector's message. */
export function messageOf(vector) {
  if (vector.base64 !== undefined) return Buffer.from(vector.base64, 'base64');
  if (vector.text !== undefined) return Buffer.from(vector.text);
  return Buffer.from(vector.repeat.map(([piece, times]) => piece.repeat(times)).join(''));
}

/** A name that every file system takes: a dash for a space, hex for what is no letter or digit. */
export function fileNameOf(vector) {
  return vector.name
    .replaceAll(' ', '-')
    .replace(/[^A-Za-z0-9-]/g, (c) => '_' + c.charCodeAt(0).toString(16));
}

mkdirSync(corpus, { recursive: true });
for (const line of readFileSync(vectors, 'utf8').trim().split('\n')) {
  const vector = JSON.parse(line);
  writeFileSync(new URL(fileNameOf(vector), corpus), messageOf(vector));
}
