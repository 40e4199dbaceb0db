// SPDX-License-Identifier: Apache-2.0
// Makes the client smaller, and fetches hls.js for the demo, with the packages of the dashboard.
//   node make.mjs --app FOLDER --npm NPM --client waggle.js --out FOLDER
// Where the packages cannot be had, the client stays as it is and the demo says what it lacks.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const options = {};
for (const name of ['app', 'npm', 'client', 'out']) options[name] = { type: 'string' };
const { values: asked } = parseArgs({ options });
const here = dirname(fileURLToPath(import.meta.url));
const client = join(asked.out, 'waggle.min.js');
const player = join(asked.out, 'hls.mjs');

function installPackages() {
  const lock = readFileSync(join(asked.app, 'package-lock.json'));
  const stamp = join(asked.app, 'node_modules/.installed-lock');
  if (existsSync(stamp) && lock.equals(readFileSync(stamp))) return;
  const done = spawnSync(asked.npm, ['ci'], { cwd: asked.app, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.error?.message ?? done.stderr);
  writeFileSync(stamp, lock);
}

mkdirSync(asked.out, { recursive: true });
try {
  installPackages();
  const { buildSync } = createRequire(join(asked.app, 'package.json'))('esbuild');
  const minify = (from, to, banner) => buildSync({
    entryPoints: [from], outfile: to, minify: true, format: 'esm', target: 'es2022',
    legalComments: 'none', banner: { js: banner },
  });
  minify(asked.client, client, '// SPDX-License-Identifier: Apache-2.0');
  minify(join(asked.app, 'node_modules/hls.js/dist/hls.light.mjs'), player,
    '// hls.js, https://github.com/video-dev/hls.js, Apache-2.0, copyright Dailymotion');
} catch (error) {
  console.error(`Without packages of npm: ${error.message}`);
  copyFileSync(asked.client, client);
  copyFileSync(join(here, 'no_hls.mjs'), player);
}
