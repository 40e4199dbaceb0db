// SPDX-License-Identifier: Apache-2.0
// All other viewers, and the segments that this one has for them.

import { Neighbour } from './neighbour.js';
import { SegmentCache } from './segment-cache.js';

const FAULTS_MAX = 3;  // nonsense or broken segments, until a peer is put out

export class Exchange {
  neighbours = new Map();
  swarm = null;
  #cache = new SegmentCache();
  #origins = new Map();   // key -> the peer that a segment came from
  #banned = new Set();
  #waiting = new Set();   // whoever looks out for a segment
  #onSent;

  /// @param onSent  told the bytes that went to a peer.
  constructor({ onSent }) {
    this.#onSent = onSent;
  }

  attach(swarm) {
    this.swarm = swarm;
    swarm.on('peer', (peer) => this.#meet(peer));
    swarm.on('gone', (peer) => this.#part(peer));
    for (const peer of swarm.peers.values()) this.#meet(peer);
  }

  add(key, bytes) {
    const lost = this.#cache.put(key, bytes);
    for (const neighbour of this.neighbours.values()) {
      neighbour.have([[key, bytes.length]]);
      if (lost.length) neighbour.lost(lost);
    }
  }

  read(key) {
    return this.#cache.get(key);
  }

  /// From one peer that has it. Null: not from peers, or not in time.
  ///
  /// @param limits  totalMs, firstByteMs, signal.
  async fetch(key, limits) {
    const neighbour = this.#best(key);
    const bytes = await neighbour?.get(key, limits);
    if (bytes) this.#origins.set(key, neighbour);
    return bytes ?? null;
  }

  has(key) {
    return this.#best(key) !== undefined;
  }

  /// Until a peer has the segment, at most for so long.
  lookOut(key, ms, signal) {
    if (ms <= 0 || this.has(key)) return Promise.resolve();
    return new Promise((resolve) => {
      const entry = { key };
      entry.end = () => {
        clearTimeout(timer);
        this.#waiting.delete(entry);
        resolve();
      };
      const timer = setTimeout(entry.end, ms);
      signal.addEventListener('abort', entry.end, { once: true });
      this.#waiting.add(entry);
    });
  }

  /// The player could not read the segment: it must not spread.
  blame(key) {
    this.#cache.delete(key);
    for (const neighbour of this.neighbours.values()) neighbour.lost([key]);
    const origin = this.#origins.get(key);
    origin?.has.delete(key);
    if (origin) this.fault(origin, 'a broken segment');
  }

  // What a neighbour says.

  found(neighbour) {
    for (const entry of [...this.#waiting]) if (neighbour.has.has(entry.key)) entry.end();
  }

  sent(bytes) {
    this.#onSent(bytes);
  }

  fault(neighbour, why) {
    console.warn(`peer ${neighbour.id}: ${why}`);
    if (++neighbour.faults < FAULTS_MAX) return;
    this.#banned.add(neighbour.id);
    neighbour.peer.close('faults');
  }

  /// The idlest; of these any that is not much slower than the fastest.
  #best(key) {
    const able = [...this.neighbours.values()].filter(({ has, rested }) => rested && has.has(key));
    const idle = Math.min(...able.map(({ gets }) => gets.size));
    const free = able.filter(({ gets }) => gets.size === idle);
    const known = free.map(({ bytesPerMs }) => bytesPerMs).filter(Number.isFinite);
    const good = free.filter(({ bytesPerMs }) => bytesPerMs >= Math.max(0, ...known) / 2);
    return good[Math.floor(Math.random() * good.length)];
  }

  #meet(peer) {
    if (this.#banned.has(peer.id)) return peer.close('banned');
    const neighbour = new Neighbour(peer, this);
    this.neighbours.set(peer.id, neighbour);
    return neighbour.have(this.#cache.list());
  }

  #part({ id }) {
    this.neighbours.get(id)?.over();
    this.neighbours.delete(id);
  }
}
