// SPDX-License-Identifier: Apache-2.0
// The loader of segments for hls.js (its config.fLoader): from here, else from a peer while there is
// time for it, else from the server, as the player's own loader does it.

import { segmentKey } from './keys.js';
import { lookMs, transferMs } from './patience.js';

/// @param Base             hls.js's own loader.
/// @param exchange         the peers.
/// @param bufferedSeconds  tells how much there is to play.
/// @param onLoaded         told key, source ('peers', 'server') and bytes of each segment.
export function makePeerLoader({ Base, exchange, bufferedSeconds, onLoaded }) {
  const sinceMs = performance.now();

  return class PeerLoader {
    context = null;
    #http;
    #callbacks = null;
    #asksServer = false;
    #stop = new AbortController();

    constructor(config) {
      this.#http = new Base(config);
    }

    /// One object for all ways: hls.js keeps it.
    get stats() {
      return this.#http.stats;
    }

    load(context, config, callbacks) {
      this.context = context;
      this.#callbacks = callbacks;
      this.stats.loading.start = performance.now();
      this.#load(config).catch((error) => {
        console.warn(error);
        if (!this.#stop.signal.aborted && !this.#asksServer) this.#askServer(config);
      });
    }

    async #load(config) {
      const { url, rangeStart, rangeEnd } = this.context;
      const key = segmentKey(url, rangeStart, rangeEnd);
      const kept = key && exchange.read(key);
      if (kept) return this.#succeed(kept);
      const bytes = key && await this.#askPeers(key);
      if (this.#stop.signal.aborted) return undefined;
      if (!bytes) return this.#askServer(config, key);
      this.#keep(key, 'peers', bytes);
      return this.#succeed(bytes);
    }

    async #askPeers(key) {
      const { signal } = this.#stop;
      if (!exchange.has(key)) {
        await exchange.lookOut(key, lookMs({
          bufferedSeconds: bufferedSeconds(),
          alone: exchange.swarm?.size === 1,
          peers: exchange.neighbours.size,
          ageMs: performance.now() - sinceMs,
        }), signal);
      }
      const limits = transferMs(bufferedSeconds());
      if (limits.totalMs <= 0 || signal.aborted) return null;
      // What was spent on looking out says nothing about bandwidth.
      this.stats.loading.start = performance.now();
      return exchange.fetch(key, { ...limits, signal });
    }

    #askServer(config, key) {
      this.#asksServer = true;
      this.stats.loading.start = 0;  // as the loader expects it
      const { onSuccess, ...others } = this.#callbacks;
      this.#http.load(this.context, config, {
        ...others,
        onSuccess: (response, ...rest) => {
          // hls.js may pass its own on to a worker, which empties it.
          if (key) this.#keep(key, 'server', new Uint8Array(response.data.slice(0)));
          onSuccess(response, ...rest);
        },
      });
    }

    #keep(key, source, bytes) {
      exchange.add(key, bytes);
      onLoaded(key, source, bytes.length);
    }

    #succeed(bytes) {
      const { stats, context } = this;
      const nowMs = performance.now();
      stats.loading.first = stats.loading.first || nowMs;
      stats.loading.end = nowMs;
      stats.loaded = stats.total = bytes.length;
      const data = bytes.slice().buffer;
      this.#callbacks.onProgress?.(stats, context, data, null);
      this.#callbacks?.onSuccess({ url: context.url, data, code: 200 }, stats, context, null);
    }

    abort() {
      if (this.#asksServer) return this.#http.abort();
      this.#stop.abort();
      this.stats.aborted = true;
      return this.#callbacks?.onAbort?.(this.stats, this.context, null);
    }

    destroy() {
      this.#callbacks = null;
      this.#stop.abort();
      this.#http.destroy();
    }
  };
}
