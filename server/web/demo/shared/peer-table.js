// SPDX-License-Identifier: Apache-2.0
// The list of peers: who they are, what they have, what went to and fro.

import { element, hook, say, show } from './dom.js';
import { bytes, rate, shortId } from './format.js';

const COLUMNS = ['state', 'down', 'up', 'rate'];

/// @param peers  of each: id, lan, state (text), down and up (Rate).
export function renderPeers(peers) {
  say(hook('peers'), String(peers.length));
  show(hook('peers-empty'), peers.length === 0);
  show(hook('peers-table'), peers.length > 0);
  const body = hook('peers-table').tBodies[0];
  const rows = new Map([...body.rows].map((row) => [row.dataset.peer, row]));
  for (const peer of peers) {
    const row = rows.get(peer.id) ?? body.appendChild(emptyRow(peer));
    rows.delete(peer.id);
    const texts = [peer.state, bytes(peer.down.total), bytes(peer.up.total),
      rate(peer.down.perSecond() + peer.up.perSecond())];
    texts.forEach((text, index) => say(row.cells[index + 1], text));
  }
  for (const row of rows.values()) row.remove();
}

function emptyRow({ id, lan }) {
  const name = element('th', { scope: 'row', title: id }, shortId(id));
  const near = element('span', { class: 'badge', title: 'Behind the same address' }, 'near');
  if (lan) name.append(' ', near);
  const cells = COLUMNS.map((column) =>
    element('td', { class: column === 'state' ? 'state' : 'number', 'data-column': column }));
  return element('tr', { 'data-test': 'peer', 'data-peer': id }, name, ...cells);
}
