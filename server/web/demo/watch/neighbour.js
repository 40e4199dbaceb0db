// SPDX-License-Identifier: Apache-2.0
// One other viewer: which segments it has, which of them come from it, which go to it.

import { Outbox } from '../shared/outbox.js';
import { Rate } from '../shared/rate.js';
import { HEAD_BYTES, LIST_MAX, blocksOf, readMessage } from './wire.js';

const LIMITS = {
  segmentBytesMax: 32 * 1024 * 1024,
  segmentsKnown: 5_000,
  queue: 4,            // requests of the peer that wait
  restMs: 10_000,      // not asked again after it was too slow
};

export class Neighbour {
  down = new Rate();
  up = new Rate();
  has = new Map();     // key -> length
  gets = new Map();    // n -> what it was asked for
  faults = 0;
  bytesPerMs = Infinity;  // of the last segment; until there is one, worth a try
  #restUntilMs = 0;
  #n = 0;
  #owner;
  #outbox;
  #queue = [];         // {n, k} to answer
  #sending = null;
  #busy = false;

  /// @param owner  hears found, sent and fault; reads segments.
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

  get rested() {
    return performance.now() >= this.#restUntilMs;
  }

  have(segments) {
    for (let at = 0; at < segments.length; at += LIST_MAX) {
      this.#outbox.say({ t: 'have', s: segments.slice(at, at + LIST_MAX) });
    }
  }

  lost(keys) {
    this.#outbox.say({ t: 'lost', k: keys });
  }

  /// Resolves with the bytes, or with null once it is clear, or late enough, that they do not come.
  get(key, { totalMs, firstByteMs, signal }) {
    const n = this.#n = (this.#n + 1) % 2 ** 32;
    return new Promise((resolve) => {
      const startMs = performance.now();
      const get = { bytes: new Uint8Array(this.has.get(key)), filled: 0, startMs };
      const late = () => {
        this.#restUntilMs = performance.now() + LIMITS.restMs;
        this.#outbox.say({ t: 'stop', n });
        get.end(null);
      };
      const unwanted = () => {
        this.#outbox.say({ t: 'stop', n });
        get.end(null);
      };
      const timers = [
        setTimeout(() => get.filled || late(), firstByteMs),
        setTimeout(late, totalMs),
      ];
      get.end = (bytes) => {
        timers.forEach(clearTimeout);
        signal.removeEventListener('abort', unwanted);
        this.gets.delete(n);
        resolve(bytes);
      };
      signal.addEventListener('abort', unwanted);
      this.gets.set(n, get);
      this.#outbox.say({ t: 'get', n, k: key });
    });
  }

  over() {
    this.#queue = [];
    this.#outbox.stop();
    for (const get of [...this.gets.values()]) get.end(null);
  }

  #take(message) {
    const { t, n, k } = message;
    if (t === 'block') this.#block(message);
    else if (t === 'have') this.#found(message.s);
    else if (t === 'lost') for (const key of k) this.has.delete(key);
    else if (t === 'get') this.#enqueue({ n, k });
    else if (t === 'stop') this.#dequeue(n);
    else if (t === 'no') this.gets.get(n)?.end(null);
  }

  #found(segments) {
    for (const [key, length] of segments) {
      const sane = typeof key === 'string' && Number.isInteger(length) && length > 0 &&
        length <= LIMITS.segmentBytesMax;
      if (!sane) throw new Error('a segment of no sensible length');
      if (this.has.size < LIMITS.segmentsKnown) this.has.set(key, length);
    }
    this.#owner.found(this);
  }

  #block({ n, bytes }) {
    const get = this.gets.get(n);
    if (!get) return;  // it was on the way when it was stopped
    if (!bytes.length || get.filled + bytes.length > get.bytes.length) {
      get.end(null);
      throw new Error('a segment longer than it said');
    }
    get.bytes.set(bytes, get.filled);
    get.filled += bytes.length;
    this.down.add(bytes.length);
    if (get.filled < get.bytes.length) return;
    this.bytesPerMs = get.filled / Math.max(1, performance.now() - get.startMs);
    get.end(get.bytes);
  }

  #enqueue(request) {
    if (this.#queue.length < LIMITS.queue && this.#owner.read(request.k)) {
      this.#queue.push(request);
      if (!this.#busy) this.#send();
    } else {
      this.#outbox.say({ t: 'no', n: request.n });
    }
  }

  #dequeue(n) {
    this.#queue = this.#queue.filter((request) => request.n !== n);
    if (this.#sending === n) this.#sending = null;
  }

  async #send() {
    this.#busy = true;
    while (this.#queue.length && this.#outbox.open) {
      const { n, k } = this.#queue.shift();
      this.#sending = n;
      const bytes = this.#owner.read(k);
      if (!bytes) this.#outbox.say({ t: 'no', n });
      for (const block of blocksOf(n, bytes ?? [])) {
        if (this.#sending !== n || !await this.#outbox.bulk(block)) break;
        this.up.add(block.length - HEAD_BYTES);
        this.#owner.sent(block.length - HEAD_BYTES);
      }
    }
    this.#busy = false;
  }
}
