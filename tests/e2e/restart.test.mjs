// SPDX-License-Identifier: Apache-2.0
//
// The server is told to end while unmodified clients use it, and started again on the same ports:
// what the pages have between each other lives on, and they come back by themselves.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { explained, openBrowser } from './support/browser.mjs';
import { makeHlsStream } from './support/hls-stream.mjs';
import { startStaticServer } from './support/static-server.mjs';
import { TrackerSocket } from './support/tracker-socket.mjs';
import { randomInfoHash, randomPeerId, until, within } from './support/wait.mjs';
import { openWorkspace } from './support/workspace.mjs';

const FILE_BYTES = 6 * 1024 * 1024;
const UPLOAD_BYTES_PER_SECOND = 512 * 1024;  // the transfer outlives the server
const DRAIN_SECONDS = 2;
const BYSTANDERS = 40;
const BACK_SECONDS = 60;  // the clients wait ten seconds at least before they connect again
const CORES = 2;

describe('A server that is restarted', () => {
  let workspace, web, browser;
  const servers = [];
  const startServer = async (options) => {
    servers.push(await workspace.startServer({ cores: CORES, ...options }));
    return servers.at(-1);
  };

  before(async () => {
    workspace = await openWorkspace();
    web = await startStaticServer(workspace.directory);
    [browser] = await Promise.all([
      openBrowser(workspace.certificates),
      makeHlsStream(workspace.directory, 'stream'),
    ]);
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.kill()));
    await browser?.close();
    await web?.close();
    await workspace?.close();
  });

  it('leaves WebTorrent pages their links, and they come back', { timeout: 240_000 }, async () => {
    const content = randomBytes(FILE_BYTES);
    await writeFile(join(workspace.directory, 'slow.bin'), content);
    const first = await startServer({ drainSeconds: DRAIN_SECONDS });
    const tracker = first.urls.ws;
    const [seeder, leecher, newcomer] = await openPages('webtorrent', 3);
    await explained({ seeder, leecher, newcomer }, async () => {
      const infoHash = await within('seeding',
        seeder.call('seed', { url: `${web.url}/files/slow.bin`, name: 'slow.bin', tracker }));
      await seeder.call('throttle', { bytesPerSecond: UPLOAD_BYTES_PER_SECOND });
      const received = leecher.call('leech', { infoHash, tracker });
      await until('the first bytes', async () => (await leecher.call('report')).downloaded > 0,
        { seconds: 30 });

      await endUnderLoad(first);

      const atTheEnd = (await leecher.call('report')).downloaded;
      assert.ok(atTheEnd < FILE_BYTES, 'the transfer must not be over before the server is');
      const digest = createHash('sha256').update(content).digest('hex');
      assert.equal(await within('the rest without a server', received, { seconds: 60 }), digest);

      const second = await startServer({ like: first });
      await until('both pages back', async () => (await second.stats(infoHash)).seeders === 2,
        { seconds: BACK_SECONDS });
      assert.equal(await within('a transfer to a newcomer',
        newcomer.call('leech', { infoHash, tracker }), { seconds: 60 }), digest);
      await second.stop();
    });
    await Promise.all([seeder.close(), leecher.close(), newcomer.close()]);
  });

  it('leaves p2p-media-loader pages their links, and they come back', { timeout: 240_000 },
    async () => {
      const first = await startServer({ drainSeconds: DRAIN_SECONDS });
      const source = { manifest: `${web.url}/files/stream/index.m3u8`, tracker: first.urls.ws };
      const pages = await openPages('p2p-media-loader', 2);
      const reports = () => Promise.all(pages.map((page) => page.call('report')));
      await explained({ one: pages[0], two: pages[1] }, async () => {
        await within('the first player', pages[0].call('play', source));
        await until('the first page in its swarm', async () => (await first.stats()).peers > 0);
        await within('the second player', pages[1].call('play', source));
        await until('a link', async () => (await reports()).every(({ peers }) => peers > 0),
          { seconds: 60 });
        const { peers } = await first.stats();

        await endUnderLoad(first);

        const second = await startServer({ like: first });
        await until('both pages back', async () => (await second.stats()).peers === peers,
          { seconds: BACK_SECONDS });
        for (const { peers: met, peersLost } of await reports()) {
          assert.ok(met > 0);
          assert.equal(peersLost, 0, 'a link between the pages was lost');
        }
        await second.stop();
      });
      await Promise.all(pages.map((page) => page.close()));
    });

  const openPages = (name, count) => Promise.all(Array.from({ length: count }, () =>
    browser.openPage(`${web.url}/pages/${name}.html`, { reconnectsSoon: true })));

  /// Ends the server while others talk to it; all of them are told to go, one after the other.
  async function endUnderLoad(server) {
    const infoHash = randomInfoHash().binary;
    const bystanders = await Promise.all(Array.from({ length: BYSTANDERS },
      () => TrackerSocket.open(server.urls.ws)));
    const closedAt = bystanders.map((socket) =>
      new Promise((closed) => socket.ws.on('close', () => closed(Date.now()))));
    await Promise.all(bystanders.map((socket) =>
      socket.announce(infoHash, randomPeerId().binary, { left: 1 })));

    await server.stop();

    const times = await Promise.all(closedAt);
    for (const { closed } of bystanders) assert.equal(closed.code, 1001);
    const spread = Math.max(...times) - Math.min(...times);
    assert.ok(spread > DRAIN_SECONDS * 500, `closed within ${spread} ms`);
  }
});
