// SPDX-License-Identifier: Apache-2.0
//
// Two Chromium pages with unmodified Trystero (torrent strategy) meet in a room and talk. Their
// descriptions are encrypted, so the server must pass them on byte for byte.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { explained, openBrowser } from './support/browser.mjs';
import { startStaticServer } from './support/static-server.mjs';
import { until } from './support/wait.mjs';
import { openWorkspace, SETUPS } from './support/workspace.mjs';

// Whoever comes second offers at once; a pair whose first try fails has another announce to go.
const MEETING_SECONDS = 60;

describe('Trystero pages', () => {
  let workspace, web, browser;

  before(async () => {
    workspace = await openWorkspace();
    web = await startStaticServer(workspace.directory);
    browser = await openBrowser(workspace.certificates);
  });
  after(async () => {
    await browser?.close();
    await web?.close();
    await workspace?.close();
  });

  for (const { cores, scheme } of SETUPS) {
    it(`meet and talk over ${scheme}, ${cores} core(s)`, { timeout: 120_000 }, () =>
      workspace.withServer({ cores }, (server) => meet(server.urls[scheme])));
  }

  async function meet(tracker) {
    const left = await browser.openPage(`${web.url}/pages/trystero.html`);
    const right = await browser.openPage(`${web.url}/pages/trystero.html`);
    await explained({ left, right }, async () => {
      const room = { tracker, roomId: 'hive' };
      const leftId = await left.call('join', room);
      const rightId = await right.call('join', room);

      await until('greetings both ways', async () => {
        const [atLeft, atRight] = [await left.call('report'), await right.call('report')];
        return atLeft.heard[rightId] === `from ${rightId}`
          && atRight.heard[leftId] === `from ${leftId}`;
      }, { seconds: MEETING_SECONDS });

      for (const url of [...left.sockets, ...right.sockets]) {
        assert.equal(new URL(url).host, new URL(tracker).host);
      }
    });
    await Promise.all([left.close(), right.close()]);
  }
});
