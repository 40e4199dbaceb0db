// SPDX-License-Identifier: Apache-2.0
// A link to pass on: shown in a field, copied by a button, shared where the system can.

import { hook, say, show } from './dom.js';

const DONE_MS = 2000;

export function offerLink(url, title) {
  const field = hook('link');
  field.value = url;
  field.addEventListener('focus', () => field.select());
  hook('copy').addEventListener('click', () => copy(field));
  hook('open-tab').href = url;
  show(hook('share-button'), typeof navigator.share === 'function');
  // Rejects where the user thinks better of it.
  hook('share-button').addEventListener('click', () => navigator.share({ title, url }).catch(() => {}));
}

async function copy(field) {
  const label = hook('copy-text');
  try {
    await navigator.clipboard.writeText(field.value);  // there is none without https
    say(label, 'Copied');
  } catch {
    field.focus();
    say(label, document.execCommand('copy') ? 'Copied' : 'Press Ctrl+C');
  }
  setTimeout(() => say(label, 'Copy'), DONE_MS);
}
