// SPDX-License-Identifier: Apache-2.0
// What drop.html shows of a transfer, twice a second.

import { hook, say, show } from '../shared/dom.js';
import { bytes, count, percent, rate } from '../shared/format.js';
import { renderPeers } from '../shared/peer-table.js';
import { problem } from '../shared/problems.js';
import { PieceMap } from './piece-map.js';
import { showPreview } from './preview.js';

const RENDER_MS = 500;
const SERVER_BYTES = 0;  // it has no files

const STATES = {
  hashing: 'Hashing',
  looking: 'Looking for peers',
  receiving: 'Receiving',
  checking: 'Checking',
  done: 'Here, and shared',
  sharing: 'Shared by this tab',
  broken: 'Broken',
};

export class View {
  #sending;
  #transfer;
  #map = new PieceMap(hook('pieces'));
  #ended = false;

  constructor({ sending }) {
    this.#sending = sending;
    if (sending) return;
    document.title = 'Receive a file · Waggle';
    say(hook('title'), 'Receive a file');
    say(hook('lead'), 'It comes from every open tab that has it, or a part of it. ' +
      'Each piece is checked against the link.');
    say(hook('peers-empty-title'), 'Nobody who has the file is here yet');
    say(hook('peers-empty-text'), 'Whoever sent the link has to keep the page open. ' +
      'The file comes as soon as a tab that has it is there.');
  }

  hashing(file, hashed) {
    show(hook('file'));
    this.#name(file);
    this.#state('hashing', `${bytes(hashed)} of ${bytes(file.size)} hashed`);
    hook('progress').value = hashed / file.size;
  }

  looking() {
    show(hook('file'));
    say(hook('file-name'), 'The file of this link');
    this.#state('looking', 'Its name and size come from the first peer');
    hook('progress').removeAttribute('value');
    show(hook('pieces'), false);
  }

  linked() {
    for (const name of ['link-card', 'figures', 'peers-card']) show(hook(name));
    if (this.#sending) hook('file').before(hook('link-card'));
    hook('peers-empty').classList.add('searching');
  }

  follow(transfer) {
    this.#transfer = transfer;
    const render = () => this.#render();
    setInterval(render, RENDER_MS);
    addEventListener('visibilitychange', render);
    render();
  }

  #render() {
    const { manifest, state, neighbours, unreadable, problem: why } = this.#transfer;
    if (manifest) this.#file();
    else this.#state(state, 'Its name and size come from the first peer');
    this.#figures();
    renderPeers([...neighbours.values()].map((neighbour) => ({
      ...neighbour, state: peerState(neighbour),
    })));
    if (unreadable) {
      problem('file', 'The file cannot be read any more', 'It was moved or changed since it was ' +
        'chosen. Choose it again: what changed has another link.');
    }
    if (state === 'broken') problem('broken', 'This file cannot be had', `${why}.`);
    if (this.#ended || (state !== 'done' && state !== 'sharing')) return;
    this.#ended = true;
    this.#end();
  }

  #file() {
    const { manifest, store, state, checked, asked } = this.#transfer;
    this.#name(manifest);
    show(hook('pieces'), !store.complete);
    this.#map.draw(manifest.pieces, (piece) => (store.has(piece) ? 1 : asked.has(piece) ? 0.5 : 0));
    const { size } = manifest;
    hook('progress').value = (state === 'checking' ? checked : store.bytes) / size;
    this.#state(state, {
      receiving: `${bytes(store.bytes)} of ${bytes(size)} here`,
      checking: `${bytes(checked)} of ${bytes(size)} hashed once more`,
      broken: '',
    }[state] ?? 'Keep this tab open: others get the file from here.');
  }

  #name({ name, type, size }) {
    say(hook('file-name'), name);
    say(hook('file-note'), `${bytes(size)}${type ? `, ${type}` : ''}`);
  }

  #state(state, note) {
    const badge = hook('state');
    badge.dataset.state = state;
    badge.className = `badge ${{ done: 'good', sharing: 'good', broken: 'bad' }[state] ?? ''}`;
    say(badge, STATES[state]);
    say(hook('state-note'), note);
  }

  #figures() {
    const { manifest, store, received, wasted, sentBytes, neighbours } = this.#transfer;
    const all = [...neighbours.values()];
    const size = manifest?.size ?? 0;
    say(hook('percent'), size ? percent(store.bytes, size) : '–');
    say(hook('percent-note'), size
      ? `${count(manifest.pieces, 'piece')} of ${bytes(manifest.pieceBytes)}` : 'nothing yet');
    say(hook('share-from-peers'), this.#sending ? '–' : percent(received, received + SERVER_BYTES));
    say(hook('bytes-from-peers'), this.#sending
      ? 'this tab had it' : `${bytes(received)}; server ${bytes(SERVER_BYTES)}`);
    hook('bytes-from-peers').dataset.bytes = received;
    say(hook('bytes-sent'), bytes(sentBytes));
    hook('bytes-sent').dataset.bytes = sentBytes;
    say(hook('bytes-sent-note'), size ? `${percent(sentBytes, size)} of its size` : '');
    const down = all.reduce((sum, { down }) => sum + down.perSecond(), 0);
    const up = all.reduce((sum, { up }) => sum + up.perSecond(), 0);
    say(hook('rate'), rate(down + up));
    say(hook('rate-note'), wasted ? `${bytes(wasted)} were bad` : 'in and out');
    say(hook('peers-note'), `${all.filter(({ complete }) => complete).length} with all of it`);
  }

  #end() {
    const { manifest, store, state } = this.#transfer;
    say(hook('sha256'), manifest.sha256);
    show(hook('sha256-line'));
    if (state === 'sharing') return;
    show(hook('verified'));
    const save = hook('save');
    save.href = URL.createObjectURL(store.whole());
    save.download = manifest.name;
    show(save);
    showPreview(manifest, store);
  }
}

function peerState({ has, hasCount, complete, manifestBytes, silent }) {
  if (!has) return manifestBytes ? 'greeting' : 'has nothing yet';
  if (complete) return 'has everything';
  return `${Math.floor((100 * hasCount) / has.length)} %${silent ? ', slow' : ''}`;
}
