// SPDX-License-Identifier: Apache-2.0
// Builds the page and writes its files as one C++ file (server/web/web_assets.hpp).
//   node embed.mjs --npm NPM --pages FOLDER --out FILE.cpp [--or-else FALLBACK.cpp]
// With --or-else a build that fails (a machine without a package registry) leaves the fallback, so old
// that the next build tries again.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};
const BYTES_PER_LINE = 24;
/// What is bundled, and so passed on with its licence.
const BUNDLED = ['preact', 'uplot'];

const here = dirname(fileURLToPath(import.meta.url));
const options = { npm: {}, pages: {}, out: {}, 'or-else': {} };
for (const name of Object.keys(options)) options[name] = { type: 'string' };
const { values: asked } = parseArgs({ options });

function run(argv, environment = {}) {
  const [program, ...rest] = argv;
  const done = spawnSync(program, rest, {
    cwd: here,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  if (done.status !== 0) {
    throw new Error(`${argv.join(' ')}\n${done.error?.message ?? done.stdout + done.stderr}`);
  }
}

function installPackages() {
  const lock = readFileSync(join(here, 'package-lock.json'));
  const stamp = join(here, 'node_modules/.installed-lock');
  if (existsSync(stamp) && lock.equals(readFileSync(stamp))) return;
  run([asked.npm, 'ci']);
  writeFileSync(stamp, lock);
}

function writeLicences() {
  const texts = BUNDLED.map((name) => {
    const folder = join(here, 'node_modules', name);
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} ${version}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}\n`;
  });
  const rule = `\n${'-'.repeat(80)}\n\n`;
  writeFileSync(join(asked.pages, 'licences.txt'), `This page contains:\n\n${texts.join(rule)}`);
}

function filesIn(folder, prefix = '') {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = prefix ? `${prefix}/${entry.name}` : entry.name;
      return entry.isDirectory() ? filesIn(folder, path) : [path];
    });
}

function arrayOf(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const line = bytes.subarray(at, at + BYTES_PER_LINE);
    lines.push(Array.from(line, (byte) => `'\\x${byte.toString(16).padStart(2, '0')}'`).join(','));
  }
  return lines.join(',\n');
}

function sourceOf(folder) {
  const files = filesIn(folder).map((path, index) => {
    const bytes = readFileSync(join(folder, path));
    const type = TYPES[extname(path)];
    if (!type) throw new Error(`${path}: of which type is it? See TYPES`);
    return { path, index, bytes, type, tag: createHash('sha256').update(bytes).digest('hex').slice(0, 20) };
  });
  const arrays = files.map(({ index, bytes }) => `constexpr char file_${index}[] = {\n${arrayOf(bytes)}};\n`);
  // Vite names files in assets/ by their content.
  const rows = files.map(({ path, index, type, tag }) =>
    `    {.path = "${path}",\n     .content_type = "${type}",\n     .etag = "\\"${tag}\\"",\n` +
    `     .bytes = {file_${index}, sizeof file_${index}},\n     .immutable = ${path.startsWith('assets/')}},\n`);
  return '// Made by server/web/app/embed.mjs.\n#include "server/web/web_assets.hpp"\n\n' +
    `namespace waggle {\nnamespace {\n\n${arrays.join('')}\nconstexpr web_asset assets[] = {\n${rows.join('')}};\n\n` +
    '}  // namespace\n\nstd::span<web_asset const> web_assets() {\n  return assets;\n}\n\n}  // namespace waggle\n';
}

try {
  installPackages();
  run([asked.npm, 'run', 'build'], { WAGGLE_WEB_OUT: asked.pages });
  writeLicences();
  writeFileSync(asked.out, sourceOf(asked.pages));
} catch (error) {
  if (!asked['or-else']) {
    console.error(`The dashboard cannot be built (-DWAGGLE_DASHBOARD=OFF leaves it out):\n${error.message}`);
    process.exit(1);
  }
  console.error(`The dashboard cannot be built and is left out:\n${error.message}`);
  copyFileSync(asked['or-else'], asked.out);
  utimesSync(asked.out, 0, 0);
}
