// SPDX-License-Identifier: Apache-2.0
// One peer of a file: what it has, what it was asked for and what it asks for. It decides nothing;
// its owner (transfer.js) hears of all that matters.

import { Outbox } from '../shared/outbox.js';
import { Rate } from '../shared/rate.js';
import { LIMITS as MANIFEST_LIMITS } from './manifest.js';
import { HEAD_BYTES, MANIFEST, VERSION, blocksOf, readMessage } from './wire.js';
import { piecesIn } from './piece-store.js';

const LIMITS = {
  piecesAsked: 4,       // at least so many are on the way ...
  piecesAskedMax: 32,   // ... and with a fast peer what it sends in a second
  queue: 64,            // requests of the peer that wait
};

export class Neighbour {
  down = new Rate();
  up = new Rate();
  has = null;            // of each piece 0 or 1, once both ends have the manifest
  hasCount = 0;
  manifestBytes = 0;     // the length of its manifest, 0: it has none
  greeted = false;       // it has our bits
  faults = 0;
  silent = false;        // it has not sent what it was asked for
  heardMs = 0;
  asked = new Map();     // piece -> {bytes, filled, sinceMs}
  #owner;
  #outbox;
  #queue = [];           // pieces to send
  #sending = null;       // the one on the way
  #busy = false;         // the loop that sends runs

  /// @param owner  hears hello, found, arrived, refused, sent and fault; reads pieces.
  constructor(peer, owner) {
    Object.assign(this, { peer, id: peer.id, lan: peer.lan });
    this.#owner = owner;
    this.#outbox = new Outbox(peer.channel);
    peer.channel.addEventListener('message', ({ data }) => {
      try {
        this.#take(readMessage(data));
      } catch (error) {
        owner.fault(this, error.message);
      }
    });
  }

  /// How many pieces more it may be asked for.
  get room() {
    if (!this.has) return 0;
    if (this.silent) return 1 - this.asked.size;
    const second = Math.ceil(this.down.perSecond() / this.#owner.manifest.pieceBytes);
    const most = Math.min(Math.max(second, LIMITS.piecesAsked), LIMITS.piecesAskedMax);
    return most - this.asked.size;
  }

  get complete() {
    return !!this.has && this.hasCount === this.has.length;
  }

  hello(manifestBytes) {
    this.#outbox.say({ t: 'hello', v: VERSION, manifest: manifestBytes });
  }

  bits(text) {
    this.greeted = true;
    this.#outbox.say({ t: 'bits', b: text });
  }

  have(pieces) {
    if (this.greeted) this.#outbox.say({ t: 'have', i: pieces });
  }

  ask(piece, length) {
    const nowMs = performance.now();
    if (!this.asked.size) this.heardMs = nowMs;
    this.asked.set(piece, { bytes: new Uint8Array(length), filled: 0, sinceMs: nowMs });
    this.#outbox.say(piece === MANIFEST ? { t: 'manifest' } : { t: 'get', i: piece });
  }

  stop(piece) {
    if (this.asked.delete(piece)) this.#outbox.say({ t: 'stop', i: piece });
  }

  over() {
    this.#queue = [];
    this.#outbox.stop();
  }

  #take(message) {
    const { t, i } = message;
    if (t === 'block') this.#block(message);
    else if (t === 'hello') this.#hello(message);
    else if (t === 'bits') this.#bits(message.b);
    else if (t === 'have') this.#found(i);
    else if (t === 'manifest') this.#enqueue(MANIFEST);
    else if (t === 'get') this.#enqueue(i);
    else if (t === 'stop') this.#dequeue(i);
    else if (t === 'no' && this.asked.delete(i)) this.#owner.refused(this, i);
  }

  #hello({ v, manifest }) {
    const sane = v === VERSION && Number.isSafeInteger(manifest) && manifest >= 0 &&
      manifest <= MANIFEST_LIMITS.manifestBytesMax;
    if (!sane) throw new Error('another version');
    this.manifestBytes = manifest;
    this.#owner.hello(this);
  }

  #bits(text) {
    const { manifest } = this.#owner;
    if (!manifest || this.has) return;
    const pieces = piecesIn(text, manifest.pieces);
    this.has = new Uint8Array(manifest.pieces);
    this.#found(pieces);
  }

  #found(pieces) {
    const fresh = [...new Set(pieces)].filter((piece) => this.has?.[piece] === 0);
    for (const piece of fresh) this.has[piece] = 1;
    this.hasCount += fresh.length;
    this.#owner.found(this, fresh);
  }

  #block({ i: piece, offset, bytes }) {
    const asked = this.asked.get(piece);
    if (!asked) return;  // it was on the way when it was stopped
    if (offset === 0) asked.filled = 0;
    if (offset !== asked.filled) return;
    if (!bytes.length || offset + bytes.length > asked.bytes.length) throw new Error('a block too long');
    this.silent = false;
    this.heardMs = performance.now();
    this.down.add(bytes.length);
    asked.bytes.set(bytes, offset);
    asked.filled += bytes.length;
    if (asked.filled < asked.bytes.length) return;
    this.asked.delete(piece);
    this.#owner.arrived(this, piece, asked.bytes);
  }

  #enqueue(piece) {
    if (this.#queue.length < LIMITS.queue && this.#owner.canRead(piece)) {
      this.#queue.push(piece);
      if (!this.#busy) this.#send();
    } else {
      this.#outbox.say({ t: 'no', i: piece });
    }
  }

  #dequeue(piece) {
    this.#queue = this.#queue.filter((queued) => queued !== piece);
    if (this.#sending === piece) this.#sending = null;
  }

  async #send() {
    this.#busy = true;
    while (this.#queue.length && this.#outbox.open) {
      const piece = this.#sending = this.#queue.shift();
      try {
        const bytes = await this.#owner.read(piece);
        for (const block of blocksOf(piece, bytes)) {
          if (this.#sending !== piece || !await this.#outbox.bulk(block)) break;
          this.up.add(block.length - HEAD_BYTES);
          this.#owner.sent(block.length - HEAD_BYTES);
        }
      } catch {
        this.#outbox.say({ t: 'no', i: piece });
      }
    }
    this.#busy = false;
  }
}
