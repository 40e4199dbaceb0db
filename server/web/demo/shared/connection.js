// SPDX-License-Identifier: Apache-2.0
// The connection to the server that this page came from, and its state in the bar on top.

import { hook, say } from './dom.js';
import { problem, refusal, solved } from './problems.js';

const WORDS = {
  connecting: 'Connecting',
  open: 'Connected',
  waiting: 'No answer, trying again',
  closed: 'Disconnected',
};

export const hasWebRtc = () => typeof RTCPeerConnection === 'function';

export function warnWithoutWebRtc(consequence, options) {
  problem('webrtc', 'This browser has no WebRTC',
    `It may be switched off by a setting or an extension. ${consequence}`, options);
}

/// @param consequence  a sentence: what the lack of a server means here.
/// @param grave        it is more than a pity.
export async function connect({ consequence, grave }) {
  const { Waggle } = await import('/waggle.js').catch(() => {
    throw new Error('The server does not deliver its client, /waggle.js');
  });
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const token = new URLSearchParams(location.search).get('token') ?? undefined;
  const waggle = new Waggle(`${scheme}://${location.host}/`, { token });
  waggle.on('state', (state) => {
    showState(state);
    if (state === 'open' || state === 'closed') solved('server');
    if (state === 'waiting') {
      problem('server', 'The server does not answer',
        `It is tried again until it does. ${consequence}`, { grave });
    }
  });
  waggle.on('error', refusal);
  waggle.on('policy', ({ p2p }) => {
    if (p2p) {
      solved('policy');
    } else {
      problem('policy', 'Peers are switched off',
        `Whoever runs this server has turned peer-to-peer off. ${consequence}`, { grave });
    }
  });
  return waggle;
}

function showState(state) {
  hook('server-state').dataset.state = state;
  say(hook('server-state-text'), WORDS[state]);
}
