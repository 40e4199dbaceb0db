// SPDX-License-Identifier: Apache-2.0
//
// Messages that ended, hung or disconnected other trackers or clients, and their neighbours. They
// are replayed in every run, whatever the corpora hold.

const INFO_HASH = 'hostile hostile hash';
const PEER_ID = '-XX0000-hostile-peer';
const announce = (fields) => JSON.stringify(
  { action: 'announce', info_hash: INFO_HASH, peer_id: PEER_ID, ...fields });

const DEPTH = 10_000;  // overflows the stack of a recursive parser, in less than 64 KiB
const nested = '['.repeat(DEPTH) + ']'.repeat(DEPTH);

const texts = {
  'null': 'null',
  'number': '5',
  'empty': '',
  'not json': 'hello',
  'no action': '{}',
  'action is a number': '{"action":5}',
  'action unknown': '{"action":"constructor"}',
  'scrape of a number': '{"action":"scrape","info_hash":5}',
  'scrape of null': '{"action":"scrape","info_hash":null}',
  'scrape of mixed array': '{"action":"scrape","info_hash":[null,5,{},"short"]}',
  'scrape of everything': '{"action":"scrape"}',
  'info hash too short': '{"action":"announce","info_hash":"short","peer_id":"short"}',
  'info hash beyond a byte': JSON.stringify(
    { action: 'announce', info_hash: '\u0141'.repeat(20), peer_id: PEER_ID }),
  'join': announce({ left: 1 }),
  'offer is null': announce({ offers: [null], numwant: 1 }),
  'offers of every type': announce({ offers: [5, 'x', [], {}, { offer: null }, { offer_id: 1 }] }),
  'offers is an object': announce({ offers: {} }),
  'offer id is not a string': announce({ offers: [{ offer: { type: 'offer' }, offer_id: 7 }] }),
  'numwant negative': announce({ numwant: -1, offers: [{ offer: {}, offer_id: PEER_ID }] }),
  'left of every kind': announce({ left: 'NaN' }),
  'left huge': announce({ left: 1e300 }),
  'event null': announce({ event: null }),
  'event unknown': announce({ event: 'toString' }),
  'answer null': announce({ answer: null }),
  'answer to nobody': announce(
    { answer: { type: 'answer', sdp: '' }, to_peer_id: PEER_ID, offer_id: PEER_ID }),
  'answer without ids': announce({ answer: { type: 'answer', sdp: '' } }),
  'answer is a number': announce({ answer: 5, to_peer_id: 5, offer_id: 5 }),
  'prototype key': '{"__proto__":{"action":"announce"},"action":"announce"}',
  'nested arrays': nested,
  'nested objects': '{"a":'.repeat(DEPTH) + '1' + '}'.repeat(DEPTH),
  'nested offer': announce({ offers: [] }).replace('[]', nested),
  'lone surrogates': '{"action":"announce","info_hash":"\\ud800\\udc00\\ud800"}',
  'duplicate keys': announce({}).replace('{', '{"info_hash":5,"peer_id":null,'),
  'stopped twice': announce({ event: 'stopped' }),
};

export const hostileMessages = Object.entries(texts).map(
  ([name, text]) => ({ name: `built in: ${name}`, bytes: Buffer.from(text) }));
