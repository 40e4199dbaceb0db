// SPDX-License-Identifier: Apache-2.0
//
// Descriptions and candidates, there and back, over the golden ones of the browsers.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  compactCandidate, compactDescription, expandCandidate, expandDescription,
} from '../waggle.js';

const VECTORS = new URL('../../vectors/native_descriptions.jsonl', import.meta.url);
const vectors = readFileSync(VECTORS, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const [{ compact: sample }] = vectors;

describe('a description', () => {
  for (const { name, type, sdp, compact } of vectors) {
    it(`becomes compact, and the same again from the template: ${name}`, () => {
      assert.deepEqual(compactDescription(sdp), compact);

      if (!compact) return;
      const expanded = expandDescription(compact, type);
      assert.equal(expanded.type, type);
      assert.deepEqual(compactDescription(expanded.sdp), compact);
    });
  }

  it('expands to lines that end in CR LF, with its candidates', () => {
    const k = ['1 1 udp 1 192.0.2.1 5 typ host', ''];

    const { sdp } = expandDescription({ ...sample, k }, 'offer');

    const lines = sdp.split('\r\n');
    assert.equal(lines.pop(), '');
    assert.ok(lines.every((line) => /^[a-z]=[ -~]+$/.test(line)), sdp);
    assert.deepEqual(lines.slice(-2),
      ['a=candidate:1 1 udp 1 192.0.2.1 5 typ host', 'a=end-of-candidates']);
    assert.ok(lines.includes('a=max-message-size:262144'));
    // RFC 8122 section 5 wants capital letters.
    const hash = /^a=fingerprint:sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/;
    assert.ok(lines.some((line) => hash.test(line)), sdp);
  });

  it('passes as it is where it came whole', () => {
    const whole = { type: 'offer', sdp: 'v=0\r\n' };

    assert.deepEqual(expandDescription(whole, 'offer'), whole);
    assert.equal(expandDescription(whole, 'answer'), null);
  });

  for (const [what, change] of Object.entries({
    'no ice-ufrag': { u: undefined },
    'a line break in the ice-pwd': { p: `${'p'.repeat(24)}\r\na=ice-lite` },
    'a fingerprint that is too short': { f: 'AAAA' },
    'a setup that nobody knows': { r: 'both' },
    'a maximum that is no number': { m: '1\r\na=x' },
  })) {
    it(`is none with ${what}`, () => {
      assert.equal(expandDescription({ ...sample, ...change }, 'offer'), null);
    });
  }

  it('is none if only the peers understand it', () => {
    for (const d of ['opaque', null, undefined, 7, [], {}, { sdp: 7 }]) {
      assert.equal(expandDescription(d, 'offer'), null);
    }
  });
});

describe('a candidate', () => {
  it('travels without its prefix and what the other end can do without', () => {
    const text = '842163049 1 udp 1677729535 203.0.113.99 54321 typ srflx raddr 0.0.0.0 rport 0';
    const tail = ' generation 0 ufrag ETEn network-id 1 network-cost 999';

    assert.equal(compactCandidate(`candidate:${text}${tail}`), text);
    assert.equal(compactCandidate(`a=candidate:${text}${tail}\r\n`), text);
    assert.deepEqual(expandCandidate(text), { candidate: `candidate:${text}`, sdpMLineIndex: 0 });
  });

  it('does not tell the address behind the NAT', () => {
    const head = '1 1 udp 1 203.0.113.99 5 typ srflx';

    assert.equal(compactCandidate(`candidate:${head} raddr 192.168.178.24 rport 52114`),
      `${head} raddr 0.0.0.0 rport 0`);
    assert.equal(compactCandidate(`candidate:${head} raddr fd00::24 rport 52114 generation 0`),
      `${head} raddr :: rport 0`);
  });

  it('is of no use if it only connects over TCP', () => {
    assert.equal(compactCandidate('candidate:1 1 TCP 1 192.0.2.1 9 typ host tcptype active'), null);
    assert.equal(compactCandidate('candidate:1 1 tcp 1 192.0.2.1 5 typ host tcptype passive'),
      '1 1 tcp 1 192.0.2.1 5 typ host tcptype passive');
  });

  it('says by an empty text that there are no more', () => {
    assert.equal(compactCandidate(''), '');
    assert.deepEqual(expandCandidate(''), { candidate: '', sdpMLineIndex: 0 });
  });
});
