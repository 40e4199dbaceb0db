// SPDX-License-Identifier: Apache-2.0
//
// Two Chromium pages with hls.js and unmodified p2p-media-loader play one HLS stream and help each
// other, with this server as their only tracker.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { explained, openBrowser } from './support/browser.mjs';
import { crossCores } from './support/crowd.mjs';
import { makeHlsStream } from './support/hls-stream.mjs';
import { startStaticServer } from './support/static-server.mjs';
import { until, within } from './support/wait.mjs';
import { openWorkspace, SETUPS } from './support/workspace.mjs';

const PLAYED_SECONDS = 4;
const PLAYER_SECONDS = 60;  // the deadline of each step of playback

describe('p2p-media-loader pages', () => {
  let workspace, web, browser;

  before(async () => {
    workspace = await openWorkspace();
    web = await startStaticServer(workspace.directory);
    [browser] = await Promise.all([
      openBrowser(workspace.certificates),
      makeHlsStream(workspace.directory, 'stream'),
    ]);
  });
  after(async () => {
    await browser?.close();
    await web?.close();
    await workspace?.close();
  });

  for (const { cores, scheme } of SETUPS) {
    it(`share a stream over ${scheme}, ${cores} core(s)`, { timeout: 180_000 }, () =>
      workspace.withServer({ cores }, async (server) => {
        await playTogether(server, scheme);
        if (cores > 1) await crossCores(server, scheme, workspace.certificates.authority);
      }));
  }

  async function playTogether(server, scheme) {
    const manifest = `${web.url}/files/stream/index.m3u8`;
    const source = { manifest, tracker: server.urls[scheme] };
    const first = await browser.openPage(`${web.url}/pages/p2p-media-loader.html`);
    const second = await browser.openPage(`${web.url}/pages/p2p-media-loader.html`);
    await explained({ first, second }, async () => {
      await within('the first player', first.call('play', source));
      await playing(first);
      await until('the first page in its swarm', async () => (await server.stats()).peers > 0);

      await within('the second player', second.call('play', source));
      const pages = [first, second];
      await until('bytes from peers', async () => {
        const reports = await Promise.all(pages.map((page) => page.call('report')));
        return reports.some((report) => report.bytesFromPeers > 0);
      }, { seconds: PLAYER_SECONDS });
      await Promise.all(pages.map(playing));

      for (const url of pages.flatMap((page) => page.sockets)) {
        assert.equal(new URL(url).host, new URL(source.tracker).host);
      }
    });
    await Promise.all([first.close(), second.close()]);
    await until('an empty server', async () => {
      const { peers, swarms, connections } = await server.stats();
      return peers + swarms + connections === 0;
    });
  }

  /// The page shows moving pictures, not merely a clock.
  const playing = (page) => until('playback', async () => {
    const report = await page.call('report');
    return report.playedSeconds >= PLAYED_SECONDS && report.decodedFrames > 0;
  }, { seconds: PLAYER_SECONDS });
});
