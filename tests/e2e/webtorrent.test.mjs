// SPDX-License-Identifier: Apache-2.0
//
// Two Chromium pages with unmodified WebTorrent move a file; this server is their only tracker.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { explained, openBrowser } from './support/browser.mjs';
import { crossCores } from './support/crowd.mjs';
import { startStaticServer } from './support/static-server.mjs';
import { until, within } from './support/wait.mjs';
import { openWorkspace, SETUPS } from './support/workspace.mjs';

const FILE_BYTES = 3 * 1024 * 1024;
const TRANSFER_SECONDS = 60;

describe('WebTorrent pages', () => {
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
    it(`move a file over ${scheme}, ${cores} core(s)`, { timeout: 120_000 }, () =>
      workspace.withServer({ cores }, async (server) => {
        const name = `random-${scheme}-${cores}.bin`;
        const content = randomBytes(FILE_BYTES);
        await writeFile(join(workspace.directory, name), content);

        await moveFile(server, scheme, { name, content });
        if (cores > 1) await crossCores(server, scheme, workspace.certificates.authority);
      }));
  }

  async function moveFile(server, scheme, { name, content }) {
    const tracker = server.urls[scheme];
    const seeder = await browser.openPage(`${web.url}/pages/webtorrent.html`);
    const leecher = await browser.openPage(`${web.url}/pages/webtorrent.html`);
    await explained({ seeder, leecher }, async () => {
      const infoHash = await within('seeding', seeder.call('seed',
        { url: `${web.url}/files/${name}`, name, tracker }));
      await until('the seeder in the swarm', async () =>
        (await server.stats(infoHash)).seeders === 1);

      const received = await within('the transfer', leecher.call('leech', { infoHash, tracker }),
        { seconds: TRANSFER_SECONDS });

      assert.equal(received, createHash('sha256').update(content).digest('hex'));
      assert.equal(web.requests.get(`/files/${name}`), 1, 'only the seeder may use HTTP');
      assert.ok((await seeder.call('report')).uploaded >= FILE_BYTES);
      for (const url of [...seeder.sockets, ...leecher.sockets]) {
        assert.equal(new URL(url).host, new URL(tracker).host);
      }
      await until('two seeders', async () => (await server.stats(infoHash)).seeders === 2);
      await leecher.call('leave');
      await until('one peer', async () => (await server.stats(infoHash)).peers === 1);
    });
    await Promise.all([seeder.close(), leecher.close()]);
    await until('an empty server', async () => {
      const { peers, swarms, connections } = await server.stats();
      return peers + swarms + connections === 0;
    });
  }
});
