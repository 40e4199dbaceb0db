// SPDX-License-Identifier: Apache-2.0
// What watch.html shows beside the picture, once a second.

import { hook, say } from '../shared/dom.js';
import { bytes, count, percent } from '../shared/format.js';
import { renderPeers } from '../shared/peer-table.js';
import { Chart } from './chart.js';
import { Comb } from './comb.js';

const RENDER_MS = 1000;

export class View {
  segments = [];
  #video;
  #exchange;
  #tally;
  #chart = new Chart(hook('chart'));
  #comb = new Comb(hook('segments'));

  constructor({ video, exchange, tally }) {
    this.#video = video;
    this.#exchange = exchange;
    this.#tally = tally;
    hook('peers-empty').classList.add('searching');
    const render = () => this.#render();
    setInterval(render, RENDER_MS);
    addEventListener('visibilitychange', render);
    video.addEventListener('timeupdate', () => this.#drawComb());
    render();
  }

  #render() {
    const { peers, server, sent, offload } = this.#tally;
    const neighbours = [...this.#exchange.neighbours.values()];
    say(hook('offload'), offload === null ? '–' : percent(offload, 1));
    hook('offload').dataset.ratio = offload ?? 0;
    this.#share(offload);
    this.#bytes('bytes-from-peers', peers);
    this.#bytes('bytes-from-server', server);
    this.#bytes('bytes-sent', sent);
    say(hook('peers-note'), neighbours.length ? 'connected to this tab' : 'nobody yet');
    this.#chart.draw(this.#tally.history());
    this.#drawComb();
    renderPeers(neighbours.map((neighbour) => ({
      ...neighbour, state: count(neighbour.has.size, 'segment'),
    })));
  }

  #share(offload) {
    const width = `${(100 * (offload ?? 0)).toFixed(1)}%`;
    hook('share-bar').style.setProperty('width', width);
    hook('share').classList.toggle('nothing', offload === null);
  }

  #bytes(name, value) {
    say(hook(name), bytes(value));
    hook(name).dataset.bytes = value;
  }

  #drawComb() {
    this.#comb.draw(this.segments, this.#tally.sources, this.#video.currentTime);
  }
}
