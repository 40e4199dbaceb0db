// SPDX-License-Identifier: Apache-2.0
// Bars of the last minute: what the server sent, and on it what peers sent.

import { hook, say, svg } from '../shared/dom.js';
import { bytes, percent } from '../shared/format.js';
import { BINS } from './tally.js';

const WIDTH = 600;
const HEIGHT = 120;
const GAP = 3;
const GRID = [0, 0.5, 1];
const SCALE_BYTES_MIN = 64 * 1024;

export class Chart {
  #bars;
  #picture;

  constructor(picture) {
    this.#picture = picture;
    picture.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    picture.setAttribute('preserveAspectRatio', 'none');
    picture.append(...GRID.map((part) =>
      svg('line', { class: 'grid', x1: 0, x2: WIDTH, y1: part * HEIGHT, y2: part * HEIGHT })));
    const step = WIDTH / BINS;
    this.#bars = Array.from({ length: BINS }, (_, index) => {
      const place = { x: index * step + GAP / 2, width: step - GAP };
      return {
        server: svg('rect', { class: 'server', ...place }),
        peers: svg('rect', { class: 'peers', ...place }),
      };
    });
    picture.append(...this.#bars.flatMap(({ server, peers }) => [server, peers]));
  }

  draw(history) {
    const most = Math.max(...history.map(({ peers, server }) => peers + server));
    const scale = niceScale(most);
    say(hook('chart-scale'), bytes(scale));
    history.forEach(({ peers, server }, index) => {
      const bars = this.#bars[index];
      place(bars.server, 0, server / scale);
      place(bars.peers, server / scale, peers / scale);
    });
    const fromPeers = history.reduce((sum, { peers }) => sum + peers, 0);
    const all = history.reduce((sum, { peers, server }) => sum + peers + server, 0);
    this.#picture.setAttribute('aria-label', `Last minute: ${all
      ? `${percent(fromPeers, all)} of ${bytes(all)} from peers` : 'nothing was loaded'}`);
  }
}

function place(bar, from, height) {
  bar.setAttribute('y', ((1 - from - height) * HEIGHT).toFixed(1));
  bar.setAttribute('height', (height * HEIGHT).toFixed(1));
}

/// A power of two, so that the scale seldom changes.
const niceScale = (most) => 2 ** Math.ceil(Math.log2(Math.max(most, SCALE_BYTES_MIN)));
