// SPDX-License-Identifier: Apache-2.0
//
// The dashboard in Chromium: one context a page, with everything noted that must not happen there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SERIOUS = ['serious', 'critical'];

export const DESKTOP = { width: 1360, height: 900 };
export const PHONE = { width: 390, height: 844 };

export class DashboardPage {
  /// @param chromium  a browser of playwright-core.
  static async open(chromium, server, { viewport = DESKTOP, dark = false } = {}) {
    const context = await chromium.newContext({ viewport, colorScheme: dark ? 'dark' : 'light' });
    return new DashboardPage(context, await context.newPage(), `${server.internal}/ui/`);
  }

  constructor(context, page, base) {
    this.context = context;
    this.page = page;
    this.base = base;
    this.complaints = [];
    page.on('console', (message) => {
      const ours = message.text().startsWith('Canvas2D: Multiple readback');  // painted() reads them
      if (['error', 'warning'].includes(message.type()) && !ours) {
        this.complaints.push(message.text());
      }
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(new URL(base).origin)) {
        this.complaints.push(`a request to ${request.url()}`);
      }
    });
  }

  async show(view) {
    await this.page.goto(this.base + view);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  /// Fails on what people cannot perceive or reach, and where the page is wider than its window.
  async check() {
    // By the debugger: the page's own policy, which forbids inline scripts, stays in force.
    const found = await this.page.evaluate(`${AXE}; axe.run()`);
    const serious = found.violations.filter(({ impact }) => SERIOUS.includes(impact));
    assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
    const tooWide = await this.page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(tooWide <= 0, `the page is ${tooWide} pixels wider than its window`);
    assert.deepEqual(this.complaints, []);
  }

  /// How many pixels the charts have in colours of their lines.
  painted() {
    return this.page.evaluate(() => Array.from(document.querySelectorAll('.plot canvas'), (canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let coloured = 0;
      for (let i = 0; i < data.length; i += 4) {
        const most = Math.max(data[i], data[i + 1], data[i + 2]);
        const least = Math.min(data[i], data[i + 1], data[i + 2]);
        if (data[i + 3] > 200 && most - least > 60) ++coloured;
      }
      return coloured;
    }));
  }

  close() {
    return this.context.close();
  }
}
