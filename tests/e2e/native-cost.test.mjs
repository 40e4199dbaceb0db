// SPDX-License-Identifier: Apache-2.0
//
// What a useful link costs on the wire, and how soon it is there: six pages with the native protocol
// beside six with p2p-media-loader over the WebTorrent dialect. WAGGLE_COST_SECONDS says for how
// long each six stay together (255 is what docs/performance.md quotes).

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { explained, openBrowser } from './support/browser.mjs';
import { startCuttableProxy } from './support/cuttable-proxy.mjs';
import { makeHlsStream } from './support/hls-stream.mjs';
import { startStaticServer } from './support/static-server.mjs';
import { until, within } from './support/wait.mjs';
import { openWorkspace } from './support/workspace.mjs';

const PAGES = 6;
const SECONDS = Number(process.env.WAGGLE_COST_SECONDS ?? 20);
const OF_LINKS = new Set(['match', 'offer', 'answer', 'ice', 'link']);
// Of the goals, in bytes a useful link: of the messages about links, and of all on the sockets. The
// handshakes and words of six pages weigh more, the fewer links there are.
const BOUNDS = { compact: { links: 2_100, all: 3_300 }, whole: { links: 4_900, all: 6_000 } };
const OPEN_MS_MAX = 300;
const ROUNDS = 5;

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

describe('What a link costs', () => {
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

  async function measured(name, play, count) {
    let result;
    await workspace.withServer({ cores: 1 }, async (server) => {
      const proxy = await startCuttableProxy(server.urls.ws);
      const pages = [];
      const began = Date.now();
      for (let each = 0; each < PAGES; ++each) {
        pages.push(await browser.openPage(`${web.url}/pages/${name}.html`));
        await within('the start of a page', play(pages.at(-1), proxy.url));
      }
      await explained(Object.fromEntries(pages.map((page, at) => [`page ${at}`, page])), async () => {
        await until('links', async () => (await count(pages, server)) >= PAGES, { seconds: 60 });
        await pause(Math.max(0, began + SECONDS * 1000 - Date.now()));
        const links = await count(pages, server);
        const about = proxy.log.filter(({ text }) => {
          const message = JSON.parse(text);
          return OF_LINKS.has(message.t) || 'offers' in message || 'offer' in message || 'answer' in message;
        });
        const sum = (rows) => rows.reduce((bytes, row) => bytes + Buffer.byteLength(row.text), 0);
        result = {
          links,
          messages: proxy.log.length,
          linkBytes: sum(about) / links,
          allBytes: ((await server.metric('waggle_bytes_received_total'))
            + (await server.metric('waggle_bytes_sent_total'))) / links,
          started: new Set(proxy.log.filter(({ text }) => JSON.parse(text).t === 'match')
            .map(({ text }) => JSON.parse(text).c)).size,
        };
      });
      await Promise.all(pages.map((page) => page.close()));
      await proxy.close();
    });
    console.log(`${name}${play.label ?? ''}: ${result.links} useful links of ${result.started || '?'} started in `
      + `${SECONDS} s, ${result.messages} messages; a link ${result.linkBytes.toFixed(0)} bytes of `
      + `messages about links, ${result.allBytes.toFixed(0)} of all on the sockets`);
    return result;
  }

  for (const [form, bounds] of Object.entries(BOUNDS)) {
    it(`with ${form} descriptions`, { timeout: (SECONDS + 120) * 1000 }, async () => {
      const play = (page, url) => page.call('start', { url, name: 'six', compact: form === 'compact' });
      play.label = `, ${form}`;
      const cost = await measured('native', play,
        (pages, server) => server.metric('waggle_native_links_opened_total'));

      assert.ok(cost.linkBytes <= bounds.links, `${cost.linkBytes} bytes of messages about links`);
      assert.ok(cost.allBytes <= bounds.all, `${cost.allBytes} bytes in all`);
      assert.ok(cost.links / cost.started >= 0.9, 'nearly all that is started is of use');
    });
  }

  it('beside p2p-media-loader', { timeout: (SECONDS + 180) * 1000 }, async () => {
    const manifest = `${web.url}/files/stream/index.m3u8`;
    await measured('p2p-media-loader', (page, tracker) => page.call('play', { manifest, tracker }),
      async (pages) => {
        const reports = await Promise.all(pages.map((page) => page.call('report')));
        return reports.reduce((ends, { peers }) => ends + peers, 0) / 2;
      });
  });

  it('is there soon', { timeout: 180_000 }, () => workspace.withServer({ cores: 1 }, async (server) => {
    const times = { native: [], webtorrent: [] };
    await writeFile(join(workspace.directory, 'small.bin'), randomBytes(200_000));
    for (let round = 0; round < ROUNDS; ++round) {
      const first = await browser.openPage(`${web.url}/pages/native.html`);
      const second = await browser.openPage(`${web.url}/pages/native.html`);
      const argument = { url: server.urls.ws, name: `soon ${round}` };
      await first.call('start', argument);
      await second.call('start', argument);
      const [link] = await until('a link', async () => {
        const { opened } = await second.call('report');
        return opened.length === 1 && opened;
      });
      times.native.push(link.ms);
      await Promise.all([first.close(), second.close()]);

      const seeder = await browser.openPage(`${web.url}/pages/webtorrent.html`);
      const leecher = await browser.openPage(`${web.url}/pages/webtorrent.html`);
      const infoHash = await within('seeding', seeder.call('seed',
        { url: `${web.url}/files/small.bin`, name: `small-${round}.bin`, tracker: server.urls.ws }));
      await until('the seeder in its swarm', async () => (await server.stats(infoHash)).seeders === 1);
      await within('the file', leecher.call('leech', { infoHash, tracker: server.urls.ws }),
        { seconds: 60 });
      times.webtorrent.push((await leecher.call('report')).firstWireMs);
      await Promise.all([seeder.close(), leecher.close()]);
    }
    console.log(`from the join to an open link, median of ${ROUNDS}: native `
      + `${median(times.native).toFixed(0)} ms, WebTorrent ${median(times.webtorrent).toFixed(0)} ms`);
    assert.ok(median(times.native) <= OPEN_MS_MAX);
  }));
});
