// SPDX-License-Identifier: Apache-2.0
//
// A short HLS stream (moving test picture and a tone), made by ffmpeg into a directory of the test.

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const STREAM_SECONDS = 40;
export const SEGMENT_SECONDS = 2;
const FRAMES_PER_SECOND = 15;

/// Writes DIRECTORY/NAME/index.m3u8 and its segments.
export async function makeHlsStream(directory, name) {
  const target = join(directory, name);
  await mkdir(target);
  const duration = `duration=${STREAM_SECONDS}`;
  await run('ffmpeg', [
    '-hide_banner', '-loglevel', 'error',
    '-f', 'lavfi', '-i', `testsrc=size=320x180:rate=${FRAMES_PER_SECOND}:${duration}`,
    '-f', 'lavfi', '-i', `sine=frequency=440:${duration}`,
    '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p',
    '-g', String(FRAMES_PER_SECOND * SEGMENT_SECONDS), '-sc_threshold', '0', '-b:v', '400k',
    '-c:a', 'aac', '-b:a', '64k',
    '-f', 'hls', '-hls_time', String(SEGMENT_SECONDS), '-hls_playlist_type', 'vod',
    '-hls_segment_filename', join(target, 'segment-%02d.ts'), join(target, 'index.m3u8'),
  ]);
}

/// Writes DIRECTORY/NAME/master.m3u8: one variant, whose sound is a rendition of its own.
export async function makeHlsMaster(directory, name) {
  await makeHlsStream(directory, name);
  const target = join(directory, name);
  const copy = (kept, file) => run('ffmpeg', [
    '-hide_banner', '-loglevel', 'error', '-i', join(target, 'index.m3u8'), '-map', kept, '-c', 'copy',
    '-f', 'hls', '-hls_time', String(SEGMENT_SECONDS), '-hls_playlist_type', 'vod',
    '-hls_segment_filename', join(target, `${file}-%02d.ts`), join(target, `${file}.m3u8`),
  ]);
  await Promise.all([copy('0:v', 'picture'), copy('0:a', 'sound')]);
  await writeFile(join(target, 'master.m3u8'), [
    '#EXTM3U',
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Deutsch",LANGUAGE="de",DEFAULT=YES,URI="sound.m3u8"',
    `#EXT-X-STREAM-INF:BANDWIDTH=500000,RESOLUTION=320x180,FRAME-RATE=${FRAMES_PER_SECOND}.000,`
      + 'CODECS="avc1.42c00d,mp4a.40.2",AUDIO="sound"',
    'picture.m3u8',
    '',
  ].join('\n'));
}
