// SPDX-License-Identifier: Apache-2.0
// Bytes, and bytes per second over the last few. Pure: the time is an argument.

const WINDOW_SECONDS = 4;

export class Rate {
  total = 0;
  #bins = new Array(WINDOW_SECONDS).fill(0);
  #second = 0;  // the one of the newest bin
  #since = null;

  add(bytes, nowMs = performance.now()) {
    this.#forget(nowMs);
    this.#since ??= nowMs;
    this.total += bytes;
    this.#bins[this.#second % WINDOW_SECONDS] += bytes;
  }

  perSecond(nowMs = performance.now()) {
    this.#forget(nowMs);
    const whole = (WINDOW_SECONDS - 1) * 1000 + (nowMs % 1000);
    const ms = Math.min(whole, Math.max(nowMs - (this.#since ?? nowMs), 250));
    return (this.#bins.reduce((sum, bytes) => sum + bytes, 0) * 1000) / ms;
  }

  #forget(nowMs) {
    const second = Math.floor(nowMs / 1000);
    const passed = Math.min(second - this.#second, WINDOW_SECONDS);
    for (let i = 1; i <= passed; ++i) this.#bins[(this.#second + i) % WINDOW_SECONDS] = 0;
    // A window that was forgotten whole has nothing to do with the next bytes' rate.
    if (passed >= WINDOW_SECONDS) this.#since = null;
    this.#second = second;
  }
}
