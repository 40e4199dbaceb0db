// SPDX-License-Identifier: Apache-2.0
//
// `waggle content` against p2p-media-loader as it is installed: its modules called here, and a page
// that plays a master playlist and announces.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { explained, openBrowser } from './support/browser.mjs';
import { hashesByLibrary, loadLibrary, loadPlaylistReader } from './support/content-hashes.mjs';
import { makeHlsMaster } from './support/hls-stream.mjs';
import { BINARY } from './support/server.mjs';
import { startStaticServer } from './support/static-server.mjs';
import { until, within } from './support/wait.mjs';
import { openWorkspace } from './support/workspace.mjs';

const INSTALLED = '2.3.1';
const run = promisify(execFile);
const at = (path) => new URL(path, import.meta.url);

describe('waggle content', () => {
  let workspace;
  before(async () => (workspace = await openWorkspace()));
  after(() => workspace?.close());

  /// The swarms that the server derives: {infoHash, name, label, client}.
  async function derived(...contents) {
    const file = join(workspace.directory, 'content.json');
    await writeFile(file, JSON.stringify({ contents }));
    const { stdout } = await run(BINARY, ['content', file]);
    return stdout.trimEnd().split('\n').map((line) => {
      const [infoHash, name, label, client] = line.split('\t');
      return { infoHash, name, label, client };
    });
  }

  it('derives what the installed p2p-media-loader makes of the same manifests', async () => {
    const installed = JSON.parse(await readFile(at('node_modules/p2p-media-loader-core/package.json')));
    assert.equal(installed.version, INSTALLED);
    const { manifests, vectors } = JSON.parse(
      await readFile(at('../../protocol/vectors/content_hashes.json')));
    const library = await loadLibrary({
      segmentManager: at('node_modules/p2p-media-loader-hlsjs/lib/segment-manager.js').href,
      stream: at('node_modules/p2p-media-loader-core/lib/utils/stream.js').href,
      peer: at('node_modules/p2p-media-loader-core/lib/utils/peer.js').href,
    });
    const M3U8Parser = await loadPlaylistReader();
    const ours = vectors.filter(({ content }) => content.versions?.includes(INSTALLED));
    assert.ok(ours.length >= manifests.length);

    for (const { content, info_hashes: wanted } of ours) {
      const manifest = manifests.find(({ name }) => name === content.name);
      const byLibrary = hashesByLibrary(library, M3U8Parser, manifest, content.swarm_id);
      const byServer = (await derived(content)).map(({ infoHash }) => infoHash);
      assert.deepEqual(byLibrary, wanted);
      assert.deepEqual(byServer, byLibrary);
    }
  });

  it('derives the swarms that a page announces itself to', { timeout: 180_000 }, async () => {
    const web = await startStaticServer(workspace.directory);
    const [browser] = await Promise.all([
      openBrowser(workspace.certificates), makeHlsMaster(workspace.directory, 'films')]);
    try {
      await workspace.withServer({ cores: 1 }, async (server) => {
        const manifest = `${web.url}/files/films/master.m3u8`;
        const swarms = await derived({
          name: 'films', manifest, version: '2.3',
          streams: [
            { bitrate: 500000, width: 320, height: 180, frame_rate: 15, codecs: 'avc1.42c00d,mp4a.40.2' },
            { type: 'secondary', language: 'de', name: 'Deutsch', codecs: 'mp4a.40.2' },
          ],
        });
        assert.deepEqual(swarms.map(({ label }) => label), ['180p', 'Deutsch']);

        const page = await browser.openPage(`${web.url}/pages/p2p-media-loader.html`);
        await explained({ page }, async () => {
          await within('the player', page.call('play', { manifest, tracker: server.urls.ws }));
          for (const { infoHash, label } of swarms) {
            await until(`the page in the swarm of ${label}`, async () =>
              (await server.stats(infoHash)).peers === 1);
          }
          assert.equal((await server.stats()).swarms, swarms.length);
        });
        await page.close();
      });
    } finally {
      await browser.close();
      await web.close();
    }
  });
});
