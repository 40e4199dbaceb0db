// SPDX-License-Identifier: Apache-2.0
//
// A page with Waggle's own client: joins a swarm, talks to whom it is linked with, and tells the
// test what it has seen.

import { Waggle } from '/client/waggle.js';

let waggle;
let swarm;
let joinedAt = 0;
const opened = [];   // {id, ms since the join, initiator, path}
const gone = [];
const failed = [];
const states = [];
const heard = new Map();  // id of a peer -> texts

function greet(peer) {
  opened.push({ id: peer.id, ms: performance.now() - joinedAt, initiator: peer.initiator });
  heard.set(peer.id, []);
  peer.channel.addEventListener('message', ({ data }) => heard.get(peer.id)?.push(data));
  peer.channel.send(`from ${waggle.id}`);
}

window.waggleTest = {
  async start({ url, name, want, compact = true, rtc = {}, token }) {
    waggle = new Waggle(url, { compact, rtc, token });
    waggle.on('state', (state) => states.push(state));
    joinedAt = performance.now();
    swarm = await waggle.join(name, { want });
    swarm.on('peer', greet);
    swarm.on('gone', (peer) => gone.push(peer.id));
    swarm.on('failed', (what) => failed.push(what));
    for (const peer of swarm.peers.values()) greet(peer);
  },

  /// Says something over every link that is open.
  say: (text) => swarm.peers.forEach((peer) => peer.channel.send(text)),

  report: () => ({
    id: waggle.id,
    peers: [...swarm.peers.keys()],
    size: swarm.size,
    heard: Object.fromEntries(heard),
    opened, gone, failed, states,
    stats: waggle.stats(),
  }),

  async paths() {
    const kinds = [];
    for (const { connection } of swarm.peers.values()) {
      const stats = await connection.getStats();
      const found = [...stats.values()];
      const pair = found.find(({ type, nominated, state }) =>
        type === 'candidate-pair' && nominated && state === 'succeeded');
      kinds.push(pair && stats.get(pair.localCandidateId)?.candidateType);
    }
    return kinds;
  },

  leave: () => swarm.leave(),
  close: () => waggle.close(),
};
