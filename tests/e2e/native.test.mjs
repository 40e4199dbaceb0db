// SPDX-License-Identifier: Apache-2.0
//
// Chromium pages with Waggle's own client and the native protocol: links, restarts, lost
// connections (docs/protocol/native.md).

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { explained, openBrowser } from './support/browser.mjs';
import { startCuttableProxy } from './support/cuttable-proxy.mjs';
import { startStaticServer } from './support/static-server.mjs';
import { until, within } from './support/wait.mjs';
import { openWorkspace, SETUPS } from './support/workspace.mjs';

const BACK_SECONDS = 40;  // the client's longest pause between two attempts is 30

describe('Pages with the native protocol', () => {
  let workspace, web, browser;

  before(async () => {
    workspace = await openWorkspace();
    [web, browser] = await Promise.all([
      startStaticServer(workspace.directory),
      openBrowser(workspace.certificates),
    ]);
  });
  after(async () => {
    await browser?.close();
    await web?.close();
    await workspace?.close();
  });

  async function openPages(count, argument) {
    const pages = [];
    for (let each = 0; each < count; ++each) {
      pages.push(await browser.openPage(`${web.url}/pages/native.html`));
      await within('joining', pages.at(-1).call('start', argument));
    }
    return pages;
  }
  const reports = (pages) => Promise.all(pages.map((page) => page.call('report')));
  const named = (pages) => Object.fromEntries(pages.map((page, each) => [`page ${each}`, page]));
  const close = (pages) => Promise.all(pages.map((page) => page.close()));

  /// Every end of a link has the other one, too.
  function assertSymmetric(all) {
    for (const one of all) {
      for (const id of one.peers) {
        const other = all.find((each) => each.id === id);
        assert.ok(other?.peers.includes(one.id), `${one.id} has a link with ${id}, which has none`);
      }
    }
  }

  for (const { cores, scheme } of SETUPS) {
    it(`talk over a link, ${scheme}, ${cores} core(s)`, { timeout: 60_000 }, () =>
      workspace.withServer({ cores }, async (server) => {
        const pages = await openPages(2, { url: server.urls[scheme], name: 'two' });
        await explained(named(pages), async () => {
          await until('a word from the other', async () => (await reports(pages)).every(
            ({ heard }) => Object.values(heard).flat().some((text) => text.startsWith('from '))));
          const all = await reports(pages);
          assertSymmetric(all);
          assert.equal(await server.metric('waggle_native_links_opened_total'), 1);
        });
        await close(pages);
        await until('an empty server', async () => (await server.stats()).peers === 0);
      }));
  }

  it('understand whole descriptions as well as compact ones', { timeout: 60_000 }, () =>
    workspace.withServer({ cores: 1 }, async (server) => {
      const argument = { url: server.urls.ws, name: 'both' };
      const pages = [
        ...await openPages(1, { ...argument, compact: false }),
        ...await openPages(1, { ...argument, compact: true }),
        ...await openPages(1, { ...argument, compact: false }),
      ];
      await explained(named(pages), () => until('links of each with each', async () =>
        (await reports(pages)).every(({ peers }) => peers.length === 2)));
      await close(pages);
    }));

  it('ten of them hold together when some leave', { timeout: 120_000 }, () =>
    workspace.withServer({ cores: 2 }, async (server) => {
      const pages = await openPages(10, { url: server.urls.ws, name: 'ten' });
      await explained(named(pages), async () => {
        await until('four links each', async () =>
          (await reports(pages)).every(({ peers }) => peers.length >= 4));
        await close(pages.splice(0, 3));
        await until('four links each again', async () =>
          (await reports(pages)).every(({ peers }) => peers.length >= 4), { seconds: 30 });
        await until('links that both ends have', async () => {
          assertSymmetric(await reports(pages));
          return true;
        });
        assert.equal(await server.metric('waggle_native_peers'), 7);
      });
      await close(pages);
    }));

  it('thirty of them are one swarm', { timeout: 240_000 }, () =>
    workspace.withServer({ cores: 2 }, async (server) => {
      const pages = await openPages(30, { url: server.urls.ws, name: 'thirty' });
      await explained({ first: pages[0], last: pages.at(-1) }, async () => {
        await until('four links each', async () =>
          (await reports(pages)).every(({ peers }) => peers.length >= 4), { seconds: 60 });
        const all = await until('links that both ends have', async () => {
          const now = await reports(pages);
          assertSymmetric(now);
          return now;
        });
        const reached = new Set([all[0].id]);
        for (const id of reached) {
          for (const peer of all.find((each) => each.id === id).peers) reached.add(peer);
        }
        assert.equal(reached.size, 30);
        assert.ok(all.every(({ peers }) => peers.length <= 24));
      });
      await close(pages);
    }));

  it('keep their links while the server is killed, and come back', { timeout: 180_000 }, async () => {
    const first = await workspace.startServer({ cores: 2 });
    const pages = await openPages(10, { url: first.urls.ws, name: 'restart' });
    await explained(named(pages), async () => {
      await until('four links each', async () =>
        (await reports(pages)).every(({ peers }) => peers.length >= 4));
      const links = (all) => all.map(({ peers }) => [...peers].sort());
      await until('no link on its way', async () =>
        (await first.metric('waggle_native_links_pending')) === 0);
      const before = await reports(pages);
      const open = await first.metric('waggle_native_links_open');

      first.kill();
      await first.exited;
      await Promise.all(pages.map((page) => page.call('say', 'without a server')));
      await until('words that need no server', async () => (await reports(pages)).every(
        ({ heard, peers }) => peers.every((id) => heard[id].includes('without a server'))));
      const second = await workspace.startServer({ cores: 2, like: first });
      await until('all pages back', async () =>
        (await second.metric('waggle_native_peers')) === 10, { seconds: BACK_SECONDS });
      await until('all links known again', async () =>
        (await second.metric('waggle_native_links_open')) >= open, { seconds: 20 });

      const after = await reports(pages);
      before.forEach((was, each) => {
        assert.equal(after[each].id, was.id);
        assert.deepEqual(after[each].gone, was.gone, 'no link has dropped');
        for (const id of was.peers) assert.ok(after[each].peers.includes(id));
      });
      assert.equal(await second.metric('waggle_native_links_kept_total'), open);
      assert.equal((await second.stats()).peers, 10);
      assert.equal(links(after).length, 10);
      await close(pages);
      await until('an empty server', async () => (await second.stats()).peers === 0);
      await second.stop();
    });
  });

  it('resume a lost connection without a word to a neighbour', { timeout: 120_000 }, () =>
    workspace.withServer({ cores: 2 }, async (server) => {
      const proxy = await startCuttableProxy(server.urls.ws);
      const pages = await openPages(5, { url: proxy.url, name: 'resume' });
      await explained(named(pages), async () => {
        await until('links of each with each', async () =>
          (await reports(pages)).every(({ peers }) => peers.length === 4));
        await until('every outcome told', async () =>
          (await server.metric('waggle_native_links_pending')) === 0);
        const [lost] = proxy.lines();
        const mark = proxy.log.length;

        proxy.cut((line) => line === lost);
        await until('it is back', async () =>
          (await server.metric('waggle_native_resumes_total')) === 1, { seconds: BACK_SECONDS });
        await until('its swarm, too', async () => proxy.log.slice(mark).some(
          ({ from, text }) => from === 'server' && JSON.parse(text).t === 'joined'));

        const known = new Set(proxy.log.slice(0, mark).map(({ line }) => line));
        const toNeighbours = proxy.log.slice(mark).filter(
          ({ line, from }) => from === 'server' && known.has(line));
        assert.deepEqual(toNeighbours, []);
        const all = await reports(pages);
        assert.deepEqual(all.flatMap(({ gone }) => gone), []);
        assert.ok(all.every(({ peers }) => peers.length === 4));
        assert.equal(await server.metric('waggle_native_seats'), 0);
      });
      await close(pages);
      await proxy.close();
    }));

  it('are told when the server is about to stop', { timeout: 60_000 }, async () => {
    const first = await workspace.startServer({ cores: 1, drainSeconds: 1 });
    const pages = await openPages(2, { url: first.urls.ws, name: 'away' });
    await explained(named(pages), async () => {
      await until('a link', async () => (await reports(pages)).every(({ peers }) => peers.length === 1));
      await first.stop();
      const second = await workspace.startServer({ cores: 1, like: first });
      await until('both back', async () => (await second.metric('waggle_native_peers')) === 2,
        { seconds: BACK_SECONDS });
      const all = await reports(pages);
      assert.ok(all.every(({ peers, gone }) => peers.length === 1 && gone.length === 0));
      await close(pages);
      await second.stop();
    });
  });
});
