// SPDX-License-Identifier: Apache-2.0
//
// The ICE service with real parts: STUN of the server itself, credentials that a real coturn takes,
// pages that may use nothing but relays, and the client served to a page of another origin.

import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { after, before, describe, it } from 'node:test';
import { explained, openBrowser } from './support/browser.mjs';
import { startStaticServer } from './support/static-server.mjs';
import { startTurnServer } from './support/turn-server.mjs';
import { until, within } from './support/wait.mjs';
import { openWorkspace } from './support/workspace.mjs';

const SECRET = 'north remembers the way to the flowers';
const COOKIE = Buffer.from([0x21, 0x12, 0xa4, 0x42]);

describe('The ICE service', () => {
  let workspace, web, browser, turn;
  const servers = [];
  const start = async (settings = []) => {
    const flags = settings.flatMap((each) => ['--set', each]);
    servers.push(await workspace.startServer({ cores: 1, flags, stun: '127.0.0.1:0' }));
    return servers.at(-1);
  };

  before(async () => {
    workspace = await openWorkspace();
    web = await startStaticServer(workspace.directory);
    [browser, turn] = await Promise.all([
      openBrowser(workspace.certificates), startTurnServer(SECRET, workspace.directory),
    ]);
  });
  after(async () => {
    servers.forEach((server) => server.kill());
    await turn?.stop();
    await browser?.close();
    await web?.close();
    await workspace?.close();
  });

  const withTurn = () => start([`ice.urls=${turn.url}`, `ice.turn_secret=${SECRET}`,
    `access.origins=${web.url}`]);
  const http = (server) => server.urls.ws.replace('ws:', 'http:');
  const askIce = (server, query = '', headers = { Origin: web.url }) =>
    fetch(`${http(server)}/ice${query}`, { headers });
  const openPages = async (count, argument) => {
    const pages = [];
    for (let each = 0; each < count; ++each) {
      pages.push(await browser.openPage(`${web.url}/pages/native.html`));
      await within('joining', pages.at(-1).call('start', argument));
    }
    return pages;
  };

  it('tells who asks by STUN from where it was heard', async () => {
    const server = await start();
    const { hostname, port } = new URL(server.stun.replace('stun:', 'http://'));
    const socket = createSocket('udp4');
    await new Promise((bound) => socket.bind(0, '127.0.0.1', bound));
    const id = randomBytes(12);
    const answered = new Promise((took) => socket.once('message', took));
    socket.send(Buffer.concat([Buffer.from([0, 1, 0, 0]), COOKIE, id]), Number(port), hostname);

    const answer = await within('an answer', answered);

    assert.equal(answer.readUInt16BE(0), 0x0101);
    assert.deepEqual(answer.subarray(8, 20), id);
    assert.equal(answer.readUInt16BE(20), 0x0020);
    assert.equal(answer.readUInt16BE(26) ^ 0x2112, socket.address().port);
    const address = answer.subarray(28, 32).map((byte, at) => byte ^ COOKIE[at]);
    assert.equal([...address].join('.'), '127.0.0.1');
    socket.close();
    await server.stop();
  });

  it('is what pages ask without being told', { timeout: 60_000 }, async () => {
    const server = await start();
    const pages = await openPages(2, { url: server.urls.ws, name: 'stun' });
    await explained({ one: pages[0], two: pages[1] }, async () => {
      await until('a link', async () =>
        (await Promise.all(pages.map((page) => page.call('report')))).every(({ peers }) => peers.length === 1));
      await until('an answer by STUN', async () =>
        (await server.metric('waggle_stun_answered_total')) > 0);
    });
    await Promise.all(pages.map((page) => page.close()));
    await server.stop();
  });

  it('gives credentials that coturn takes, until they end', { timeout: 90_000 }, async () => {
    const server = await withTurn();
    const answer = await askIce(server);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('access-control-allow-origin'), web.url);
    const { iceServers, ttl } = await answer.json();
    const entry = iceServers.find(({ urls }) => urls.includes(turn.url));
    assert.equal(ttl, 3600);
    const good = await turn.tryCredentials(entry);
    assert.equal(good.code, 0, good.words);

    const matrix = await (await askIce(server, '?format=matrix')).json();
    assert.deepEqual(matrix.uris, [turn.url]);
    assert.equal((await turn.tryCredentials({ username: matrix.username, credential: matrix.password })).code, 0);

    const ended = String(Math.floor(Date.now() / 1000) - 10);
    const expired = {
      username: ended,
      credential: createHmac('sha1', SECRET).update(ended).digest('base64'),
    };
    assert.notEqual((await turn.tryCredentials(expired)).code, 0);
    assert.notEqual((await turn.tryCredentials({ ...entry, credential: 'made up' })).code, 0);
    await server.stop();
  });

  it('gives them to pages of allowed origins only, and not too often', async () => {
    const server = await withTurn();
    assert.equal((await askIce(server, '', { Origin: 'https://evil.example' })).status, 403);
    assert.equal((await askIce(server, '', {})).status, 403);
    const answers = [];
    for (let each = 0; each < 40; ++each) answers.push((await askIce(server)).status);
    assert.ok(answers.includes(200) && answers.includes(429));
    await server.stop();
    const without = await start();
    assert.equal((await askIce(without)).status, 426);
    await without.stop();
  });

  it('links pages that may use nothing but relays', { timeout: 90_000 }, async () => {
    const server = await start([`ice.urls=${turn.url}`, `ice.turn_secret=${SECRET}`,
      'access.ice_policy=relay_only']);
    const pages = await openPages(2, { url: server.urls.ws, name: 'relay' });
    await explained({ one: pages[0], two: pages[1] }, async () => {
      await until('a link', async () =>
        (await Promise.all(pages.map((page) => page.call('report')))).every(({ peers }) => peers.length === 1),
      { seconds: 30 });
      for (const page of pages) assert.deepEqual(await page.call('paths'), ['relay']);
      await until('the outcome', async () =>
        (await server.metric('waggle_native_links_opened_total{path="relay"}')) === 1);
    });
    await Promise.all(pages.map((page) => page.close()));
    await server.stop();
  });

  it('serves its client to a page of another origin', { timeout: 60_000 }, async () => {
    const server = await start();
    const page = await browser.openPage(`${web.url}/pages/elsewhere.html?from=${http(server)}`);
    await explained({ page }, async () => {
      const id = await within('a session', page.call('join', server.urls.ws));
      assert.match(id, /^[\w-]{16}$/);
    });
    await page.close();
    const whole = await fetch(`${http(server)}/waggle.js`);
    assert.equal(whole.headers.get('access-control-allow-origin'), '*');
    const small = await fetch(`${http(server)}/waggle.min.js`);
    assert.ok((await small.text()).length < (await whole.text()).length);
    const again = await fetch(`${http(server)}/waggle.js`,
      { headers: { 'If-None-Match': whole.headers.get('etag') } });
    assert.equal(again.status, 304);
    const named = await fetch(`${http(server)}/waggle-0.1.0.min.js`);
    assert.match(named.headers.get('cache-control'), /immutable/);
    await server.stop();
  });
});
