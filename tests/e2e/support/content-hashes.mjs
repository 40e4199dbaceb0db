// SPDX-License-Identifier: Apache-2.0
//
// The info hashes of a manifest as p2p-media-loader itself makes them: hls.js reads the playlist,
// the library's own modules do the rest. For releases from 1.0 to before 5.0.

import { register } from 'node:module';

const HLS_MASTER = /#EXT-X-STREAM-INF/;

/// What hls.js hands to its plugins when it has loaded `playlist` from `url`.
function parsed(M3U8Parser, { url, playlist }) {
  // A media playlist alone is one level without attributes.
  if (!HLS_MASTER.test(playlist)) return { levels: [{ url, bitrate: 0, attrs: {} }], audioTracks: [] };
  const master = M3U8Parser.parseMasterPlaylist(playlist, url);
  const media = M3U8Parser.parseMasterPlaylistMedia(playlist, url, master);
  return { levels: master.levels, audioTracks: media.AUDIO ?? [] };
}

/// @param library   {SegmentManager} of p2p-media-loader-hlsjs, {getStreamSwarmId} and
///                  {getStreamHash} of p2p-media-loader-core.
/// @param manifest  {url, playlist}
/// @param swarmId   what the page configures, if it does.
/// @returns the info hashes as hex, the streams in the order of the manifest.
export function hashesByLibrary(library, M3U8Parser, manifest, swarmId) {
  const streams = [];
  const core = { addStreamIfNoneExists: (stream) => streams.push(stream) };
  new library.SegmentManager(core).processMainManifest(parsed(M3U8Parser, manifest));
  return streams.map((stream) => {
    const id = library.getStreamSwarmId(swarmId ?? manifest.url.split('?')[0], stream);
    return Buffer.from(library.getStreamHash(id), 'latin1').toString('hex');
  });
}

/// The modules of a release from 1.0 on, by where they are.
export async function loadLibrary({ segmentManager, stream, peer }) {
  const [{ SegmentManager }, { getStreamSwarmId }, { getStreamHash }] = await Promise.all(
    [segmentManager, stream, peer].map((file) => import(file)));
  return { SegmentManager, getStreamSwarmId, getStreamHash };
}

/// hls.js's reader of playlists.
export async function loadPlaylistReader() {
  return (await import('hls.js')).M3U8Parser;
}

// These modules are for browsers: they want globals that node lacks, and only the bundle of core
// can be loaded here.
globalThis.self ??= globalThis;
globalThis.WebSocket ??= class {};
const asBundle = `export const resolve = (name, context, next) => next(name, {
  ...context, conditions: [...context.conditions, 'p2pml:core-as-bundle'] });`;
register(`data:text/javascript,${encodeURIComponent(asBundle)}`);
