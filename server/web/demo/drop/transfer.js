// SPDX-License-Identifier: Apache-2.0
// A file on its way between all tabs that have its link open: what is asked of whom, what is taken
// for good, who is put out. A tab that has everything goes on to send.

import { hashWhole, isManifest, readManifest } from './manifest.js';
import { Neighbour } from './neighbour.js';
import { pickRarest } from './picker.js';
import { PieceStore } from './piece-store.js';
import { MANIFEST } from './wire.js';

const LIMITS = {
  faults: 3,             // bad pieces and nonsense, until a peer is put out
  silentMs: 6_000,       // without a block: others may send what it was asked for
  spareMs: 2_000,        // what takes longer may be asked of a second peer: manifest, last pieces
  askedOf: 2,            // peers at most that send the same piece
  haveMs: 100,           // pieces that came are told together
  hungryMs: 5_000,       // without anything to ask for: other peers are wanted
};

export class Transfer {
  neighbours = new Map();
  store = null;
  manifest = null;
  state = 'looking';     // receiving, checking, done, sharing, broken
  problem = '';
  received = 0;          // bytes that peers sent and that were good
  wasted = 0;            // and bad
  sentBytes = 0;
  checked = 0;           // bytes of the whole that were hashed again
  asked = new Map();     // piece -> the neighbours that send it
  unreadable = false;    // a file of this machine is not there any more, or another one
  #id;
  #swarm;
  #waggle;
  #availability = [];    // of each piece: how many neighbours have it
  #verifying = new Set();
  #banned = new Set();
  #fresh = [];           // pieces that neighbours have not heard of
  #freshMs = 0;
  #reported = { p2p: 0, up: 0 };
  #hungryMs = performance.now();

  /// @param manifest, store  of a file that is here; without, they come from peers.
  constructor({ id, waggle, swarm, manifest = null, store = null }) {
    this.#id = id;
    this.#waggle = waggle;
    this.#swarm = swarm;
    if (manifest) this.#begin(manifest, store);
    swarm.on('peer', (peer) => this.#meet(peer));
    swarm.on('gone', (peer) => this.#part(peer));
    for (const peer of swarm.peers.values()) this.#meet(peer);
    setInterval(() => this.#tick(), 1000);
  }

  /// Does anybody wait for what only this tab may have?
  get needed() {
    const all = [...this.neighbours.values()];
    return !!this.store?.complete && all.some(({ has, complete }) => has && !complete) &&
      !all.some(({ complete }) => complete);
  }

  // What a neighbour says.

  hello(neighbour) {
    if (!this.manifest) this.#askManifest();
    else if (neighbour.manifestBytes && !neighbour.greeted) neighbour.bits(this.store.bits());
  }

  found(neighbour, pieces) {
    for (const piece of pieces) ++this.#availability[piece];
    this.#fill(neighbour);
  }

  async arrived(neighbour, piece, bytes) {
    if (piece === MANIFEST) return this.#arrivedManifest(neighbour, bytes);
    this.#verifying.add(piece);
    for (const other of this.asked.get(piece) ?? []) if (other !== neighbour) other.stop(piece);
    this.asked.delete(piece);
    this.#fill(neighbour);  // the next ones are on the way while this one is hashed
    const good = await this.manifest.fits(piece, bytes);
    this.#verifying.delete(piece);
    if (good) {
      this.#keep(piece, bytes);
    } else {
      this.wasted += bytes.length;
      this.fault(neighbour, 'a piece with another hash');
    }
    return this.#fill(neighbour);
  }

  refused(neighbour, piece) {
    this.#release(neighbour, piece);
    neighbour.silent = true;  // one piece at a time until it sends again
  }

  sent(bytes) {
    this.sentBytes += bytes;
  }

  canRead(piece) {
    return !!this.store && (piece === MANIFEST || this.store.has(piece));
  }

  async read(piece) {
    try {
      return piece === MANIFEST ? this.manifest.bytes : await this.store.read(piece);
    } catch (error) {
      this.unreadable = true;
      throw error;
    }
  }

  fault(neighbour, why) {
    console.warn(`peer ${neighbour.id}: ${why}`);
    if (++neighbour.faults < LIMITS.faults) return;
    this.#banned.add(neighbour.id);
    neighbour.peer.close('faults');
  }

  // The manifest.

  #askManifest() {
    const all = [...this.neighbours.values()];
    const longAgoMs = performance.now() - LIMITS.spareMs;
    if (all.some(({ asked }) => asked.get(MANIFEST)?.sinceMs > longAgoMs)) return;
    const able = all.filter(({ asked, manifestBytes }) => manifestBytes && !asked.has(MANIFEST));
    const [chosen] = able.sort((a, b) => a.silent - b.silent || a.faults - b.faults);
    chosen?.ask(MANIFEST, chosen.manifestBytes);
  }

  async #arrivedManifest(neighbour, bytes) {
    if (!await isManifest(bytes, this.#id)) {
      this.fault(neighbour, 'another manifest');
      this.#askManifest();
    } else if (!this.manifest && this.state !== 'broken') {
      try {
        const manifest = readManifest(bytes, this.#id);
        this.#begin(manifest, new PieceStore(manifest));
      } catch (error) {
        this.#fail(error.message);
      }
    }
  }

  #fail(problem) {
    Object.assign(this, { state: 'broken', problem });
  }

  #begin(manifest, store) {
    this.manifest = manifest;
    this.store = store;
    this.state = store.complete ? 'sharing' : 'receiving';
    this.#availability = new Uint16Array(manifest.pieces);
    for (const neighbour of this.neighbours.values()) {
      neighbour.hello(manifest.bytes.length);
      this.hello(neighbour);
    }
    this.#tellHave();
  }

  // Pieces.

  #keep(piece, bytes) {
    if (this.store.has(piece)) return;
    this.store.put(piece, bytes);
    this.received += bytes.length;
    this.#fresh.push(piece);
    if (performance.now() - this.#freshMs > LIMITS.haveMs) this.#tellFresh();
    this.#tellHave();
    if (this.store.complete) this.#checkWhole();
  }

  #tellFresh() {
    this.#freshMs = performance.now();
    const pieces = this.#fresh.splice(0);
    if (!pieces.length) return;
    for (const neighbour of this.neighbours.values()) neighbour.have(pieces);
  }

  #tellHave() {
    this.#swarm.update({ have: Math.floor((100 * this.store.bytes) / this.manifest.size) });
  }

  #fill(neighbour) {
    const gone = this.neighbours.get(neighbour.id) !== neighbour;
    if (gone || !this.store || this.store.complete) return;
    while (neighbour.room > 0) {
      const piece = this.#next(neighbour);
      if (piece < 0) return;
      this.#hungryMs = performance.now();
      const senders = this.asked.get(piece) ?? new Set();
      this.asked.set(piece, senders.add(neighbour));
      neighbour.ask(piece, this.manifest.lengthOf(piece));
    }
  }

  #next(neighbour) {
    const { pieces } = this.manifest;
    const wanted = (piece) =>
      !this.store.has(piece) && !this.asked.has(piece) && !this.#verifying.has(piece);
    const fresh = pickRarest({
      pieces, wanted, availability: this.#availability, has: neighbour.has,
    });
    if (fresh >= 0) return fresh;
    const longAgoMs = performance.now() - LIMITS.spareMs;
    for (const [piece, senders] of this.asked) {
      const late = [...senders].every((sender) => sender.asked.get(piece)?.sinceMs < longAgoMs);
      const spare = senders.size < LIMITS.askedOf && !senders.has(neighbour);
      if (late && spare && neighbour.has[piece]) return piece;
    }
    return -1;
  }

  #release(neighbour, piece) {
    const senders = this.asked.get(piece);
    senders?.delete(neighbour);
    if (!senders?.size) this.asked.delete(piece);
  }

  async #checkWhole() {
    this.state = 'checking';
    const found = await hashWhole(this.store.whole(), (bytes) => {
      this.checked = bytes;
    });
    if (found === this.manifest.sha256) this.state = 'done';
    else this.#fail('Every piece is right, but the whole is not: its sender made a wrong link');
  }

  // Who is there.

  #meet(peer) {
    if (this.#banned.has(peer.id)) return peer.close('banned');
    const neighbour = new Neighbour(peer, this);
    this.neighbours.set(peer.id, neighbour);
    return neighbour.hello(this.manifest?.bytes.length ?? 0);
  }

  #part({ id }) {
    const neighbour = this.neighbours.get(id);
    if (!neighbour) return;
    this.neighbours.delete(id);
    neighbour.over();
    neighbour.has?.forEach((has, piece) => {
      this.#availability[piece] -= has;
    });
    for (const piece of neighbour.asked.keys()) this.#release(neighbour, piece);
    for (const other of this.neighbours.values()) this.#fill(other);
  }

  #tick() {
    this.#tellFresh();
    const nowMs = performance.now();
    for (const neighbour of this.neighbours.values()) {
      if (neighbour.asked.size && nowMs - neighbour.heardMs > LIMITS.silentMs) this.#giveUp(neighbour);
    }
    for (const neighbour of this.neighbours.values()) this.#fill(neighbour);
    if (!this.manifest && this.state !== 'broken') this.#askManifest();
    if (!this.store?.complete && this.neighbours.size && nowMs - this.#hungryMs > LIMITS.hungryMs) {
      this.#hungryMs = nowMs;
      this.#swarm.more(1);
    }
    this.#report();
  }

  #giveUp(neighbour) {
    neighbour.silent = true;
    for (const piece of [...neighbour.asked.keys()]) {
      neighbour.stop(piece);
      this.#release(neighbour, piece);
    }
  }

  #report() {
    const p2p = this.received - this.#reported.p2p;
    const up = this.sentBytes - this.#reported.up;
    if (!p2p && !up) return;
    this.#reported = { p2p: this.received, up: this.sentBytes };
    this.#waggle.report({ p2p, cdn: 0, up });
  }
}
