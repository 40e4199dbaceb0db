// SPDX-License-Identifier: Apache-2.0
// How one gives a file to the page: by the dialogue, or dropped anywhere on it.

import { hook, show } from '../shared/dom.js';
import { problem, solved } from '../shared/problems.js';

/// A file that is dropped when none is asked for must not replace the page, and with it what it shares.
export function keepPage() {
  for (const name of ['dragover', 'drop']) addEventListener(name, (event) => event.preventDefault());
}

/// Resolves once, with the first file that can be read.
export function chooseFile() {
  const zone = hook('drop-zone');
  const input = hook('file-input');
  show(zone);
  show(hook('steps'));
  return new Promise((resolve) => {
    const stop = new AbortController();
    const { signal } = stop;
    const take = async (file) => {
      if (!await readable(file)) return;
      stop.abort();
      show(zone, false);
      show(hook('steps'), false);
      resolve(file);
    };
    input.addEventListener('change', () => input.files[0] && take(input.files[0]), { signal });
    addEventListener('dragover', () => zone.classList.add('over'), { signal });
    addEventListener('dragleave', (event) => {
      if (!event.relatedTarget) zone.classList.remove('over');
    }, { signal });
    addEventListener('drop', (event) => {
      zone.classList.remove('over');
      const [file] = event.dataTransfer.files;
      if (file) take(file);
    }, { signal });
  });
}

/// A folder looks like a file until one reads it.
async function readable(file) {
  solved('file');
  try {
    await file.slice(0, 1).arrayBuffer();
    if (file.size) return true;
    problem('file', 'This file is empty', 'There is nothing in it to share. Choose another one.');
  } catch {
    problem('file', 'This cannot be read', 'A folder, or a file that may not be read. Choose a file.');
  }
  return false;
}
