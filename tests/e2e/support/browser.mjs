// SPDX-License-Identifier: Apache-2.0
//
// Chromium through playwright-core: one browser a test file, one context (its own storage, no
// shared cache) a page. CHROMIUM_BIN names the binary.

import { chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium';
const CONSOLE_LINES_KEPT = 60;
const TIMEOUT_MS_MAX = 12_000;

// A page that may use a camera may also know every address of the machine. Without it Chromium
// gathers only the address of the default route, and none where there is no route.
const PERMISSIONS = ['camera', 'microphone'];

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  // Pages of two contexts meet over this machine's own addresses. By default Chromium hides them
  // behind mDNS names, which need multicast, and never offers 127.0.0.1, which is the only one
  // where the machine has no network.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--allow-loopback-in-peer-connection',
  // A page that is not in front must not be slowed down: one of two always is in the back.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/// @param publicKeyHash  of the one self-made certificate that the browser accepts.
export async function openBrowser({ publicKeyHash }) {
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    headless: true,
    args: [...FLAGS, `--ignore-certificate-errors-spki-list=${publicKeyHash}`],
  });
  return {
    version: browser.version(),
    chromium: browser,
    close: () => browser.close(),
    openPage: (url, options) => openPage(browser, url, options),
  };
}

/// A page of its own context, with what it printed and the WebSockets that it opened.
///
/// @param reconnectsSoon  no timeout of the page is longer than TIMEOUT_MS_MAX: clients wait a
///                        random time of up to five minutes before they connect again.
async function openPage(browser, url, { reconnectsSoon = false } = {}) {
  const context = await browser.newContext({ permissions: PERMISSIONS });
  if (reconnectsSoon) {
    await context.addInitScript((most) => {
      const original = window.setTimeout;
      window.setTimeout = (run, delay, ...rest) => original(run, Math.min(delay, most), ...rest);
    }, TIMEOUT_MS_MAX);
  }
  const page = await context.newPage();
  const printed = [];
  const sockets = [];
  const print = (line) => {
    printed.push(line);
    if (printed.length > CONSOLE_LINES_KEPT) printed.shift();
  };
  page.on('console', (message) => print(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => print(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => print(`failed: ${request.url()}`));
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await page.goto(url);
  await page.waitForFunction(() => window.waggleTest !== undefined);
  return {
    printed,
    sockets,
    /// Calls a function that the page's module put into `window.waggleTest`.
    call: (name, argument) => page.evaluate(
      ([name, argument]) => window.waggleTest[name](argument), [name, argument]),
    close: () => context.close(),
  };
}

/// Runs `body`, and puts what the pages printed into the error when it fails.
export async function explained(pages, body) {
  try {
    return await body();
  } catch (error) {
    for (const [name, page] of Object.entries(pages)) {
      error.message += `\n${name} printed:\n  ${page.printed.join('\n  ')}`;
    }
    throw error;
  }
}
