// SPDX-License-Identifier: Apache-2.0
//
// The demo pages that the server has with --demo: a file that goes from tab to tab, and a video whose
// viewers help each other. Hooks are named at the head of each page.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { until } from './support/wait.mjs';
import { openWorkspace } from './support/workspace.mjs';

const FILE_BYTES = 5 * 1024 * 1024;
const SHOTS = process.env.WAGGLE_SHOTS;  // a folder for pictures of the pages
const PHONE = { width: 390, height: 844 };

const hook = (page, name) => page.locator(`[data-test="${name}"]`).first();
const number = async (page, name, attribute) =>
  Number(await hook(page, name).getAttribute(attribute));

async function digestOf(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

describe('The demo pages', () => {
  let workspace, browser, server, base;
  const contexts = [];

  before(async () => {
    workspace = await openWorkspace();
    [browser, server] = await Promise.all([
      openBrowser(workspace.certificates),
      workspace.startServer({ cores: 2, flags: ['--demo'] }),
    ]);
    // A page may use crypto.subtle at localhost, and not at an address.
    base = `http://localhost:${new URL(server.urls.ws).port}/demo`;
    if (SHOTS) await mkdir(SHOTS, { recursive: true });
  });
  after(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    server?.kill();
    await browser?.close();
    await workspace?.close();
  });

  async function open(url, options = {}) {
    const context = await browser.chromium.newContext({
      permissions: ['camera', 'microphone'], acceptDownloads: true, ...options });
    contexts.push(context);
    const page = await context.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('request', (request) => {
      const { host, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && host !== new URL(base).host) problems.push(request.url());
    });
    page.problems = problems;
    await page.goto(url);
    return page;
  }
  const shoot = async (page, name) => SHOTS && page.screenshot({ path: join(SHOTS, `${name}.png`) });
  async function fitsAPhone(url, name) {
    const page = await open(url, { viewport: PHONE, colorScheme: 'dark' });
    await page.waitForLoadState('load');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= PHONE.width, `${name} is ${wide} pixels wide`);
    await shoot(page, `${name}-phone`);
    return page;
  }

  it('a file goes from tab to tab, and each tab proves it', { timeout: 120_000 }, async () => {
    const content = randomBytes(FILE_BYTES);
    const digest = createHash('sha256').update(content).digest('hex');
    const path = join(workspace.directory, 'big.bin');
    await writeFile(path, content);
    const sender = await open(`${base}/drop.html`);
    await hook(sender, 'file-input').setInputFiles(path);
    await until('a link to share', async () =>
      (await hook(sender, 'state').getAttribute('data-state')) === 'sharing');
    const link = await hook(sender, 'link').inputValue().catch(() => hook(sender, 'link').textContent());

    const second = await open(link);
    await until('the file in the second tab', async () =>
      /done|sharing/.test(await hook(second, 'state').getAttribute('data-state')), { seconds: 60 });
    const third = await open(link);
    await until('the file in the third tab', async () =>
      /done|sharing/.test(await hook(third, 'state').getAttribute('data-state')), { seconds: 60 });

    for (const page of [second, third]) {
      assert.ok((await hook(page, 'sha256').textContent()).includes(digest));
      assert.ok(await number(page, 'bytes-from-peers', 'data-bytes') >= FILE_BYTES);
      const [download] = await Promise.all([
        page.waitForEvent('download'), hook(page, 'save').click(),
      ]);
      assert.equal(await digestOf(await download.path()), digest);
      assert.deepEqual(page.problems, []);
    }
    assert.deepEqual(sender.problems, []);
    await shoot(sender, 'drop-sender');
    await shoot(third, 'drop-receiver');
  });

  it('a video comes from the other viewers', { timeout: 120_000 }, async () => {
    const first = await open(`${base}/watch.html`);
    await until('the first viewer at play', async () =>
      (await number(first, 'bytes-from-server', 'data-bytes')) > 100_000, { seconds: 30 });
    const second = await open(`${base}/watch.html`);
    await until('most of the bytes from a peer', async () =>
      (await number(second, 'offload', 'data-ratio')) > 0.5, { seconds: 60 });
    assert.ok(await second.evaluate(() => document.querySelector('video').currentTime) > 0);
    assert.deepEqual(first.problems, []);
    assert.deepEqual(second.problems, []);
    await until('reports', async () =>
      (await server.metric('waggle_native_reports_total')) > 0, { seconds: 60 });
    await shoot(first, 'watch-first');
    await shoot(second, 'watch-second');
  });

  it('fit a phone', { timeout: 60_000 }, async () => {
    await fitsAPhone(`${base}/`, 'landing');
    await fitsAPhone(`${base}/drop.html`, 'drop');
    await fitsAPhone(`${base}/watch.html`, 'watch');
  });
});
