// SPDX-License-Identifier: Apache-2.0
//
// A client between a fake server, a fake WebRTC and a manual clock, and the usual messages.

import { Waggle } from '../../waggle.js';
import { Clock } from './clock.mjs';
import { fakeRtc } from './fake-rtc.mjs';
import { FakeServer } from './fake-server.mjs';

export const PEER = 'AAAAAAAAAAAAAAAA';
export const OTHER = 'BBBBBBBBBBBBBBBB';
export const HOST = '1 1 udp 2113937151 192.0.2.1 5000 typ host';
export const REFLEXIVE = '2 1 udp 1677729535 203.0.113.9 5001 typ srflx raddr 0.0.0.0 rport 0';

/// A compact description as a peer would send it.
export const described = (r, k) => ({
  u: 'peer', p: 'passwordpasswordpassword', f: 'A'.repeat(43), r, ...(k && { k }),
});

export const welcome = (members = {}) => ({
  t: 'welcome', id: 'IIIIIIIIIIIIIIII', resume: 'seat-1', grace: 30, ice: [], ttl: 0,
  policy: { p2p: true, want: 8, report: 30 }, ...members,
});

export const match = (c, init, members = {}) =>
  ({ t: 'match', s: 1, c, peer: PEER, init, ...members });

export class Client {
  constructor({ scope, ...options } = {}) {
    this.clock = new Clock();
    this.server = new FakeServer();
    this.Rtc = fakeRtc();
    this.heard = [];  // [event, value] of everything that the page hears
    this.waggle = new Waggle('wss://tracker.example/', {
      WebSocket: this.server.WebSocket, RTCPeerConnection: this.Rtc,
      scope: this.clock.scope(scope), ...options,
    });
    for (const name of ['state', 'policy', 'error']) {
      this.waggle.on(name, (value) => this.heard.push([name, value]));
    }
  }

  get socket() {
    return this.server.socket;
  }

  get connections() {
    return this.Rtc.all;
  }

  /// What the page heard under this name.
  of(event) {
    return this.heard.filter(([name]) => name === event).map(([, value]) => value);
  }

  /// Joins without an answer yet; the promise is in `joining`.
  join(name = 'movie', options = undefined) {
    this.joining = this.waggle.join(name, options);
    this.joining.catch(() => {});
    return this;
  }

  /// Opens the newest socket and greets; a client that had no seat has said its joins by then.
  greet(members = {}) {
    this.socket.open().say(welcome(members));
    return this;
  }

  /// A member of one swarm, with the handle 1; what was said until then is read.
  async joined(options) {
    this.join('movie', options).greet();
    this.socket.say({ t: 'joined', s: 1, n: 3 });
    this.swarm = await this.joining;
    for (const name of ['peer', 'gone', 'failed']) {
      this.swarm.on(name, (value) => this.heard.push([name, value]));
    }
    this.socket.fresh();
    return this;
  }

  /// One open link with the number `c`.
  async linked({ c = 7, init = true, peer = PEER } = {}) {
    this.socket.say(match(c, init, { peer }));
    const pc = this.connections.at(-1);
    if (!init) this.socket.say({ t: 'offer', s: 1, c, d: described('actpass') });
    await this.clock.pass(100);
    if (init) this.socket.say({ t: 'answer', s: 1, c, d: described('active') });
    await this.clock.pass(0);
    pc.open();
    await this.clock.pass(0);
    this.socket.fresh();
    return pc;
  }

  /// The connection breaks, and the client is back on a new socket that is not open yet.
  async reconnecting() {
    this.socket.end();
    await this.clock.pass(500);
    return this;
  }
}
