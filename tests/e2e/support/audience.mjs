// SPDX-License-Identifier: Apache-2.0
//
// Clients of several kinds in swarms of several sizes that keep offering to each other and answer
// every offer, so that whoever looks at the server has something to see.

import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isOffer, TrackerSocket } from './tracker-socket.mjs';

const DESCRIPTION = randomBytes(300).toString('hex');
const ROUND_MS = 400;
const OFFERS = 2;

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) ' +
  'Chrome/142.0.0.0 Safari/537.36';
/// What peer ids begin with, and what the browser says.
const KINDS = [
  { prefix: '-WW0208-', agent: CHROME },
  { prefix: '-WW0207-', agent: FIREFOX },
  { prefix: '-PM0302-', agent: CHROME },
];

export class Viewer {
  /// @param address  that the proxy in front would name: the server has to trust 127.0.0.1.
  static async join({ urls, authority, infoHash, kind = KINDS[0], address, seeds = false }) {
    const headers = { 'User-Agent': kind.agent };
    if (address) headers['X-Forwarded-For'] = address;
    const socket = await TrackerSocket.open(urls.ws, authority, headers);
    const viewer = new Viewer(socket, infoHash, kind, seeds);
    await socket.announce(infoHash, viewer.peerId, { left: viewer.left, event: 'started' });
    return viewer;
  }

  constructor(socket, infoHash, { prefix }, seeds) {
    this.socket = socket;
    this.infoHash = infoHash;
    this.peerId = prefix + randomBytes(6).toString('hex');
    this.left = seeds ? 0 : 1;
    socket.onMessage = (message) => this.#take(message);
  }

  offer() {
    this.socket.send({
      action: 'announce', info_hash: this.infoHash, peer_id: this.peerId, left: this.left,
      numwant: OFFERS,
      offers: Array.from({ length: OFFERS }, () => ({
        offer: { type: 'offer', sdp: DESCRIPTION }, offer_id: randomBytes(20).toString('latin1'),
      })),
    });
  }

  #take(message) {
    if (isOffer(message)) {
      this.socket.send({
        action: 'announce', info_hash: this.infoHash, peer_id: this.peerId,
        to_peer_id: message.peer_id, offer_id: message.offer_id,
        answer: { type: 'answer', sdp: DESCRIPTION },
      });
    }
    // Nobody reads them: they would only grow.
    this.socket.unread.length = 0;
  }
}

/// @param sizes  how many there are in each swarm.
export async function openAudience({ urls, authority, infoHashes, sizes }) {
  const viewers = [];
  for (const [i, infoHash] of infoHashes.entries()) {
    for (let n = 0; n < sizes[i]; ++n) {
      const kind = KINDS[viewers.length % KINDS.length];
      const address = `198.51.${i}.${n + 1}`;
      viewers.push(await Viewer.join({ urls, authority, infoHash, kind, address, seeds: n % 4 === 0 }));
    }
  }
  let over = false;
  const running = (async () => {
    while (!over) {
      for (const viewer of viewers) if (!viewer.socket.closed) viewer.offer();
      await pause(ROUND_MS);  // the pace of the audience; nothing waits for it
    }
  })();
  return {
    viewers,
    async close() {
      over = true;
      await running;
      viewers.forEach(({ socket }) => socket.close());
    },
  };
}
