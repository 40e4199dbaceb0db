// SPDX-License-Identifier: Apache-2.0
// hls.js on the video element, with segments from peers.

import { problem, solved } from '../shared/problems.js';
import { segmentKey } from './keys.js';
import { makePeerLoader } from './peer-loader.js';

// A buffer that is not filled from the server before the first peer is there.
const BUFFER = { maxBufferLength: 16, maxMaxBufferLength: 32, backBufferLength: 30 };

/// @param exchange, onLoaded  as for the loader.
/// @param onSegments          told the segments of the stream: key, start, end.
export async function play({ video, source, exchange, onLoaded, onSegments }) {
  const { default: Hls } = await import('/demo/vendor/hls.mjs').catch(() => {
    throw new Error('The player, hls.js, is not part of this build of the server');
  });
  if (!Hls.isSupported()) return playWithoutPeers(video, source);
  const hls = new Hls({
    ...BUFFER,
    fLoader: makePeerLoader({
      Base: Hls.DefaultConfig.loader, exchange, onLoaded,
      bufferedSeconds: () => bufferedAhead(video),
    }),
  });
  hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => onSegments(segmentsOf(details)));
  hls.on(Hls.Events.ERROR, (_, error) => complain(Hls, hls, exchange, error));
  hls.on(Hls.Events.FRAG_BUFFERED, () => solved('stream'));
  hls.on(Hls.Events.MANIFEST_PARSED, () => video.play().catch(() => {}));  // else by its button
  hls.loadSource(source);
  hls.attachMedia(video);
  return hls;
}

/// From what is played to the end of what is buffered without a gap.
function bufferedAhead({ buffered, currentTime }) {
  for (let index = 0; index < buffered.length; ++index) {
    const within = buffered.start(index) <= currentTime + 0.1 && currentTime < buffered.end(index);
    if (within) return buffered.end(index) - currentTime;
  }
  return 0;
}

const segmentsOf = ({ fragments }) => fragments.map((fragment) => ({
  key: keyOf(fragment),
  start: fragment.start,
  end: fragment.start + fragment.duration,
}));

const keyOf = ({ url, byteRangeStartOffset, byteRangeEndOffset }) =>
  segmentKey(url, byteRangeStartOffset, byteRangeEndOffset);

function complain(Hls, hls, exchange, { type, details, fatal, frag, response }) {
  if (details === Hls.ErrorDetails.FRAG_PARSING_ERROR && frag) exchange.blame(keyOf(frag));
  if (!fatal) return;
  if (type === Hls.ErrorTypes.MEDIA_ERROR) {
    hls.recoverMediaError();
    return;
  }
  const status = response?.code ? ` The answer was ${response.code}.` : '';
  problem('stream', 'The stream cannot be loaded',
    `Is its address right, and on this server? The page may not load from others.${status}`);
}

/// Browsers without Media Source play HLS by themselves, or not at all.
function playWithoutPeers(video, source) {
  if (!video.canPlayType('application/vnd.apple.mpegurl')) {
    throw new Error('This browser cannot play streams (Media Source Extensions)');
  }
  problem('player', 'This browser plays without peers',
    'It does not let pages load segments (Media Source Extensions). All comes from the server.',
    { grave: false });
  video.src = source;
  return null;
}
