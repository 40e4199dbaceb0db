// SPDX-License-Identifier: Apache-2.0
//
// The npm client of bittorrent-tracker in node, with its own message code and fake WebRTC peers.

import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import https from 'node:https';
import Client from 'bittorrent-tracker';
import { within } from './wait.mjs';

/// What simple-peer is to the client: emits 'signal' with its description, takes the other's.
class FakePeer extends EventEmitter {
  constructor(initiator) {
    super();
    this.initiator = initiator;
    this.remote = null;  // the description that arrived
    this.local = { type: initiator ? 'offer' : 'answer', sdp: `v=0 fake ${randomUUID()}` };
    if (initiator) queueMicrotask(() => this.emit('signal', this.local));
  }

  signal(remote) {
    this.remote = remote;
    if (!this.initiator) this.emit('signal', this.local);
    this.emit('described');
  }

  destroy() {}
}

/// Clients with one URL share one socket (the package pools them); another path is another socket.
///
/// @returns a client whose peers are fake; its `warnings` must stay empty in a healthy swarm.
export function makeTrackerClient({ url, authority, infoHash, peerId }) {
  const client = new Client({
    infoHash: infoHash.hex,
    peerId: peerId.hex,
    announce: [url],
    port: 6881,
    proxyOpts: { httpsAgent: new https.Agent({ ca: authority }) },
  });
  client.warnings = [];
  client.on('warning', (warning) => client.warnings.push(warning.message));
  client.on('error', (error) => client.warnings.push(error.message));
  for (const tracker of client._trackers) {
    tracker._createPeer = ({ initiator = false } = {}) => new FakePeer(initiator);
  }
  return client;
}

/// Calls one of the client's verbs and returns the event that answers it.
export async function ask(client, verb, event, options) {
  const answered = once(client, event);
  client[verb](options);
  const [response] = await within(`'${event}' after ${verb}()`, answered);
  return response;
}

/// The next `count` peers of `client` on one side of the exchange, each with the other's
/// description in `remote`. Must be called before what makes them appear.
export function nextPeers(client, { initiator, count = 1 }) {
  const peers = [];
  const all = new Promise((done) => {
    client.on('peer', (peer) => {
      if (peer.initiator !== initiator || peers.length === count) return;
      peer.once('described', () => peers.push(peer) === count && done(peers));
    });
  });
  return within(`${count} peer(s) with ${initiator ? 'an answer' : 'an offer'}`, all);
}

export function destroyClient(client) {
  return within('destroy()', new Promise((done) => client.destroy(done)));
}
