// SPDX-License-Identifier: Apache-2.0
// The map of segments: a cell each, coloured by where it came from.

import { element } from '../shared/dom.js';

const CELLS_MAX = 120;  // of a long film, those around what is played
const WORDS = { peers: 'from peers', server: 'from the server', none: 'not loaded' };

export class Comb {
  #box;
  #cells = [];

  constructor(box) {
    this.#box = box;
  }

  /// @param segments  of the stream: key, start and end in seconds.
  /// @param sources   of a key: 'peers' or 'server'.
  draw(segments, sources, seconds) {
    const now = segments.findIndex(({ start, end }) => seconds >= start && seconds < end);
    const from = Math.max(0, Math.min(now - CELLS_MAX / 2, segments.length - CELLS_MAX));
    const shown = segments.slice(from, from + CELLS_MAX);
    this.#fit(shown.length);
    const counts = { peers: 0, server: 0, none: 0 };
    shown.forEach(({ key }, index) => {
      const source = sources.get(key) ?? 'none';
      ++counts[source];
      const { dataset } = this.#cells[index];
      const title = `Segment ${from + index + 1}, ${WORDS[source]}`;
      if (dataset.source !== source) dataset.source = source;
      if (this.#cells[index].title !== title) this.#cells[index].title = title;
      this.#cells[index].classList.toggle('now', from + index === now);
    });
    this.#box.setAttribute('aria-label', `Segments: ${counts.peers} ${WORDS.peers}, ` +
      `${counts.server} ${WORDS.server}, ${counts.none} ${WORDS.none}`);
    Object.assign(this.#box.dataset, counts);
  }

  #fit(length) {
    while (this.#cells.length > length) this.#cells.pop().remove();
    while (this.#cells.length < length) {
      const cell = element('i', { 'data-test': 'segment' });
      this.#cells.push(cell);
      this.#box.append(cell);
    }
  }
}
