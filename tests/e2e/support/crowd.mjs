// SPDX-License-Identifier: Apache-2.0
//
// Plain clients on sockets of their own that keep exchanging offers and answers in a few swarms,
// so that on two cores relays certainly cross from one to the other.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { RELAYS_CROSSED } from './server.mjs';
import { isAnswer, isOffer, TrackerSocket } from './tracker-socket.mjs';
import { randomInfoHash, randomPeerId } from './wait.mjs';

const MEMBERS = 10;
const SWARMS = 3;
// Sockets are spread over the cores by the kernel, so ten of them could all meet on one; then this
// many more join, at most so often. Ten on one of two cores: once in 512 runs.
const ROUNDS_MAX = 4;

/// Lets MEMBERS clients join each of SWARMS swarms and exchange an offer and an answer each; fails
/// unless the server says that relays have crossed cores.
export async function crossCores(server, scheme, authority) {
  const members = [];
  try {
    let crossed = 0;
    for (let round = 0; round < ROUNDS_MAX && !crossed; ++round) {
      for (let count = 0; count < MEMBERS; ++count) {
        members.push(await Member.join(server.urls[scheme], authority));
      }
      for (let swarm = 0; swarm < SWARMS; ++swarm) {
        await exchange(members, randomInfoHash().binary);
      }
      crossed = await server.metric(RELAYS_CROSSED);
    }
    assert.ok(crossed > 0, `${RELAYS_CROSSED} must have counted`);
  } finally {
    members.forEach((member) => member.socket.close());
  }
}

/// Every member joins in turn; all but the first offer to one earlier member and are answered.
async function exchange(members, infoHash) {
  const [first, ...later] = members;
  await first.socket.announce(infoHash, first.peerId, { left: 1 });
  for (const member of later) await member.offerOnce(infoHash);
}

class Member {
  static async join(url, authority) {
    const member = new Member(await TrackerSocket.open(url, authority));
    member.socket.onMessage = (message) => member.answerOffer(message);
    return member;
  }

  constructor(socket) {
    this.socket = socket;
    this.peerId = randomPeerId().binary;
  }

  answerOffer(message) {
    if (!isOffer(message)) return;
    this.socket.send({
      action: 'announce', info_hash: message.info_hash, peer_id: this.peerId,
      to_peer_id: message.peer_id, offer_id: message.offer_id,
      answer: { type: 'answer', sdp: `answer to ${message.offer.sdp}` },
    });
  }

  async offerOnce(infoHash) {
    const offerId = randomBytes(20).toString('latin1');
    const sdp = `offer ${randomBytes(400).toString('hex')}`;
    await this.socket.announce(infoHash, this.peerId, {
      left: 1, numwant: 1, offers: [{ offer: { type: 'offer', sdp }, offer_id: offerId }],
    });
    const answer = await this.socket.receive('answer',
      (message) => isAnswer(message) && message.offer_id === offerId);
    assert.equal(answer.answer.sdp, `answer to ${sdp}`);
  }
}
