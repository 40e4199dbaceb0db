// SPDX-License-Identifier: Apache-2.0
// drop.html: without a link in the address one chooses a file here, with one it comes from peers.

import { connect, hasWebRtc, warnWithoutWebRtc } from '../shared/connection.js';
import { explained, problem } from '../shared/problems.js';
import { offerLink } from '../shared/share-link.js';
import { chooseFile, keepPage } from './chooser.js';
import { describe } from './manifest.js';
import { PieceStore } from './piece-store.js';
import { Transfer } from './transfer.js';
import { View } from './view.js';

const ID = /^[\w-]{43}$/;  // a SHA-256 in base64url

explained(async () => {
  // Another link in the same tab is another file.
  addEventListener('hashchange', () => location.reload());
  keepPage();
  if (!works()) return;
  const id = location.hash.slice(1);
  if (id === '') {
    await send();
  } else if (ID.test(id)) {
    await receive(id);
  } else {
    problem('link', 'This link is not whole',
      'What comes after the # was cut off or changed. Ask for the link again.');
  }
});

function works() {
  if (!crypto.subtle) {
    problem('secure', 'This page needs a secure address', 'Browsers only hash (crypto.subtle) ' +
      'where a page came by https, or from this very machine as localhost. Open it by https; ' +
      'without, nobody could tell a good piece from a bad one.');
  }
  if (!hasWebRtc()) warnWithoutWebRtc('Without it no file can go from one browser to another.');
  return crypto.subtle && hasWebRtc();
}

async function send() {
  const view = new View({ sending: true });
  const file = await chooseFile();
  view.hashing(file, 0);
  const manifest = await describe(file, (bytes) => view.hashing(file, bytes));
  history.replaceState(null, '', `#${manifest.id}`);
  await open(view, manifest.id, { manifest, store: new PieceStore(manifest, file) });
}

async function receive(id) {
  const view = new View({ sending: false });
  view.looking();
  await open(view, id, {});
}

async function open(view, id, file) {
  offerLink(location.href, file.manifest?.name ?? 'A file');
  view.linked();
  const waggle = await connect({
    consequence: 'Until then no other tab finds this one.',
    grave: true,
  });
  const have = file.manifest ? 100 : 0;
  const swarm = await waggle.join(`drop:${id}`, { up: true, have });
  const transfer = new Transfer({ id, waggle, swarm, ...file });
  view.follow(transfer);
  // The browser asks before it closes a tab that others still need.
  addEventListener('beforeunload', (event) => transfer.needed && event.preventDefault());
}
