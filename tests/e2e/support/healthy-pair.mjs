// SPDX-License-Identifier: Apache-2.0
//
// Two clients that exchange one offer and answer after the other while something else happens to
// the server. A relay that does not arrive in time ends the exchange with an error.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isAnswer, isOffer, TrackerSocket } from './tracker-socket.mjs';
import { randomInfoHash, randomPeerId } from './wait.mjs';

const ROUNDS_PER_SECOND_MAX = 100;  // far more than any viewer, yet no flood
const DESCRIPTION = randomBytes(600).toString('hex');  // about as long as a browser's

const ROUNDS_MIN = 20;

/// Runs `disturbance` beside the pair; both must succeed.
///
/// @returns the number of offers that were made, delivered, answered and heard of again.
export async function besideHealthyPair({ urls, authority }, disturbance) {
  const infoHash = randomInfoHash().binary;
  const sides = [];
  try {
    for (const url of urls) {
      sides.push({ socket: await TrackerSocket.open(url, authority), id: randomPeerId().binary });
      await sides.at(-1).socket.announce(infoHash, sides.at(-1).id, { left: 1 });
    }
    let over = false;
    const disturbed = Promise.resolve(disturbance()).finally(() => (over = true));
    const [rounds] = await Promise.all([relayUntil(() => over, infoHash, sides), disturbed]);
    return rounds;
  } finally {
    sides.forEach(({ socket }) => socket.close());
  }
}

async function relayUntil(isOver, infoHash, [left, right]) {
  let rounds = 0;
  do {
    const [caller, callee] = rounds % 2 === 0 ? [left, right] : [right, left];
    await relay(infoHash, caller, callee, ++rounds);
    await pause(1000 / ROUNDS_PER_SECOND_MAX);  // the pace of the pair; nothing waits for it
  } while (!isOver() || rounds < ROUNDS_MIN);
  return rounds;
}

async function relay(infoHash, caller, callee, round) {
  const offerId = randomBytes(20).toString('latin1');
  const offer = { type: 'offer', sdp: `${round} ${DESCRIPTION}` };
  const answer = { type: 'answer', sdp: `${DESCRIPTION} ${round}` };
  const reply = await caller.socket.announce(infoHash, caller.id,
    { left: 1, numwant: 1, offers: [{ offer, offer_id: offerId }] });
  assert.equal(reply.complete + reply.incomplete, 2);

  const offered = await callee.socket.receive(`offer ${round}`, isOffer);
  assert.deepEqual(offered, { action: 'announce', info_hash: infoHash, peer_id: caller.id,
                              offer, offer_id: offerId });
  callee.socket.send({ action: 'announce', info_hash: infoHash, peer_id: callee.id,
                       to_peer_id: caller.id, answer, offer_id: offerId });

  const answered = await caller.socket.receive(`answer ${round}`, isAnswer);
  assert.deepEqual(answered, { action: 'announce', info_hash: infoHash, peer_id: callee.id,
                               answer, offer_id: offerId });
}
