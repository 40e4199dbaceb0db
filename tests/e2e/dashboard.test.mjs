// SPDX-License-Identifier: Apache-2.0
//
// The dashboard in Chromium, at a server that many clients use: what every view shows, that people
// can use it whatever their screen, and that what is done there happens.
// WAGGLE_SCREENSHOTS=FOLDER keeps the pictures (docs/images).

import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openAudience, Viewer } from './support/audience.mjs';
import { openBrowser } from './support/browser.mjs';
import { DashboardPage, DESKTOP, PHONE } from './support/dashboard-page.mjs';
import { besideHealthyPair } from './support/healthy-pair.mjs';
import { lockFile } from './support/locked-file.mjs';
import { signedToken } from './support/signed-token.mjs';
import { TrackerSocket } from './support/tracker-socket.mjs';
import { randomInfoHash, until, within } from './support/wait.mjs';
import { openWorkspace } from './support/workspace.mjs';

const SIZES = [24, 9, 4, 2];
const PICTURE_BYTES_MIN = 10_000;
const BANNED_CLOSE_CODE = 4403;
const GOING_AWAY_CLOSE_CODE = 1001;
const BAN_MS_MAX = 1_000;
const BAN_SECONDS = 12;  // longer than what is looked at meanwhile takes on a busy machine
const TOKEN = 'a token of this test';
const SECRET = 'a secret of this test that is long enough';

describe('The dashboard', { timeout: 300_000 }, () => {
  const hashes = SIZES.map(() => randomInfoHash());
  let workspace, browser, server, config, audience;

  before(async () => {
    workspace = await openWorkspace();
    browser = await openBrowser(workspace.certificates);
    config = join(workspace.directory, 'waggle.json');
    await writeFile(config, '{}');
    server = await startServer();
    await gather();
    await complain();
  });
  after(async () => {
    await audience?.close();
    await server?.stop();
    await browser?.close();
    await workspace?.close();
  });

  function startServer(options = {}) {
    return workspace.startServer({
      cores: 2,
      flags: ['--config', config, '--storage', `sqlite:${workspace.directory}/waggle.db`,
              '--set', 'storage.series_interval=500ms', '--trusted-proxies', '127.0.0.1/32'],
      ...options,
    });
  }

  async function gather() {
    const authority = workspace.certificates.authority;
    audience = await openAudience({
      urls: server.urls, authority, infoHashes: hashes.map(({ binary }) => binary), sizes: SIZES,
    });
  }

  /// So that there is something to see among the refusals.
  async function complain() {
    const socket = await TrackerSocket.open(server.urls.ws, workspace.certificates.authority);
    socket.send({ action: 'announce', info_hash: 'too short', peer_id: 'x' });
    await socket.receive('a failure', (message) => message['failure reason'] !== undefined);
    socket.close();
  }

  const api = async (path, options = {}) => {
    const response = await fetch(`${server.internal}/api/v1/${path}`, options);
    return response.status === 204 ? null : response.json();
  };

  const VIEWS = {
    overview: async ({ page }, view) => {
      const members = SIZES.reduce((sum, size) => sum + size);
      await page.locator('.tile', { hasText: 'Peers' }).getByText(String(members), { exact: true }).waitFor();
      await page.getByRole('link', { name: shortHash(hashes[0].hex) }).waitFor();
      await until('the charts are painted', async () => {
        const painted = await view.painted();
        return painted.length === 8 && painted.slice(0, 7).every((pixels) => pixels > 20);
      }, { seconds: 30 });
    },
    swarms: async ({ page }) => {
      const rows = page.locator('tbody tr');
      await until('all swarms are listed', async () => (await rows.count()) === SIZES.length);
      const members = await rows.locator('td:nth-child(2)').allTextContents();
      assert.deepEqual(members, SIZES.map(String));
    },
    [`swarms/${hashes[0].hex}`]: async ({ page }) => {
      await api(`swarms/${hashes[0].hex}/watch`, { method: 'PUT', headers: { 'Content-Type': 'application/json' } });
      await page.getByText(hashes[0].hex).waitFor();
      await page.getByRole('region', { name: 'Members' }).getByText('-PM0302-').first().waitFor();
      const decisions = page.getByRole('region', { name: 'Live decisions' });
      await decisions.getByText('Answer').first().waitFor();
      await decisions.getByText('Offer').first().waitFor();
    },
    clients: async ({ page }) => {
      const software = page.getByRole('region', { name: 'Software' });
      await software.getByText('Firefox').first().waitFor();
      await software.getByRole('cell', { name: 'WebTorrent', exact: true }).first().waitFor();
      await page.getByRole('region', { name: 'Connections' }).getByText('198.51.0.0/24').first().waitFor();
    },
    refusals: async ({ page }) => {
      await page.getByText('Bad info hash').waitFor();
    },
    'refusals/bans': async ({ page }) => {
      await page.getByText('203.0.113.0/24').waitFor();
    },
    'refusals/audit': async ({ page }) => {
      await page.getByText('ban.add').first().waitFor();
    },
    config: async ({ page }) => {
      await page.getByText('webtorrent.interval_max').waitFor();
      await page.getByText(`sqlite:${workspace.directory}/waggle.db`).waitFor();
    },
    log: async ({ page }) => {
      await page.getByRole('log').getByText('serving cores=2').waitFor();
    },
  };
  const LOOKS = [
    { look: 'light', viewport: DESKTOP },
    { look: 'dark', viewport: DESKTOP, dark: true },
    { look: 'phone', viewport: PHONE },
  ];

  for (const { look, ...options } of LOOKS) {
    it(`shows every view, ${look}`, async () => {
      if (look === 'light') await addBan({ kind: 'address', value: '203.0.113.0/24', reason: 'scrapes all day' });
      const view = await DashboardPage.open(browser.chromium, server, options);
      for (const [path, expect] of Object.entries(VIEWS)) {
        await view.show(path === 'overview' ? '' : path);
        await expect(view, view);
        await view.check().catch((error) => {
          error.message = `${path}: ${error.message}`;
          throw error;
        });
        await keepPicture(view.page, path.startsWith('swarms/') ? 'swarm' : path.replace('/', '-'), look);
      }
      await view.close();
    });
  }

  async function addBan(ban) {
    const response = await fetch(`${server.internal}/api/v1/bans`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(ban),
    });
    assert.equal(response.status, 201);
  }

  async function keepPicture(page, name, look) {
    const path = join(process.env.WAGGLE_SCREENSHOTS ?? workspace.directory, `${name}-${look}.png`);
    await page.screenshot({ path });
    assert.ok((await stat(path)).size > PICTURE_BYTES_MIN, `${path} shows nothing`);
  }

  it('is reached and left by the keyboard', async () => {
    const { page, ...view } = await DashboardPage.open(browser.chromium, server);
    await page.goto(view.base);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to the content');
    for (let presses = 0; await focused(page) !== 'Refusals & bans'; ++presses) {
      assert.ok(presses < 10, 'the view is not reached by Tab');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Refusals and bans' }).waitFor();
    assert.equal(await focused(page), 'Refusals and bans', 'a new view takes the focus');

    await page.getByRole('button', { name: 'New ban' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'New ban', 'the dialog gives the focus back');
    await view.context.close();
  });

  const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim());

  /// Fills the dialog, and fails unless `stopped` becomes true soon after the browser has asked for
  /// the ban; it must not be true before.
  async function ban(page, { kind, value }, stopped) {
    assert.ok(!await stopped(), 'stopped before the ban');
    const dialog = page.getByRole('dialog');
    if (kind) await dialog.getByLabel('What').selectOption(kind);
    if (value) await dialog.getByLabel('Value').fill(value);
    await dialog.getByLabel('Reason').fill('test of the dashboard');
    await dialog.getByLabel('Number').fill(String(BAN_SECONDS));
    await dialog.getByLabel('Unit').selectOption('seconds');
    const now = () => Date.now();
    const [asked, effective] = await Promise.all([
      page.waitForRequest((request) => request.method() === 'POST').then(now),
      until('the ban takes effect', stopped).then(now),
      dialog.getByRole('button', { name: 'Ban' }).click(),
    ]);
    assert.ok(effective - asked <= BAN_MS_MAX, `the ban took ${effective - asked} ms`);
    await dialog.waitFor({ state: 'detached' });
  }

  it('stops an info hash, an address and a client within a second, until the ban expires', async () => {
    const authority = workspace.certificates.authority;
    const { page, ...view } = await DashboardPage.open(browser.chromium, server);
    const join_ = (options) => Viewer.join({ urls: server.urls, authority, ...options });
    const swarm = randomInfoHash();
    const inSwarm = await join_({ infoHash: swarm.binary, address: '192.0.2.20' });
    await join_({ infoHash: swarm.binary, address: '192.0.2.21' });
    const atAddress = await join_({ infoHash: hashes[3].binary, address: '192.0.2.77' });
    const ofClient = await join_({
      infoHash: hashes[3].binary, address: '192.0.2.30', kind: { prefix: '-XX9999-', agent: 'x' },
    });

    const banned = page.getByRole('cell', { name: '192.0.2.77', exact: true });
    const rounds = await besideHealthyPair({ urls: [server.urls.ws, server.urls.wss], authority }, async () => {
      await until('the swarm is known', async () => (await api(`swarms/${swarm.hex}`)).members === 2);
      await page.goto(`${view.base}swarms/${swarm.hex}`);
      await page.getByRole('button', { name: 'Ban this swarm' }).click();
      await ban(page, {}, async () => (await server.stats(swarm.hex)).peers === 0);
      inSwarm.socket.send({ action: 'announce', info_hash: swarm.binary, peer_id: inSwarm.peerId, left: 1 });
      await inSwarm.socket.fence();
      assert.equal((await server.stats(swarm.hex)).peers, 0, 'an announce must not bring the swarm back');

      await page.goto(`${view.base}refusals/bans`);
      await page.getByRole('button', { name: 'New ban' }).first().click();
      await ban(page, { kind: 'address', value: '192.0.2.77' }, () => atAddress.socket.closed);
      assert.equal(atAddress.socket.closed.code, BANNED_CLOSE_CODE);
      await assert.rejects(join_({ infoHash: hashes[3].binary, address: '192.0.2.77' }));

      await page.getByRole('button', { name: 'New ban' }).first().click();
      await ban(page, { kind: 'peer_id_prefix', value: '-XX9999-' }, async () =>
        ofClient.socket.closed || !(await api(`swarms/${hashes[3].hex}?limit=100`)).items.some(
          ({ peer_id: id }) => id.startsWith(Buffer.from('-XX9999-').toString('hex'))));
      await banned.waitFor();
    });
    assert.ok(rounds > 0, 'the others must go on');

    await until('the bans expire by themselves', async () => (await banned.count()) === 0,
      { seconds: 2 * BAN_SECONDS });
    const back = await until('the address is welcome again', () =>
      join_({ infoHash: swarm.binary, address: '192.0.2.77' }));
    assert.ok(!back.socket.closed);
    await page.goto(`${view.base}refusals/audit`);
    for (const what of [swarm.hex, '192.0.2.77', Buffer.from('-XX9999-').toString('hex')]) {
      await page.getByText(what).first().waitFor();
    }
    await view.context.close();
  });

  it('says that facts cannot be stored, for as long as they cannot', async () => {
    const { page, ...view } = await DashboardPage.open(browser.chromium, server);
    await page.goto(view.base);
    await page.getByText(/^Serving for/).waitFor();
    const banner = page.getByText('Facts cannot be stored.');
    assert.equal(await banner.count(), 0);

    const lock = await lockFile(`${workspace.directory}/waggle.db`);
    try {
      await banner.waitFor();
      await page.getByText('waggle.db is locked by another program').waitFor();
    } finally {
      await lock.release();
    }

    await banner.waitFor({ state: 'detached' });
    assert.equal((await api('overview')).storage.problem, '');
    await view.context.close();
  });

  it('passes on the licences of what it contains', async () => {
    const text = await (await fetch(`${server.internal}/ui/licences.txt`)).text();
    assert.match(text, /^preact \d/m);
    assert.match(text, /^uplot \d/m);
    assert.equal(text.match(/Permission is hereby granted/g).length, 2);
  });

  it('says why a ban is refused', async () => {
    const { page, ...view } = await DashboardPage.open(browser.chromium, server);
    await page.goto(`${view.base}refusals/bans`);
    await page.getByRole('button', { name: 'New ban' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Value').fill('127.0.0.1');
    await dialog.getByRole('button', { name: 'Ban' }).click();
    await dialog.getByRole('alert').waitFor();
    assert.match(await dialog.getByRole('alert').textContent(), /loopback|trusted/i);
    await view.context.close();
  });

  it('reloads the configuration, and says what changed or why not', async () => {
    const { page, ...view } = await DashboardPage.open(browser.chromium, server);
    await page.goto(`${view.base}config`);
    await writeFile(config, '{"webtorrent": {"interval_max": "75s"}}');
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByText('Changed: webtorrent.interval_max').waitFor();
    await page.locator('.settings').getByText('75s').waitFor();

    await writeFile(config, '{"webtorrent": {"interval_maxx": "75s"}}');
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByText('Nothing was changed').waitFor();
    await page.getByText('interval_maxx').waitFor();
    await writeFile(config, '{}');
    await view.context.close();
  });

  it('follows the log, and changes what is logged', async () => {
    const { page, ...view } = await DashboardPage.open(browser.chromium, server);
    await page.goto(`${view.base}log`);
    await page.getByRole('log').getByText('serving cores=2').waitFor();
    await page.getByLabel('session what clients say').selectOption('debug');
    await page.getByText('session is logged from debug on.').waitFor();
    assert.equal((await api('log/levels')).levels.session, 'debug');
    await page.getByLabel('session what clients say').selectOption('info');
    await addBan({ kind: 'address', value: '203.0.113.99', lasts_seconds: 1 });
    await page.getByRole('log').getByText('203.0.113').first().waitFor();
    await view.context.close();
  });

  it('asks for the token, and tells a wrong one', async () => {
    const guarded = await workspace.startServer({ cores: 1, flags: ['--set', `admin.token=${TOKEN}`] });
    try {
      const { page, ...view } = await DashboardPage.open(browser.chromium, guarded);
      await page.goto(view.base);
      await page.getByLabel('Token').fill('another');
      await page.keyboard.press('Enter');
      await page.getByText('did not take that token').waitFor();
      await page.getByLabel('Token').fill(TOKEN);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      await page.getByText('Nobody has come yet').waitFor();
      await page.getByText("announce: ['wss://127.0.0.1:").waitFor();
      await view.context.close();
    } finally {
      await guarded.stop();
    }
  });

  it('finds swarms by their name and by their hash', async () => {
    const searched = await workspace.startServer({ cores: 1 });
    try {
      const room = 'my room of friends/1';
      const other = randomInfoHash();
      const socket = await TrackerSocket.open(searched.urls.ws, workspace.certificates.authority);
      await socket.announce(room, '-WW0208-abcdefghijkl');
      await socket.announce(other.binary, '-WW0208-abcdefghijkl');
      const { page, ...view } = await DashboardPage.open(browser.chromium, searched);
      await page.goto(`${view.base}swarms`);
      const rows = page.locator('tbody tr');
      const field = page.getByLabel('Info hash or name');
      await until('both are listed', async () => (await rows.count()) === 2);
      for (const [words, found] of [['my room', room], [other.hex.slice(0, 9), shortHash(other.hex)]]) {
        await field.fill(words);
        await until('only what was looked for is listed', async () =>
          (await rows.count()) === 1 && (await rows.first().textContent()).includes(found));
      }
      await field.fill('My room');
      await page.getByText('No swarm has that in its hash or name.').waitFor();
      socket.close();
      await view.context.close();
    } finally {
      await searched.stop();
    }
  });

  describe('of a server that tenants share', () => {
    const film = randomInfoHash();
    const title = `movies/${'bees'.repeat(45)}`;  // long, and without a place to break the line
    let shared, ofTenant, ofNobody, view, page;

    before(async () => {
      const contents = join(workspace.directory, 'content.json');
      await writeFile(contents, JSON.stringify({ contents: [{ name: title, info_hashes: [film.hex] }] }));
      shared = await workspace.startServer({
        cores: 2,
        flags: ['--set', 'access.unnamed=true', '--set', `tenants.acme.access.content_file=${contents}`,
                '--set', `tenants.acme.tokens.secrets=test:${SECRET}`],
      });
      ofTenant = await connect(tenantPath());
      ofNobody = await connect('/');
      await ofTenant.announce(film.binary, '-WW0208-abcdefghijkl');
      await ofNobody.announce(film.binary, '-PM0302-abcdefghijkl');
      view = await DashboardPage.open(browser.chromium, shared);
      page = view.page;
    });
    after(async () => {
      await view?.close();
      ofTenant?.close();
      ofNobody?.close();
      await shared?.stop();
    });

    const connect = (path) =>
      TrackerSocket.open(new URL(path, shared.urls.ws).href, workspace.certificates.authority);
    const tenantPath = () => `/t/acme/?token=${signedToken({ tid: 'acme', jti: 'seat 7' }, SECRET)}`;
    const apiOfShared = async (path) => (await fetch(`${shared.internal}/api/v1/${path}`)).json();

    it('keeps swarms of one info hash apart, and calls content by its name', async () => {
      await page.goto(`${view.base}swarms`);
      const rows = page.locator('tbody tr');
      await until('both swarms are listed', async () => (await rows.count()) === 2);
      const named = rows.filter({ hasText: title });
      assert.equal(await named.locator('.badge').textContent(), 'Tenant acme');
      assert.ok((await named.textContent()).includes(shortHash(film.hex)), 'the hash stands beneath the name');
      const unnamed = rows.filter({ hasNotText: title });
      assert.equal(await unnamed.locator('.badge').count(), 0);
      assert.ok((await unnamed.textContent()).includes(shortHash(film.hex)));
      await view.check();

      await named.getByRole('link', { name: title }).click();
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      const id = new URL(page.url()).pathname.split('/').at(-1);
      assert.match(id, new RegExp(`^${film.hex}[0-9a-f]{8}$`));
      await page.getByText(film.hex, { exact: true }).waitFor();
      const members = page.getByRole('region', { name: 'Members' });
      await members.getByText('-WW0208-').waitFor();
      assert.equal(await members.getByText('-PM0302-').count(), 0);
      await page.getByRole('button', { name: 'Watch offers' }).click();
      await page.getByRole('button', { name: 'Stop watching' }).waitFor();
      assert.deepEqual((await apiOfShared('watched')).items, [id]);
      await view.check();

      await page.goto(`${view.base}config`);
      await page.getByText('tenants.acme.access.content_file').waitFor();
      assert.equal(await page.getByText(SECRET).count(), 0);
    });

    it('puts out who came with a token, and nobody else', async () => {
      await page.goto(`${view.base}clients`);
      const rows = page.getByRole('region', { name: 'Connections' }).locator('tbody tr');
      await until('both connections are listed', async () => (await rows.count()) === 2);
      await view.check();
      const row = rows.filter({ hasText: 'acme' });
      assert.equal(await rows.getByRole('button', { name: /^Ban token/ }).count(), 1);
      await row.getByRole('button', { name: /^Ban token/ }).click();
      await ban(page, {}, () => ofTenant.closed);
      assert.equal(ofTenant.closed.code, BANNED_CLOSE_CODE);
      await assert.rejects(connect(tenantPath()));
      await ofNobody.fence();

      await page.goto(`${view.base}refusals/bans`);
      await page.getByRole('cell', { name: 'Token', exact: true }).waitFor();
      await page.goto(`${view.base}refusals`);
      const newcomers = page.getByRole('region', { name: 'Newcomers that were not let in' });
      await newcomers.getByRole('cell', { name: 'Banned', exact: true }).waitFor();
    });

    it('bans those who name no tenant by an empty name', async () => {
      await page.goto(`${view.base}refusals/bans`);
      await page.getByRole('button', { name: 'New ban' }).first().click();
      await ban(page, { kind: 'tenant' }, () => ofNobody.closed);
      await page.getByRole('cell', { name: 'those who name none', exact: true }).waitFor();
      await assert.rejects(connect('/'));
    });
  });

  it('drains the server over the time that is asked for', async () => {
    const leaving = await workspace.startServer({ cores: 1, drainSeconds: 3_600 });
    try {
      const socket = await TrackerSocket.open(leaving.urls.ws, workspace.certificates.authority);
      const { page, ...view } = await DashboardPage.open(browser.chromium, leaving);
      await page.goto(`${view.base}config`);
      await page.getByRole('button', { name: 'Drain' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('closes its 1 connections').waitFor();
      await dialog.getByLabel('Seconds').fill('2');
      await dialog.getByRole('button', { name: 'Drain and end' }).click();
      await page.getByText('The server is draining.', { exact: true }).first().waitFor();
      await until('the client is told to go', () => socket.closed);
      assert.equal(socket.closed.code, GOING_AWAY_CLOSE_CODE);
      const [code] = await within('the end of the server', leaving.exited, { seconds: 20 });
      assert.equal(code, 0);
      await page.getByText('The server is not reachable').waitFor();
      await view.context.close();
    } finally {
      leaving.kill();
    }
  });

  it('outlives the server, and shows what was before its start', async () => {
    const { page, ...view } = await DashboardPage.open(browser.chromium, server);
    await page.goto(`${view.base}?range=hour`);
    await page.getByText(/^Serving for/).waitFor();
    await audience.close();
    await server.stop();
    await page.getByText('The server is not reachable').waitFor();
    server = await startServer({ like: server });
    await page.getByText('The server is not reachable').waitFor({ state: 'detached' });
    await page.reload();
    const most = SIZES.reduce((sum, size) => sum + size);
    const chart = page.locator('.plot').first();
    await until('the members of before are in the chart', async () => {
      const label = await chart.getAttribute('aria-label');
      return Number(/Peers: \S+ now, (\d+) at most/.exec(label)?.[1]) > most / 2;
    });
    await view.context.close();
  });
});

const shortHash = (hex) => `${hex.slice(0, 8)}…${hex.slice(-4)}`;
