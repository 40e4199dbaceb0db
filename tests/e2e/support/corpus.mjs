// SPDX-License-Identifier: Apache-2.0
//
// The inputs of the fuzz targets as files. REPLAY_CORPUS names another directory of the same
// layout, for what hours of fuzzing have found.

import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const DIRECTORY = resolve(process.env.REPLAY_CORPUS ?? join(HERE, '../../fuzz/corpus'));

/// The inputs of one fuzz target, sorted by name: [{name, bytes}]. A target without a folder has
/// none.
export async function readCorpus(target) {
  const directory = join(DIRECTORY, target);
  const entries = await readdir(directory, { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name).sort();
  return Promise.all(names.map(async (name) =>
    ({ name: `${target}/${name}`, bytes: await readFile(join(directory, name)) })));
}
