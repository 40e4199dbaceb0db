// SPDX-License-Identifier: Apache-2.0
//
// Tenants whose pages show a token in the announce URL: unmodified WebTorrent and p2p-media-loader
// link with it, also after a restart past its end, and who shows no good one is refused.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { explained, openBrowser } from './support/browser.mjs';
import { makeHlsStream } from './support/hls-stream.mjs';
import { BINARY } from './support/server.mjs';
import { startStaticServer } from './support/static-server.mjs';
import { endOf, TokenKey } from './support/tokens.mjs';
import { isOffer, shakeHands, TrackerSocket } from './support/tracker-socket.mjs';
import { randomInfoHash, randomPeerId, until, within } from './support/wait.mjs';
import { openWorkspace } from './support/workspace.mjs';

const CORES = 2;
const FILE_BYTES = 1024 * 1024;
const LINK_SECONDS = 60;
const BACK_SECONDS = 60;  // the clients wait ten seconds at least before they connect again
const WARNING = 'this swarm is not served here';  // the default of access.warning
const run = promisify(execFile);

describe('A tenant with tokens', () => {
  const content = randomBytes(FILE_BYTES);
  const servers = [];
  let workspace, web, otherWeb, browser, key, foreignKey;

  before(async () => {
    workspace = await openWorkspace();
    const { directory, certificates } = workspace;
    web = await startStaticServer(directory);
    otherWeb = await startStaticServer(directory);  // another port is another origin
    [key, foreignKey] = await Promise.all(
      ['acme-1', 'beta-1'].map((kid) => TokenKey.make(directory, kid)));
    await writeFile(join(directory, 'random.bin'), content);
    [browser] = await Promise.all([openBrowser(certificates), makeHlsStream(directory, 'stream')]);
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.kill()));
    await browser?.close();
    await web?.close();
    await otherWeb?.close();
    await workspace?.close();
  });

  /// What pages of either library do; `start` returns what `join` needs.
  const KINDS = {
    webtorrent: {
      async start(page, tracker) {
        const url = `${web.url}/files/random.bin`;
        const infoHash = await within('seeding',
          page.call('seed', { url, name: 'random.bin', tracker }));
        return { infoHash, tracker };
      },
      async join(page, source) {
        const received = await within('the transfer', page.call('leech', source),
          { seconds: LINK_SECONDS });
        assert.equal(received, createHash('sha256').update(content).digest('hex'));
      },
    },
    'p2p-media-loader': {
      async start(page, tracker, manifest = `${web.url}/files/stream/index.m3u8`) {
        await within('the player', page.call('play', { manifest, tracker }), { seconds: 30 });
        return { manifest, tracker };
      },
      async join(page, source) {
        await within('the player', page.call('play', source), { seconds: 30 });
        await until('a link', async () => (await page.call('report')).peers > 0,
          { seconds: LINK_SECONDS });
      },
    },
  };

  for (const [kind, { start, join: joinIn }] of Object.entries(KINDS)) {
    it(`lets ${kind} pages link`, { timeout: 120_000 }, async () => {
      const server = await serve({ acme: tenant() });
      const tracker = announceUrl(server, 'acme', await key.mint({ tenant: 'acme' }));
      const [one, two] = await openPages(kind, 2);
      await explained({ one, two }, async () => {
        const source = await start(one, tracker);
        await peersAre(server, 1);

        await joinIn(two, source);

        await peersAre(server, 2);
        for (const page of [one, two]) assert.deepEqual([...new Set(page.sockets)], [tracker]);
      });
      await closeAll(server, one, two);
    });

    it(`lets ${kind} pages link again after a restart past the end, within the grace only`,
      { timeout: 240_000 }, async () => {
        const [one, two, newcomer] = await openPages(kind, 3, { reconnectsSoon: true });
        const first = await serve({ acme: tenant({ grace: '10m' }) });
        const token = await key.mint({ tenant: 'acme', expires: '3s' });
        const tracker = announceUrl(first, 'acme', token);
        await explained({ one, two, newcomer }, async () => {
          const source = await start(one, tracker);
          await peersAre(first, 1);
          await joinIn(two, source);
          await end(first);
          await until('the end of the token', () => Date.now() > endOf(token));

          const second = await serve({ acme: tenant({ grace: '10m' }) }, { like: first });
          await peersAre(second, 2, { seconds: BACK_SECONDS });
          await joinIn(newcomer, source);
          await peersAre(second, 3);
          await end(second);

          const third = await serve({ acme: tenant({ grace: '1s' }) }, { like: first });
          await Promise.all([one, two, newcomer].map((page) =>
            sees(page, 401, { seconds: BACK_SECONDS })));
          assert.ok(await refused(third, 'token_expired') >= 3);
          assert.equal((await third.stats()).connections, 0);
          await third.stop();
        });
        await closeAll(null, one, two, newcomer);
      });
  }

  it('refuses pages of another origin, and without a token', { timeout: 120_000 }, async () => {
    const server = await serve({ acme: tenant() });
    const tracker = announceUrl(server, 'acme', await key.mint({ tenant: 'acme' }));
    const pages = [
      await browser.openPage(`${otherWeb.url}/pages/webtorrent.html`),
      ...await openPages('webtorrent', 2),
    ];
    const [stranger, forgetful, welcome] = pages;
    await explained({ stranger, forgetful, welcome }, async () => {
      const { start } = KINDS.webtorrent;
      await start(stranger, tracker);
      await sees(stranger, 403);
      assert.equal(await refused(server, 'origin'), 1);

      await start(forgetful, tracker.replace(/\?.*/, ''));
      await sees(forgetful, 401);
      assert.equal(await refused(server, 'token_missing'), 1);

      await start(welcome, tracker);
      await peersAre(server, 1);
    });
    await closeAll(server, ...pages);
  });

  it('answers handshakes with the status of what is wrong', { timeout: 60_000 }, async () => {
    const server = await serve({
      acme: tenant({ keys: [key, foreignKey] }), beta: tenant({ keys: [foreignKey] }),
    });
    const good = await key.mint({ tenant: 'acme' });
    const forged = await new TokenKey(key.kid, foreignKey.file).mint({ tenant: 'acme' });
    const visit = (name, token, origin = web.url) =>
      shakeHands(announceUrl(server, name, token), { Origin: origin });
    assert.equal((await visit('acme', good)).status, 101);
    assert.equal((await visit('beta', await foreignKey.mint({ tenant: 'beta' }))).status, 101);

    const WRONG = [
      ['acme', '', 401, 'token_missing', 'a token is needed: connect with ?token=...'],
      ['acme', `${good}x`, 401, 'token_invalid', 'the token is not valid'],
      ['acme', forged, 401, 'token_invalid', 'the token is not valid'],
      // Of a tenant with keys of its own, and with a key that acme shares with it.
      ['beta', good, 401, 'token_invalid', 'the token is not valid'],
      ['acme', await foreignKey.mint({ tenant: 'beta' }), 403, 'token_foreign',
       'the token is for another tenant or for pages of another origin'],
      ['nobody', good, 403, 'tenant_unknown', 'there is no such tenant'],
    ];
    for (const [name, token, status, reason, text] of WRONG) {
      const before = await refused(server, reason);
      assert.deepEqual(await visit(name, token), { status, text });
      assert.equal(await refused(server, reason), before + 1, reason);
    }
    assert.deepEqual(await visit('acme', good, otherWeb.url),
      { status: 403, text: 'pages of this origin may not connect' });

    const brief = await key.mint({ tenant: 'acme', expires: '1s' });
    await until('the end of the token', () => Date.now() > endOf(brief) + 1000);
    assert.deepEqual(await visit('acme', brief),
      { status: 401, text: 'the token has expired, or is not valid yet' });
    assert.equal(await refused(server, 'token_expired'), 1);
    await server.stop();
  });

  it('denies swarms that the token does not name', { timeout: 60_000 }, async () => {
    const server = await serve({ acme: tenant() });
    const [own, foreign] = [randomInfoHash(), randomInfoHash()];
    const anywhere = await key.mint({ tenant: 'acme' });
    const narrow = await key.mint({ tenant: 'acme', swarms: [own.hex] });
    const [resident, visitor] = await Promise.all(
      [anywhere, narrow].map((token) => connect(server, 'acme', token)));
    await resident.announce(foreign.binary, randomPeerId().binary, { left: 0 });

    await isDenied(visitor, foreign, resident);

    const served = await visitor.announce(own.binary, randomPeerId().binary, { left: 1 });
    assert.equal(served.incomplete, 1);
    assert.equal((await server.stats(foreign.hex, { tenant: 'acme' })).peers, 1);
    [resident, visitor].forEach((socket) => socket.close());
    await server.stop();
  });

  it('serves the content that is registered, by its name, and no other', { timeout: 180_000 },
    async () => {
      const film = `${web.url}/files/stream/index.m3u8`;
      const contents = join(workspace.directory, 'content.json');
      await writeFile(contents, JSON.stringify({
        contents: [{ name: 'films/one', manifest: film, version: '2.3.1' }],
      }));
      const { stdout } = await run(BINARY, ['content', contents]);
      const [infoHash, name] = stdout.split('\t');
      await symlink('stream', join(workspace.directory, 'unlisted'));
      const server = await serve({
        films: { access: { mode: 'registered', content_file: contents, origins: [web.url] } },
      });
      const tracker = announceUrl(server, 'films');
      const [one, two, stray] = await openPages('p2p-media-loader', 3);
      await explained({ one, two, stray }, async () => {
        const { start, join: joinIn } = KINDS['p2p-media-loader'];
        const source = await start(one, tracker);
        await joinIn(two, source);
        await start(stray, tracker, film.replace('/stream/', '/unlisted/'));
        await until('the stray page denied', async () =>
          (await server.metric('waggle_memberships_denied_total')) > 0);

        const { items } = await (await fetch(`${server.internal}/api/v1/swarms`)).json();
        assert.deepEqual(
          items.map(({ tenant, name, info_hash: hash, members }) => [tenant, name, hash, members]),
          [['films', name, infoHash, 2]]);
        assert.equal(name, 'films/one');
      });

      const socket = await connect(server, 'films');
      await isDenied(socket, randomInfoHash());
      socket.close();
      await closeAll(server, one, two, stray);
    });

  /// The settings of a tenant that wants tokens, with clocks that are never off.
  const tenant = ({ grace = '0s', keys = [key] } = {}) => ({
    access: { mode: 'token', origins: [web.url] },
    tokens: { secrets: keys.map(({ setting }) => setting), leeway: '0s', reconnect_grace: grace },
  });

  async function serve(tenants, { like } = {}) {
    const config = join(workspace.directory, 'waggle.json');
    await writeFile(config, JSON.stringify({ tenants }));
    servers.push(await workspace.startServer({ cores: CORES, like, flags: ['--config', config] }));
    return servers.at(-1);
  }

  /// As in a crash: nobody is told.
  async function end(server) {
    server.kill();
    await server.exited;
  }

  const announceUrl = (server, name, token) =>
    `${server.urls.ws}/t/${name}/${token ? `?token=${token}` : ''}`;

  const connect = (server, name, token) => TrackerSocket.open(
    announceUrl(server, name, token), workspace.certificates.authority, { Origin: web.url });

  const openPages = (kind, count, options) => Promise.all(Array.from({ length: count }, () =>
    browser.openPage(`${web.url}/pages/${kind}.html`, options)));

  async function closeAll(server, ...pages) {
    await Promise.all(pages.map((page) => page.close()));
    await server?.stop();
  }

  const peersAre = (server, count, options) => until(`${count} peer(s)`, async () =>
    (await server.stats()).peers === count, options);

  const refused = (server, reason) =>
    server.metric(`waggle_admissions_refused_total{reason="${reason}"}`);

  /// The page's socket does not open. Why stands in the browser's console, where no script sees it:
  /// of a 403 the status, of a 401 words.
  const sees = (page, status, options) => until(`the page meets ${status}`, () => {
    const reason = status === 401 ? 'HTTP Authentication failed' : `response code: ${status}`;
    return page.printed.some((line) =>
      line.includes('WebSocket connection to') && line.includes(reason));
  }, options);

  /// A normal reply as of an empty swarm, with one warning; nobody hears of the offer.
  async function isDenied(socket, { binary }, resident) {
    const offers = [{ offer: { type: 'offer', sdp: 'v=0' }, offer_id: 'x'.repeat(20) }];
    const peer = randomPeerId().binary;
    const announce = () => socket.announce(binary, peer, { left: 1, numwant: 1, offers });

    const { complete, incomplete, 'warning message': warning } = await announce();

    assert.deepEqual([complete, incomplete, warning], [0, 0, WARNING]);
    assert.equal((await announce())['warning message'], undefined, 'it is told once');
    await resident?.fence();
    assert.ok(!resident?.unread.some(isOffer), 'an offer got through');
  }
});
