// SPDX-License-Identifier: Apache-2.0
//
// A clock that only moves when a test says so, in the shape of the globals that the client uses.

export class Clock {
  time = 0;
  chance = 0.5;  // what Math.random() yields
  timers = new Map();
  last = 0;

  /// For the option `scope`, next to whatever else the test puts there.
  scope(others = {}) {
    return {
      performance: { now: () => this.time },
      Math: { random: () => this.chance },
      setTimeout: (run, ms) => {
        this.timers.set(++this.last, { at: this.time + ms, run });
        return this.last;
      },
      clearTimeout: (timer) => this.timers.delete(timer),
      ...others,
    };
  }

  /// Runs what is due within `ms`, one after the other, and what it sets off.
  async pass(ms) {
    const end = this.time + ms;
    for (;;) {
      await settled();
      const [next] = [...this.timers].filter(([, { at }]) => at <= end)
        .sort(([, left], [, right]) => left.at - right.at);
      if (!next) break;
      this.timers.delete(next[0]);
      this.time = next[1].at;
      next[1].run();
    }
    this.time = end;
    await settled();
  }
}

/// Resolves when every promise that could settle has done so.
export const settled = () => new Promise((done) => setImmediate(done));
