// SPDX-License-Identifier: Apache-2.0
//
// Writes protocol/vectors/content_hashes.json: registries of content, and the info hashes that the
// releases of p2p-media-loader make of the same manifests. Needed only when a release is added:
//
//   node tests/e2e/support/write-content-hashes.mjs DIRECTORY
//
// DIRECTORY holds the releases, in folders by their version:
//   0.6.2, 2.2.2  `npm install --prefix DIRECTORY/0.6.2 p2p-media-loader-hlsjs@0.6.2`, likewise 2.2.2
//                 (with hls.js and p2p-media-loader-core@2.2.2)
//   1.0.0, 1.0.4, 2.0.1, 2.1.2  which the registry lacks: from the tags of Novage/p2p-media-loader,
//                 utils/stream.ts and utils/peer.ts of core and segment-mananger.ts of hlsjs, each
//                 bundled by esbuild to stream.mjs, peer.mjs and segment-manager.mjs
//   5             src/stream-identity.ts of core on the branch of 5.0, as stream-identity.mjs
// 2.3.1 is the one that tests/e2e installs.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { hashesByLibrary, loadLibrary, loadPlaylistReader } from './content-hashes.mjs';
import { LETTERS, MANIFESTS, PUBLISHED } from './content-inputs.mjs';

const directory = resolve(process.argv[2]);
const M3U8Parser = await loadPlaylistReader();
const vectors = [];

function add(madeBy, manifest, versions, infoHashes, registry = {}) {
  const { name, streams } = manifest;
  const content = { name, manifest: manifest.url, versions, ...(streams && { streams }), ...registry };
  vectors.push({ made_by: madeBy, content, info_hashes: infoHashes });
}

// 0.6: both packages as they are, with a tracker client that only notes its info hash.
async function addFirstGeneration() {
  const require = createRequire(`${directory}/0.6.2/`);
  const { SegmentManager } = require('p2p-media-loader-hlsjs/dist/segment-manager.js');
  const { P2PMediaManager } = require('p2p-media-loader-core/dist/p2p-media-manager.js');
  for (const manifest of MANIFESTS) {
    const loader = { on() {}, load() {}, destroy() {} };
    const segments = new SegmentManager(loader);
    segments.processPlaylist(manifest.url, manifest.playlist, manifest.url);
    const variants = segments.masterPlaylist?.manifest.playlists.map(({ uri }) =>
      new URL(uri, manifest.url).href) ?? [manifest.url];
    const hashes = [];
    for (const url of variants) {
      const { streamSwarmId } = segments.getStreamSwarmId(url);
      const peers = new P2PMediaManager(new Map(), { useP2P: true });
      peers.createClient = (hash) => hashes.push(Buffer.from(hash).toString('hex'));
      await peers.setStreamSwarmId(streamSwarmId, streamSwarmId);
    }
    add('p2p-media-loader-hlsjs 0.6.2', manifest, ['0.6'], hashes);
  }
}

async function addRelease(version, versions, files, madeBy = `p2p-media-loader-hlsjs ${version}`) {
  const library = await loadLibrary(files);
  for (const manifest of MANIFESTS) {
    add(madeBy, manifest, versions, hashesByLibrary(library, M3U8Parser, manifest));
  }
  const [first] = MANIFESTS;
  const swarmId = 'Kanal 1 / Übertragung';
  add(madeBy, first, versions, hashesByLibrary(library, M3U8Parser, first, swarmId),
    { manifest: undefined, swarm_id: swarmId });
}

const built = (version) => {
  const at = (file) => `${directory}/${version}/${file}.mjs`;
  return { segmentManager: at('segment-manager'), stream: at('stream'), peer: at('peer') };
};
const installed = (root, manager) => ({
  segmentManager: `${root}/p2p-media-loader-hlsjs/lib/${manager}.js`,
  stream: `${root}/p2p-media-loader-core/lib/utils/stream.js`,
  peer: `${root}/p2p-media-loader-core/lib/utils/peer.js`,
});

// 5.0: the properties are those that its reader of HLS takes from the manifest.
async function addWithoutNormalisation() {
  const file = `${directory}/5/stream-identity.mjs`;
  const { buildStreamSwarmId, computeInfoHash, computeStreamIdentityHash, identityProperties } =
    await import(file);
  for (const manifest of MANIFESTS) {
    const streams = (manifest.streams ?? [{}]).map(({ type = 'main', ...as }) => ({
      type,
      properties: {
        bitrate: as.bitrate ?? 0, codecs: as.codecs, width: as.width, height: as.height,
        language: as.language, channels: as.channels, name: as.name,
        frameRate: as.frame_rate, videoRange: as.video_range,
      },
    }));
    const hashes = identityProperties(streams).map((properties, i) => computeInfoHash(
      buildStreamSwarmId(manifest.url.split('?')[0], streams[i].type,
        computeStreamIdentityHash(properties))));
    add('p2p-media-loader-core 5.0 (stream-identity.ts)', manifest, ['5'],
      hashes.map((hash) => Buffer.from(hash, 'latin1').toString('hex')));
  }
}

await addFirstGeneration();
await addRelease('1.0.0', ['1.0.0', '1.0.3'], built('1.0.0'), 'p2p-media-loader-hlsjs, tag 1.0.0');
await addRelease('1.0.4', ['1.0.4'], built('1.0.4'), 'p2p-media-loader-hlsjs, tag 1.0.4');
await addRelease('2.0.1', ['2.0'], built('2.0.1'), 'p2p-media-loader-hlsjs, tag 2.0.1');
await addRelease('2.1.2', ['2.1.2'], built('2.1.2'), 'p2p-media-loader-hlsjs, tag 2.1.2');
await addRelease('2.2.2', ['2.2'],
  installed(`${directory}/2.2.2/node_modules`, 'segment-mananger'));
await addRelease('2.3.1', ['2.3.1'],
  installed(new URL('../node_modules', import.meta.url).pathname, 'segment-manager'));
await addWithoutNormalisation();
for (const { content, infoHash } of PUBLISHED) {
  vectors.push({
    made_by: 'golden vectors in the tests of p2p-media-loader-core 5.0',
    content: { name: 'published', swarm_id: 'https://example.com/hls/master.m3u8', ...content },
    info_hashes: [Buffer.from(infoHash, 'latin1').toString('hex')],
  });
}

const manifests = MANIFESTS.map(({ name, url, playlist }) => ({ name, url, playlist }));
const lowerCase = LETTERS.map((text) => ({ text, lower: text.toLowerCase() }));
const file = new URL('../../../protocol/vectors/content_hashes.json', import.meta.url);
writeFileSync(file, `${JSON.stringify({ manifests, vectors, lower_case: lowerCase }, null, 1)}\n`);
