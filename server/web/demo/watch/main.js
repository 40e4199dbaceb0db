// SPDX-License-Identifier: Apache-2.0
// watch.html: the player begins at once; the swarm is joined beside it, and never waited for.

import { connect, hasWebRtc, warnWithoutWebRtc } from '../shared/connection.js';
import { hook, say } from '../shared/dom.js';
import { explained } from '../shared/problems.js';
import { offerLink } from '../shared/share-link.js';
import { Exchange } from './exchange.js';
import { swarmOf } from './keys.js';
import { play } from './player.js';
import { Tally } from './tally.js';
import { View } from './view.js';

const SAMPLE = '/demo/sample/index.m3u8';
const STATE_MS = 5_000;
const WITHOUT_PEERS = 'Until then the film comes from the server alone.';

const source = new URL(new URLSearchParams(location.search).get('src') ?? SAMPLE, location.href).href;
const video = hook('video');
let waggle = null;
const tally = new Tally({ report: (bytes) => waggle?.report(bytes) });
const exchange = new Exchange({ onSent: (bytes) => tally.sentTo(bytes) });
const view = new View({ video, exchange, tally });

offerLink(location.href, document.title);
say(hook('source'), source);
explained(() => play({
  video, source, exchange,
  onLoaded: (key, from, bytes) => tally.loaded(key, from, bytes),
  onSegments: (segments) => {
    view.segments = segments;
  },
}));
explained(meetOthers);

async function meetOthers() {
  if (!hasWebRtc()) {
    warnWithoutWebRtc('All of the film comes from the server.', { grave: false });
    return;
  }
  waggle = await connect({ consequence: WITHOUT_PEERS, grave: false });
  const swarm = await joined();
  exchange.attach(swarm);
  setInterval(() => swarm.update({ pos: video.currentTime, have: haveOf(view.segments) }), STATE_MS);
}

function joined() {
  const name = swarmOf(source);
  hook('source').dataset.swarm = name;
  return waggle.join(name, { up: true, pos: 0 });
}

const haveOf = (segments) => {
  const here = segments.filter(({ key }) => exchange.read(key)).length;
  return segments.length ? (100 * here) / segments.length : 0;
};
