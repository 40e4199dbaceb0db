// SPDX-License-Identifier: Apache-2.0
//
// A WebTorrent page that seeds one file, or fetches one from other pages.

import WebTorrent from 'webtorrent';

// Pages of one machine need no STUN server, and the tests must not ask one.
const client = new WebTorrent({ dht: false, tracker: { rtcConfig: { iceServers: [] } } });
client.on('error', (error) => console.error(`client: ${error.message}`));

let torrent;
let firstWireMs;  // since the torrent was added

function watch(added) {
  torrent = added;
  const began = performance.now();
  torrent.once('wire', () => { firstWireMs = performance.now() - began; });
  torrent.on('warning', (warning) => console.warn(`torrent: ${warning.message}`));
  torrent.on('error', (error) => console.error(`torrent: ${error.message}`));
}

async function sha256(buffer) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', buffer));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

window.waggleTest = {
  /// Fetches the file at `url`, seeds it, and returns the info hash.
  async seed({ url, name, tracker }) {
    const file = new File([await (await fetch(url)).blob()], name);
    return new Promise((seeding) => {
      watch(client.seed(file, { announce: [tracker] }, () => seeding(torrent.infoHash)));
    });
  },

  /// Downloads the torrent and returns the sha256 of its one file.
  async leech({ infoHash, tracker }) {
    const magnet = `magnet:?xt=urn:btih:${infoHash}&tr=${encodeURIComponent(tracker)}`;
    await new Promise((done) => watch(client.add(magnet, () => torrent.once('done', done))));
    return sha256(await torrent.files[0].arrayBuffer());
  },

  throttle: ({ bytesPerSecond }) => client.throttleUpload(bytesPerSecond),

  report: () => ({ peers: torrent.numPeers, downloaded: torrent.downloaded,
                   uploaded: torrent.uploaded, firstWireMs }),

  /// Ends as WebTorrent does when the user leaves: announces 'stopped'.
  leave: () => new Promise((left) => client.destroy(left)),
};
