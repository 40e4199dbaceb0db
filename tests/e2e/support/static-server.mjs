// SPDX-License-Identifier: Apache-2.0
//
// A small HTTP server for the test's pages, the browser builds of npm packages, and test media.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.ts': 'video/mp2t',
};

/// Serves /pages and /node_modules of this project, the client under /client, and `directory` under
/// /files.
///
/// @returns its url, and `requests`: how often each path was asked for.
export async function startStaticServer(directory) {
  const mounts = {
    '/pages/': join(ROOT, 'pages'),
    '/node_modules/': join(ROOT, 'node_modules'),
    '/client/': join(ROOT, '../../protocol/js'),
    '/files/': directory,
  };
  const requests = new Map();
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    requests.set(path, (requests.get(path) ?? 0) + 1);
    answer(mounts, path, response).catch(() => response.writeHead(404).end());
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () => new Promise((closed) => {
      server.close(closed);
      server.closeAllConnections();
    }),
  };
}

async function answer(mounts, path, response) {
  const mount = Object.keys(mounts).find((prefix) => path.startsWith(prefix));
  if (!mount) throw new Error('no such path');
  const file = join(mounts[mount], path.slice(mount.length));
  const { size } = await stat(file);
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': size,
    'access-control-allow-origin': '*',
    'cache-control': 'no-store',
  });
  createReadStream(file).pipe(response);
}
