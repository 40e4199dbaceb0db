// SPDX-License-Identifier: Apache-2.0
//
// An hls.js player with p2p-media-loader that counts where its bytes came from.

import Hls from 'hls.js';
import { HlsJsP2PEngine } from 'p2p-media-loader-hlsjs';

const HlsWithP2P = HlsJsP2PEngine.injectMixin(Hls);
const video = document.querySelector('video');
const bytes = { http: 0, p2p: 0 };
const peers = new Set();
let peersLost = 0;

function countTraffic(hls) {
  hls.p2pEngine.addEventListener('onChunkDownloaded', (length, source) => {
    bytes[source] += length;
  });
  hls.p2pEngine.addEventListener('onPeerConnect', ({ peerId }) => peers.add(peerId));
  hls.p2pEngine.addEventListener('onPeerClose', () => (peersLost += 1));
  hls.p2pEngine.addEventListener('onTrackerError', ({ error }) => {
    console.warn(`tracker: ${error.message ?? error}`);
  });
}

window.waggleTest = {
  play({ manifest, tracker }) {
    const hls = new HlsWithP2P({
      p2p: {
        core: {
          announceTrackers: [tracker],
          // Pages of one machine need no STUN server, and the tests must not ask one.
          rtcConfig: { iceServers: [] },
          // Ahead of playback only this much comes over HTTP at once, so that peers have a chance
          // in a stream of less than a minute; the default suits films.
          highDemandTimeWindow: 4,
        },
        onHlsJsCreated: countTraffic,
      },
    });
    hls.on(Hls.Events.ERROR, (_, { fatal, details }) => {
      console.error(`hls.js: ${details}${fatal ? ' (fatal)' : ''}`);
    });
    hls.attachMedia(video);
    hls.loadSource(manifest);
    return video.play();
  },

  report: () => ({
    playedSeconds: video.currentTime,
    decodedFrames: video.getVideoPlaybackQuality().totalVideoFrames,
    bytesOverHttp: bytes.http,
    bytesFromPeers: bytes.p2p,
    peers: peers.size,
    peersLost,
  }),
};
