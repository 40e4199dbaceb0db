// SPDX-License-Identifier: Apache-2.0
//
// A page in a Trystero room (torrent strategy) that greets everybody it meets.

import { joinRoom, selfId } from '@trystero-p2p/torrent';

const met = new Set();
const heard = {};
let room;

window.waggleTest = {
  join({ tracker, roomId }) {
    room = joinRoom({
      appId: 'waggle-e2e',
      password: 'descriptions are encrypted',
      relayConfig: { urls: [tracker] },
      // Pages of one machine need no STUN server, and the tests must not ask one.
      rtcConfig: { iceServers: [] },
    }, roomId);
    const greeting = room.makeAction('greeting');
    greeting.onMessage = (text, { peerId }) => (heard[peerId] = text);
    room.onPeerJoin = (peerId) => {
      met.add(peerId);
      greeting.send(`from ${selfId}`, { target: peerId });
    };
    return selfId;
  },

  report: () => ({ met: [...met], heard }),
};
