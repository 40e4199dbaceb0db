// SPDX-License-Identifier: Apache-2.0
//
// A short HLS stream (moving test picture and a tone), made by ffmpeg into a directory of the test.

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
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
